package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/peakday/peakday/sut/traffic"
)

// A caller is who a valid token names. The zero caller has no token.
type caller struct {
	role    traffic.Role
	subject string // a person's index, a hospital or a bank
}

// newParser takes HS256 only: a token may not choose its own algorithm.
func newParser(now func() time.Time) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(traffic.Issuer),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(clockSkew), jwt.WithTimeFunc(now),
	)
}

// clockSkew is how far the clocks of caller and service may differ.
const clockSkew = 30 * time.Second

func (a *API) authenticate(op traffic.Operation, r *http.Request) (caller, error) {
	if op.Caller == traffic.Anyone {
		return caller{}, nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return caller{}, problem(http.StatusUnauthorized, "no-token",
			"want Authorization: Bearer and a token, which POST /v1/sessions gives").with("WWW-Authenticate", "Bearer")
	}
	var claims traffic.Claims
	if _, err := a.tokens.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return a.keys.Secret(), nil }); err != nil {
		return caller{}, problem(http.StatusUnauthorized, "bad-token",
			"the token is forged, damaged or expired: want a new one").with("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	if claims.Role != op.Caller {
		return caller{}, problem(http.StatusForbidden, "other-role", op.Name+" is for the role "+string(op.Caller)+", the token has "+string(claims.Role))
	}
	return caller{claims.Role, claims.Subject}, nil
}
