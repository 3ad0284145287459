package gateway

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"net/http"
	"sync"
	"time"
)

// Pass lets those go on who have begun: a cookie, signed by the guard, that says
// that its bearer was let in a short while ago. Within a class, whoever has one
// is shed after those who have not, and may finish before a maintenance. It is
// bound to the subject, so it cannot be handed on, and good for one process.
type Pass struct {
	Cookie string        `yaml:"cookie,omitempty"` // its name; "" gives none
	For    time.Duration `yaml:"for,omitempty"`    // from being let in last; 0 is 5 minutes
}

const defaultPass = 5 * time.Minute

// passes signs and checks. What is signed is the end, in Unix seconds, and the
// subject.
type passes struct{ macs sync.Pool } // of *mac

type mac struct {
	hash.Hash
	message [12]byte
	sum     []byte
	text    [27]byte // of a token, in base64
	token   [20]byte
}

func newPasses() *passes {
	key := make([]byte, 32)
	rand.Read(key) // it never fails
	return &passes{sync.Pool{New: func() any { return &mac{Hash: hmac.New(sha256.New, key)} }}}
}

// sign is 16 bytes over the end and the subject.
func (m *mac) sign(end uint32, subject uint64) []byte {
	binary.BigEndian.PutUint32(m.message[:4], end)
	binary.BigEndian.PutUint64(m.message[4:], subject)
	m.Reset()
	m.Write(m.message[:])
	m.sum = m.Sum(m.sum[:0])
	return m.sum[:16]
}

// left is how long a pass is good yet, 0 if it is none for that subject.
func (p *passes) left(text string, subject uint64, now time.Time) time.Duration {
	m := p.macs.Get().(*mac)
	defer p.macs.Put(m)
	if len(text) != base64.RawURLEncoding.EncodedLen(len(m.token)) {
		return 0
	}
	for i := range len(text) { // Decode takes bytes, and a conversion would allocate
		m.text[i] = text[i]
	}
	if _, err := base64.RawURLEncoding.Decode(m.token[:], m.text[:]); err != nil {
		return 0
	}
	end := binary.BigEndian.Uint32(m.token[:4])
	if !hmac.Equal(m.token[4:], m.sign(end, subject)) {
		return 0
	}
	return max(0, time.Unix(int64(end), 0).Sub(now))
}

// give sets the cookie for one who was let in, unless the one he has is good for
// half of its time yet.
func (p *passes) give(w http.ResponseWriter, c Pass, secure bool, v *visit, now time.Time) {
	if v.pass > c.For/2 {
		return
	}
	m := p.macs.Get().(*mac)
	defer p.macs.Put(m)
	end := uint32(now.Add(c.For).Unix())
	token := append(binary.BigEndian.AppendUint32(nil, end), m.sign(end, v.subject)...)
	http.SetCookie(w, &http.Cookie{
		Name: c.Cookie, Value: base64.RawURLEncoding.EncodeToString(token), Path: "/",
		MaxAge: int(c.For / time.Second), HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	})
}
