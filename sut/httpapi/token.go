package httpapi

import (
	"crypto/ed25519"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/traffic"
)

// tokens verifies tokens. Ed25519 takes some 50 µs, more than most operations, so what was found good is remembered until
// it expires or until tokenMemory others have come.
type tokens struct {
	parser *jwt.Parser
	key    any
	now    func() time.Time

	mu         sync.RWMutex
	young, old map[[sha256.Size]byte]bearer // by hash of the token: memory shows no token
}

// A bearer is what a token said.
type bearer struct {
	who           agency.Caller
	issued, until int64 // seconds since 1970
}

// tokenMemory is the number of tokens in each of the two generations: a default population's fit into both, some 25 MB.
const tokenMemory = 1 << 16

func newTokens(key ed25519.PublicKey, now func() time.Time) *tokens {
	return &tokens{
		key: key, now: now, young: make(map[[sha256.Size]byte]bearer),
		// A token may not choose its own algorithm.
		parser: jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithExpirationRequired(),
			jwt.WithIssuedAt(), jwt.WithLeeway(clockSkew), jwt.WithTimeFunc(now)),
	}
}

// caller is whom a token speaks for, if it is good now.
func (t *tokens) caller(token string) (agency.Caller, bool) {
	hash := sha256.Sum256([]byte(token))
	b, known := t.recall(hash)
	if !known {
		var claims traffic.Claims
		if _, err := t.parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return t.key, nil }); err != nil {
			return agency.Caller{}, false
		}
		who, err := claims.Caller()
		if err != nil || who.Subject == "" || claims.IssuedAt == nil {
			return agency.Caller{}, false
		}
		b = bearer{who, claims.IssuedAt.Unix(), claims.ExpiresAt.Unix()}
		t.remember(hash, b)
	}
	now, skew := t.now().Unix(), int64(clockSkew/time.Second)
	return b.who, b.issued-skew <= now && now < b.until+skew
}

func (t *tokens) recall(hash [sha256.Size]byte) (b bearer, ok bool) {
	t.mu.RLock()
	b, ok = t.young[hash]
	if !ok {
		b, ok = t.old[hash]
	}
	t.mu.RUnlock()
	return b, ok
}

// remember keeps a token in the young generation; when that is full it becomes the old one, and the old one is forgotten.
func (t *tokens) remember(hash [sha256.Size]byte, b bearer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.young) >= tokenMemory {
		t.old, t.young = t.young, make(map[[sha256.Size]byte]bearer, tokenMemory)
	}
	t.young[hash] = b
}
