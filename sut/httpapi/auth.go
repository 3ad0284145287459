package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/workflow"
)

// clockSkew is how far the clocks of caller and service may differ.
const clockSkew = 30 * time.Second

// partners are the roles of organisations that have a key or a certificate of their own. A token, which whoever finds it
// can use, does not speak for them.
const partners = workflow.Hospital | workflow.Bank

// authenticate tells who asks and whether the operation is theirs. People come with a token. Banks and hospitals sign
// the request, or come with a client certificate in their id's name.
func (a *API) authenticate(x *exchange) (who agency.Caller, err error) {
	if x.op.Callers == 0 {
		return who, nil
	}
	switch {
	case x.r.Header.Get("Signature-Input") != "":
		who, err = a.signed(x)
	case x.r.Header.Get("Authorization") != "":
		who, err = a.bearer(x.r.Header.Get("Authorization"))
	default:
		who, err = certified(x)
	}
	if err != nil {
		return agency.Caller{}, err
	}
	if !x.op.Callers.Has(who.Role) {
		return agency.Caller{}, problem(http.StatusForbidden, "other-role", x.op.Name+" is for "+x.op.Callers.String()+", the caller is a "+who.Role.String())
	}
	return who, nil
}

// bearer is whom a token speaks for.
func (a *API) bearer(authorization string) (agency.Caller, error) {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return agency.Caller{}, noCredentials(0)
	}
	who, ok := a.tokens.caller(token)
	switch {
	case !ok:
		return who, problem(http.StatusUnauthorized, "bad-token",
			"the token is forged, damaged, expired or of the future: want a new one").with("WWW-Authenticate", `Bearer error="invalid_token"`)
	case partners&who.Role != 0:
		return who, problem(http.StatusUnauthorized, "token-of-partner", "banks and hospitals sign their requests or show a certificate: no token speaks for them").
			with("WWW-Authenticate", "Signature")
	}
	return who, nil
}

// certified is the partner whose certificate opened the connection. The listener has verified it.
func certified(x *exchange) (agency.Caller, error) {
	tls := x.r.TLS
	if tls == nil || len(tls.VerifiedChains) == 0 {
		return agency.Caller{}, noCredentials(x.op.Callers)
	}
	id := tls.PeerCertificates[0].Subject.CommonName
	role, ok := partner(id)
	if !ok {
		return agency.Caller{}, problem(http.StatusUnauthorized, "unknown-partner", "the certificate's common name is no bank's and no hospital's id").
			with("WWW-Authenticate", "Signature")
	}
	return agency.Caller{Role: role, Subject: id}, nil
}

// noCredentials asks for those that an operation takes; no roles means a token.
func noCredentials(callers workflow.Roles) *Problem {
	if callers != 0 && callers&^partners == 0 {
		return problem(http.StatusUnauthorized, "no-signature", "want a signed request (RFC 9421) or a client certificate").with("WWW-Authenticate", "Signature")
	}
	return problem(http.StatusUnauthorized, "no-token", "want Authorization: Bearer and a token, which POST /v1/sessions gives").with("WWW-Authenticate", "Bearer")
}

// partner is the role of a bank's or hospital's id.
func partner(id string) (workflow.Roles, bool) {
	if len(id) < 2 {
		return 0, false
	}
	n, err := strconv.Atoi(id[1:])
	switch {
	case err != nil || n < 0:
		return 0, false
	case n < population.Hospitals && id == population.HospitalID(n):
		return workflow.Hospital, true
	case n < population.Banks && id == population.BankID(n):
		return workflow.Bank, true
	}
	return 0, false
}
