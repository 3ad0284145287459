package gateway

import (
	"bufio"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// Pass lets those go on who have begun: a cookie, signed by the guard, that says
// that its bearer was served a short while ago. Within a class, whoever has one
// is shed after those who have not, and may finish before a maintenance. It is
// bound to the subject, so it cannot be handed on, and good for one process. It
// says nothing of a class that is shed sooner than the one it was had in, opens
// no hours, and is renewed for an hour at most: then its bearer begins anew.
type Pass struct {
	Cookie string        `yaml:"cookie,omitempty"` // its name; "" gives none
	For    time.Duration `yaml:"for,omitempty"`    // from being served last; 0 is 5 minutes
}

func (p Pass) faults(fs *faults) {
	if p.For < 0 || p.For > 0 && p.For < 10*time.Second || p.For > 24*time.Hour {
		fs.add("identity.pass.for", "found %v, want 10s to 24h, or 0s for %v", p.For, defaultPass)
	}
	if strings.ContainsAny(p.Cookie, " ;=,\t\r\n\"") {
		fs.add("identity.pass.cookie", "found %q, want the name of a cookie such as guard", p.Cookie)
	}
	if p.For > 0 && p.Cookie == "" {
		fs.add("identity.pass.for", "found it without cookie, want the name of the cookie that holds the pass, such as guard")
	}
}

const (
	defaultPass = 5 * time.Minute
	passAge     = time.Hour // from the first to the last end, unless For is more
)

// A held pass is what is known of one that a request brought.
type held struct {
	begun uint32          // Unix seconds: when its bearer was first served
	class admission.Class // in which
	left  time.Duration   // 0 if there is no good pass
}

// passes signs and checks. What is signed is when it was begun and its end, both
// in Unix seconds, the class, and the subject.
type passes struct{ macs sync.Pool } // of *mac

const passFields = 9 // bytes of what is signed, without the subject

type mac struct {
	hash.Hash
	message [passFields + 8]byte
	sum     []byte
	text    [34]byte // of a token, in base64
	token   [passFields + 16]byte
}

func newPasses() *passes {
	key := make([]byte, 32)
	rand.Read(key) // it never fails
	return &passes{sync.Pool{New: func() any { return &mac{Hash: hmac.New(sha256.New, key)} }}}
}

// sign is 16 bytes over the fields and the subject.
func (m *mac) sign(fields []byte, subject uint64) []byte {
	copy(m.message[:], fields)
	binary.BigEndian.PutUint64(m.message[passFields:], subject)
	m.Reset()
	m.Write(m.message[:])
	m.sum = m.Sum(m.sum[:0])
	return m.sum[:16]
}

// read is the pass in a cookie, without anything left if it is none for that
// subject.
func (p *passes) read(text string, subject uint64, now time.Time) (h held) {
	m := p.macs.Get().(*mac)
	defer p.macs.Put(m)
	if len(text) != len(m.text) {
		return h
	}
	for i := range len(text) { // Decode takes bytes, and a conversion would allocate
		m.text[i] = text[i]
	}
	if _, err := base64.RawURLEncoding.Decode(m.token[:], m.text[:]); err != nil {
		return h
	}
	fields := m.token[:passFields]
	if !hmac.Equal(m.token[passFields:], m.sign(fields, subject)) {
		return h
	}
	h.begun, h.class = binary.BigEndian.Uint32(fields), admission.Class(fields[8])
	h.left = max(0, time.Unix(int64(binary.BigEndian.Uint32(fields[4:])), 0).Sub(now))
	return h
}

// give sets the cookie for one who was served, unless the pass he has will do.
func (p *passes) give(w http.ResponseWriter, c Pass, secure bool, v *visit) {
	h, now := v.held, v.arrived
	if h.left > 0 && (h.class > v.Class || h.class == v.Class && h.left > c.For/2) {
		return
	}
	begun := now.Unix()
	if h.left > 0 {
		begun = int64(h.begun)
	}
	end := min(now.Add(c.For).Unix(), begun+int64(max(c.For, passAge)/time.Second))
	m := p.macs.Get().(*mac)
	defer p.macs.Put(m)
	token := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(begun)), uint32(end))
	token = append(token, byte(v.Class))
	token = append(token, m.sign(token, v.subject)...)
	http.SetCookie(w, &http.Cookie{
		Name: c.Cookie, Value: base64.RawURLEncoding.EncodeToString(token), Path: "/",
		MaxAge: max(1, int(end-now.Unix())), HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	})
}

// A passWriter gives the pass with the head of an answer that is a success: what
// the service turns down proves nothing.
type passWriter struct {
	http.ResponseWriter
	give  func(http.ResponseWriter)
	begun bool // the head is out
}

// WriteHeader implements http.ResponseWriter.
func (w *passWriter) WriteHeader(status int) {
	if !w.begun && status >= 200 {
		w.begun = true
		if status < 300 {
			w.give(w.ResponseWriter)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *passWriter) Write(p []byte) (int, error) {
	w.end()
	return w.ResponseWriter.Write(p)
}

// Flush implements http.Flusher.
func (w *passWriter) Flush() {
	w.end()
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// end is that of a handler that has set no status: 200.
func (w *passWriter) end() {
	if !w.begun {
		w.begun = true
		w.give(w.ResponseWriter)
	}
}

// Hijack implements http.Hijacker.
func (w *passWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.begun = true
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// Unwrap is for http.ResponseController.
func (w *passWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
