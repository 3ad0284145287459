package httpapi

import (
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/traffic"
)

// signed is the partner who signed the request (RFC 9421, HMAC-SHA-256): over method, path and query, and over
// Content-Digest (RFC 9530) and Idempotency-Key where the request has a body and a key, so that neither can be changed.
//
// Inside its time a signed request can be sent again by whoever saw it. A mutation then gets its first answer once more
// and has no second effect, since the key is covered; a read gets a new answer.
func (a *API) signed(x *exchange) (agency.Caller, error) {
	h := x.r.Header
	label, params, ok := strings.Cut(h.Get("Signature-Input"), "=")
	if !ok {
		return agency.Caller{}, badSignature(`Signature-Input: want sig=("@method" …);created=…;expires=…;keyid="…"`)
	}
	in, ok := parseInput(params)
	if !ok {
		return agency.Caller{}, badSignature(`Signature-Input: want one list of components in quotes, then created, expires, keyid and at most alg="hmac-sha256"`)
	}
	for _, c := range traffic.Signed(x.r.ContentLength != 0, h.Get("Idempotency-Key") != "") {
		if !slices.Contains(in.components, c) {
			return agency.Caller{}, badSignature("the signature does not cover " + c)
		}
	}
	if err := in.inTime(a.now()); err != nil {
		return agency.Caller{}, err
	}
	role, ok := partner(in.keyID)
	if !ok {
		return agency.Caller{}, badSignature("keyid is no bank's and no hospital's id")
	}
	m := traffic.Message{Method: x.r.Method, Authority: x.r.Host, Path: x.r.URL.EscapedPath(), Query: x.r.URL.RawQuery, Header: h.Get}
	base, err := m.Base(in.components, params)
	if err != nil {
		return agency.Caller{}, badSignature(err.Error())
	}
	sum, ok := parseBytes(h.Get("Signature"), label)
	if !ok || !hmac.Equal(sum, traffic.Signature(a.keys.Partner(in.keyID), base)) {
		return agency.Caller{}, badSignature("the signature is not of this request under the partner's key")
	}
	if x.r.ContentLength != 0 {
		x.digest = h.Get("Content-Digest")
	}
	return agency.Caller{Role: role, Subject: in.keyID}, nil
}

func badSignature(detail string) *Problem {
	return problem(http.StatusUnauthorized, "bad-signature", detail).with("WWW-Authenticate", "Signature")
}

// An input is the value of Signature-Input after its label.
type input struct {
	components       []string
	created, expires int64 // seconds since 1970
	keyID            string
}

// inTime refuses a signature of the future, or of the past.
func (in input) inTime(now time.Time) error {
	skew := int64(clockSkew / time.Second)
	if early := in.created - now.Unix(); early > skew {
		return problem(http.StatusUnauthorized, "clock-skewed", "the signature was created "+strconv.FormatInt(early, 10)+
			" s from now by this service's clock: want at most "+strconv.FormatInt(skew, 10)+"; set the clock").with("WWW-Authenticate", "Signature")
	}
	if late := now.Unix() - in.expires; late > skew {
		return problem(http.StatusUnauthorized, "signature-expired", "the signature expired "+strconv.FormatInt(late, 10)+
			" s ago by this service's clock: sign the request again, or set the clock").with("WWW-Authenticate", "Signature")
	}
	return nil
}

// parseInput reads ("@method" "@path");created=1;expires=2;keyid="B01";alg="hmac-sha256". Components with parameters of
// their own, and parameters that are not named here, are refused: nothing that was signed goes unread.
func parseInput(s string) (in input, ok bool) {
	list, rest, found := strings.Cut(s, ")")
	list, open := strings.CutPrefix(list, "(")
	if !found || !open {
		return in, false
	}
	for _, c := range strings.Fields(list) {
		name, ok := unquote(c)
		if !ok || slices.Contains(in.components, name) {
			return in, false
		}
		in.components = append(in.components, name)
	}
	seen := 0
	for p := range strings.SplitSeq(strings.TrimPrefix(rest, ";"), ";") {
		name, value, _ := strings.Cut(p, "=")
		var err error
		switch name {
		case "created":
			in.created, err = strconv.ParseInt(value, 10, 64)
			seen |= 1
		case "expires":
			in.expires, err = strconv.ParseInt(value, 10, 64)
			seen |= 2
		case "keyid":
			if in.keyID, ok = unquote(value); !ok {
				return in, false
			}
			seen |= 4
		case "alg":
			if value != `"hmac-sha256"` {
				return in, false
			}
		default:
			return in, false
		}
		if err != nil {
			return in, false
		}
	}
	return in, seen == 7 && in.created < in.expires
}

func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' || strings.ContainsAny(s[1:len(s)-1], `"\`) {
		return "", false
	}
	return s[1 : len(s)-1], true
}

// parseBytes reads sig=:base64: for a label.
func parseBytes(s, label string) ([]byte, bool) {
	name, value, _ := strings.Cut(s, "=")
	value, begun := strings.CutPrefix(value, ":")
	value, ended := strings.CutSuffix(value, ":")
	if name != label || !begun || !ended {
		return nil, false
	}
	b, err := base64.StdEncoding.DecodeString(value)
	return b, err == nil
}
