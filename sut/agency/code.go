package agency

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"time"

	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/workflow"
)

// A CodeRequest is the body of codes.issue: a citizen shows one code wherever they are served.
type CodeRequest struct {
	Scope    string `json:"scope"`              // one of the twelve services of outlets: medical, pension, …
	Audience string `json:"audience,omitempty"` // the only hospital or clerk who may read it; empty: whoever the scope is for
}

// A Code is the answer of codes.issue.
type Code struct {
	Token   string `json:"code_token"`
	Scope   string `json:"scope"`
	Seconds int    `json:"expires_in"`
}

// CodeLife is how long a code can be read.
const CodeLife = 5 * time.Minute

// IssueCode signs a code for the citizen who asks. Nothing is stored: a code is good until it expires, for any number of
// readings, and cannot be called back. Single use is not promised: it would take a write for each reading, and what is
// done by a code is done once by its idempotency key.
func (a *Agency) IssueCode(_ context.Context, c Caller, now time.Time, r CodeRequest) (Code, error) {
	who, err := a.self(c)
	if err != nil {
		return Code{}, err
	}
	scope, err := population.ParseService(r.Scope)
	if err != nil || scope == 0 {
		return Code{}, refuse(Malformed, "bad-scope", "scope %q: want a service of outlets, such as medical or pension", r.Scope)
	}
	if r.Audience != "" {
		if err := identified("audience", r.Audience); err != nil {
			return Code{}, err
		}
	}
	h := holder{person: who.Index, scope: scope, until: now.Add(CodeLife).Unix(), audience: r.Audience}
	return Code{Token: h.token(a.Vault.Signer()), Scope: r.Scope, Seconds: int(CodeLife.Seconds())}, nil
}

// A CodeHolder is the answer of codes.verify.
type CodeHolder struct {
	Person  string `json:"person"` // the agency's own number, P00000123
	Scope   string `json:"scope"`
	Seconds int    `json:"expires_in"`
}

// VerifyCode tells a hospital or a clerk whose code it was shown.
func (a *Agency) VerifyCode(_ context.Context, c Caller, now time.Time, token string) (CodeHolder, error) {
	h, err := a.shown(c, token)
	if err == nil {
		err = h.check(now)
	}
	if err != nil {
		return CodeHolder{}, err
	}
	return CodeHolder{Person: a.People.Person(h.person).ID, Scope: h.scope.Names()[0], Seconds: int(h.until - now.Unix())}, nil
}

// A holder is what a code says. Its token is base64url of
//
//	1 version (1) ‖ 1 scope ‖ 4 person ‖ 8 last second, Unix ‖ audience ‖ 64 Ed25519 signature
//
// with numbers big endian. What is signed begins with codeContext, so that no other signature of the key passes for one.
type holder struct {
	person   int
	scope    population.Services // of one
	until    int64               // seconds since 1970 UTC
	audience string
}

const (
	codeContext = "peakday code 1\x00"
	codeFixed   = 1 + 1 + 4 + 8
)

func (h holder) token(signer ed25519.PrivateKey) string {
	b := append([]byte(codeContext), 1, byte(bits.TrailingZeros16(uint16(h.scope))))
	b = binary.BigEndian.AppendUint32(b, uint32(h.person))
	b = binary.BigEndian.AppendUint64(b, uint64(h.until))
	b = append(b, h.audience...)
	b = append(b, ed25519.Sign(signer, b)...)
	return base64.RawURLEncoding.EncodeToString(b[len(codeContext):])
}

// read is the holder of a token. Whatever is wrong with it, the refusal is the same one. It takes some 50 µs.
func (a *Agency) read(token string) (h holder, err error) {
	bad := refuse(Unprocessable, "bad-code", "code_token is not one that was issued here: want the code as it was shown")
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) < codeFixed+ed25519.SignatureSize || b[0] != 1 || b[1] > 11 {
		return h, bad
	}
	signed, signature := b[:len(b)-ed25519.SignatureSize], b[len(b)-ed25519.SignatureSize:]
	public := a.Vault.Signer().Public().(ed25519.PublicKey)
	if !ed25519.Verify(public, append([]byte(codeContext), signed...), signature) {
		return h, bad
	}
	h = holder{
		person: int(binary.BigEndian.Uint32(signed[2:])), scope: 1 << signed[1],
		until: int64(binary.BigEndian.Uint64(signed[6:])), audience: string(signed[codeFixed:]),
	}
	if h.person >= a.People.Size() {
		return h, bad
	}
	return h, nil
}

// shown is the holder of a token that was shown to a caller who may read it. Whether it is still good is [holder.check].
func (a *Agency) shown(c Caller, token string) (holder, error) {
	h, found := a.known.codes.find(token)
	if !found {
		var err error
		if h, err = a.read(token); err != nil {
			return h, err
		}
		a.known.codes.keep(token, h)
	}
	const care = population.MedicalBills | population.WorkInjury | population.Maternity
	audience := h.audience == "" || h.audience == c.Subject
	switch {
	case audience && c.Role == workflow.Hospital && care.Has(h.scope):
	case audience && c.Role == workflow.Clerk && a.People.Person(h.person).Region == c.Region:
	default:
		return h, refuse(Forbidden, "code-not-for-you", "the code is for another service or somebody else: ask for a new one")
	}
	return h, nil
}

// check refuses a code whose time is over.
func (h holder) check(now time.Time) error {
	if now.Unix() > h.until {
		return refuse(Unprocessable, "code-expired", "the code ended %d seconds ago: ask for a new one", now.Unix()-h.until)
	}
	return nil
}
