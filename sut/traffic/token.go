package traffic

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/peakday/peakday/sut/workflow"
)

// Issuer stands in every token of the service.
const Issuer = "peakday-sut"

// Claims are what a token says: who (subject: a person's index, a hospital, a bank) and in which role.
type Claims struct {
	Role string `json:"role"`
	jwt.RegisteredClaims
}

// Keys are the secrets of one service, derived from the seed of its population, so that the traffic of a drill can
// be signed without asking the service. They guard made-up people on a test machine, nothing else.
type Keys struct {
	token, pin []byte
}

// NewKeys are the keys that belong to a seed.
func NewKeys(seed uint64) Keys {
	return Keys{token: derive(seed, "token"), pin: derive(seed, "pin")}
}

func derive(seed uint64, purpose string) []byte {
	mac := hmac.New(sha256.New, binary.BigEndian.AppendUint64(nil, seed))
	mac.Write([]byte("peakday reference service " + purpose))
	return mac.Sum(nil)
}

// Token signs a token (HS256) for a subject in a role, from issued until life later.
func (k Keys) Token(role workflow.Roles, subject string, issued time.Time, life time.Duration) (string, error) {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, Claims{
		Role: role.String(),
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: Issuer, Subject: subject,
			IssuedAt: jwt.NewNumericDate(issued), ExpiresAt: jwt.NewNumericDate(issued.Add(life)),
		},
	}).SignedString(k.token)
}

// Secret is the key that signs tokens, for whoever verifies them.
func (k Keys) Secret() []byte { return k.token }

// PIN is the demo secret of a citizen: six digits that follow from the identity number and the seed.
func (k Keys) PIN(idNumber string) string {
	mac := hmac.New(sha256.New, k.pin)
	mac.Write([]byte(idNumber))
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(mac.Sum(nil))%1_000_000)
}
