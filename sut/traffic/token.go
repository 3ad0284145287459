package traffic

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/workflow"
)

// Claims are what a token says: who, in which role and, for those who see a region's people, which region. A token names
// no issuer: the key that verifies it does.
type Claims struct {
	Role   string `json:"role"`
	Region string `json:"region,omitempty"`
	jwt.RegisteredClaims
}

// Caller is whom a token speaks for.
func (c Claims) Caller() (agency.Caller, error) {
	role, err := workflow.ParseRole(c.Role)
	return agency.Caller{Role: role, Subject: c.Subject, Region: c.Region}, err
}

// Keys are the secrets of one service, derived from the seed of its population, so that the traffic of a drill can
// be signed without asking the service. They guard made-up people on a test machine, nothing else.
type Keys struct {
	token         ed25519.PrivateKey
	partners, pin []byte
}

// NewKeys are the keys that belong to a seed.
func NewKeys(seed uint64) Keys {
	return Keys{token: ed25519.NewKeyFromSeed(derive(seed, "token")), partners: derive(seed, "partners"), pin: derive(seed, "pin")}
}

func derive(seed uint64, purpose string) []byte {
	return mac(binary.BigEndian.AppendUint64(nil, seed), "peakday reference service "+purpose)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Token signs a token for somebody, good from issued until life later: a JWT with Ed25519, of at most 250 bytes for
// subjects of up to 20. Signing takes some 25 µs.
func (k Keys) Token(who agency.Caller, issued time.Time, life time.Duration) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, Claims{
		Role: who.Role.String(), Region: who.Region,
		RegisteredClaims: jwt.RegisteredClaims{
			Subject: who.Subject, IssuedAt: jwt.NewNumericDate(issued), ExpiresAt: jwt.NewNumericDate(issued.Add(life)),
		},
	})
	delete(t.Header, "typ") // optional, and a tenth of the token
	return t.SignedString(k.token)
}

// Public verifies tokens.
func (k Keys) Public() ed25519.PublicKey { return k.token.Public().(ed25519.PublicKey) }

// Partner is the secret that a bank or hospital shares with the service: HMAC-SHA-256 signs its requests under the
// partner's id.
func (k Keys) Partner(id string) []byte { return mac(k.partners, id) }

// PIN is the demo secret of a citizen: six digits that follow from the identity number and the seed.
func (k Keys) PIN(idNumber string) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac(k.pin, idNumber))%1_000_000)
}
