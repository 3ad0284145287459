package httpapi

import (
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/workflow"
)

// newParser takes HS256 only: a token may not choose its own algorithm.
func newParser(now func() time.Time) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(traffic.Issuer),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(clockSkew), jwt.WithTimeFunc(now),
	)
}

// clockSkew is how far the clocks of caller and service may differ.
const clockSkew = 30 * time.Second

func (a *API) authenticate(op traffic.Operation, r *http.Request) (agency.Caller, error) {
	if op.Callers == 0 {
		return agency.Caller{}, nil
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return agency.Caller{}, problem(http.StatusUnauthorized, "no-token",
			"want Authorization: Bearer and a token, which POST /v1/sessions gives").with("WWW-Authenticate", "Bearer")
	}
	var claims traffic.Claims
	if _, err := a.tokens.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return a.keys.Secret(), nil }); err != nil {
		return agency.Caller{}, problem(http.StatusUnauthorized, "bad-token",
			"the token is forged, damaged or expired: want a new one").with("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	role, err := workflow.ParseRole(claims.Role)
	if err != nil || !op.Callers.Has(role) {
		return agency.Caller{}, problem(http.StatusForbidden, "other-role", op.Name+" is for "+op.Callers.String()+", the token is of a "+claims.Role)
	}
	return agency.Caller{Role: role, Subject: claims.Subject}, nil
}
