package traffic

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// A Message is the request that a signature is about.
type Message struct {
	Method    string
	Authority string // the Host header
	Path      string // as it stands in the request line: escaped
	Query     string // without the "?"
	Header    func(name string) string
}

// Base is the text that is signed (RFC 9421, section 2.5): a line for each component, in their order, and one for the
// parameters, which is the value of Signature-Input after its label. Components are @method, @authority, @path, @query
// and header fields that come once. The error names one that the request does not have.
func (m Message) Base(components []string, params string) (string, error) {
	var b strings.Builder
	for _, c := range components {
		var value string
		switch c {
		case "@method":
			value = m.Method
		case "@authority":
			value = strings.ToLower(m.Authority)
		case "@path":
			value = m.Path
		case "@query":
			value = "?" + m.Query
		default:
			if value = strings.TrimSpace(m.Header(c)); value == "" || strings.HasPrefix(c, "@") {
				return "", fmt.Errorf("the signature covers %q, which the request does not have", c)
			}
		}
		b.WriteString(`"` + c + `": ` + value + "\n")
	}
	b.WriteString(`"@signature-params": ` + params)
	return b.String(), nil
}

// Signed are the components that a partner signs: of every request, and of one with a body or an Idempotency-Key these
// too.
func Signed(hasBody, hasKey bool) []string {
	list := []string{"@method", "@path", "@query"}
	if hasBody {
		list = append(list, "content-digest")
	}
	if hasKey {
		list = append(list, "idempotency-key")
	}
	return list
}

// Signature is the HMAC-SHA-256 of a base (RFC 9421, section 3.3.3).
func Signature(key []byte, base string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(base))
	return h.Sum(nil)
}

// ContentDigest is the value of the Content-Digest field for a body (RFC 9530).
func ContentDigest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// Sign adds what shows that a partner sent a request between created and expires: Content-Digest, Signature-Input and
// Signature. Method, path, body and Idempotency-Key must not change after it.
func (k Keys) Sign(partner string, r *scenarios.Request, created time.Time, life time.Duration) error {
	if r.Body != nil {
		r.Header = append(r.Header, scenarios.Header{Name: "Content-Digest", Value: ContentDigest(r.Body)})
	}
	m := Message{Method: r.Method}
	m.Path, m.Query, _ = strings.Cut(r.Path, "?")
	m.Header = func(name string) string {
		for _, h := range r.Header {
			if strings.EqualFold(h.Name, name) {
				return h.Value
			}
		}
		return ""
	}
	components := Signed(r.Body != nil, m.Header("idempotency-key") != "")
	params := `("` + strings.Join(components, `" "`) + `");created=` + strconv.FormatInt(created.Unix(), 10) +
		";expires=" + strconv.FormatInt(created.Add(life).Unix(), 10) + `;keyid="` + partner + `";alg="hmac-sha256"`
	base, err := m.Base(components, params)
	if err != nil {
		return err
	}
	sum := base64.StdEncoding.EncodeToString(Signature(k.Partner(partner), base))
	r.Header = append(r.Header, scenarios.Header{Name: "Signature-Input", Value: "sig=" + params}, scenarios.Header{Name: "Signature", Value: "sig=:" + sum + ":"})
	return nil
}
