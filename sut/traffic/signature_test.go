package traffic_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/workflow"
)

// RFC 9421, B.2.5: the published signature of the published request under the published key.
func TestSignatureOfTheStandard(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")
	if err != nil {
		t.Fatal(err)
	}
	m := traffic.Message{Method: "POST", Authority: "example.com", Path: "/foo", Query: "param=Value&Pet=dog", Header: func(name string) string {
		return map[string]string{"date": "Tue, 20 Apr 2021 02:07:55 GMT", "content-type": "application/json"}[name]
	}}
	base, err := m.Base([]string{"date", "@authority", "content-type"}, `("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := base64.StdEncoding.EncodeToString(traffic.Signature(key, base)), "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="; got != want {
		t.Errorf("signature %s, want %s of\n%s", got, want, base)
	}
	// RFC 9421, 2.2.6 and 2.2.7: path, and query with its question mark, even when there is none.
	for _, c := range []struct{ query, want string }{
		{"param=value&foo=bar&baz=bat%2Dman", `"@query": ?param=value&foo=bar&baz=bat%2Dman`}, {"", `"@query": ?`},
	} {
		m.Query = c.query
		base, err := m.Base([]string{"@path", "@query"}, "")
		if err != nil || !strings.HasPrefix(base, "\"@path\": /foo\n"+c.want+"\n") {
			t.Errorf("query %q: %q, %v; want %s", c.query, base, err, c.want)
		}
	}
	if _, err := m.Base([]string{"x-none"}, ""); err == nil || !strings.Contains(err.Error(), "x-none") {
		t.Errorf("a field that is not there: %v, want it named", err)
	}
}

// RFC 9530, B.1: the published digest of the published body.
func TestContentDigestOfTheStandard(t *testing.T) {
	got := traffic.ContentDigest([]byte("{\"hello\": \"world\"}\n"))
	if want := "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestPartnersSignWhatTheySend(t *testing.T) {
	tr := newTraffic(t, 100)
	settle := at(t, tr, 3, "claims.settle")
	input := header(settle, "Signature-Input")
	for _, want := range []string{`"@method"`, `"@path"`, `"@query"`, `"content-digest"`, `"idempotency-key"`, `;keyid="H0`, `;alg="hmac-sha256"`, ";created=1767323045;", ";expires="} {
		if !strings.Contains(input, want) {
			t.Errorf("Signature-Input %s: want %s in it", input, want)
		}
	}
	if got, want := header(settle, "Content-Digest"), traffic.ContentDigest(settle.Body); got != want {
		t.Errorf("Content-Digest %s, want %s", got, want)
	}
	if header(settle, "Authorization") != "" {
		t.Error("a partner sent a token")
	}
	bare := scenarios.Request{Method: "GET", Path: "/v1/payments/7"}
	if err := traffic.NewKeys(1).Sign("B01", &bare, issued, time.Minute); err != nil || strings.Contains(header(bare, "Signature-Input"), "content-digest") {
		t.Errorf("a request without body: %+v, %v", bare.Header, err)
	}
}

func TestTokensAreShort(t *testing.T) {
	who := agency.Caller{Role: workflow.Reviewer, Subject: "reviewer-420500-0001", Region: "420500"}
	token, err := traffic.NewKeys(1).Token(who, issued, time.Hour)
	if err != nil || len(token) > 250 {
		t.Errorf("a token of %d bytes, want at most 250; %v", len(token), err)
	}
}

// Operations that share a pattern share its class: whoever classes requests by patterns classes them right.
func TestPatternsHaveOneClass(t *testing.T) {
	class := make(map[string]string)
	rows := make(map[string]bool)
	for _, o := range traffic.Routes() {
		if c, known := class[o.Pattern()]; known && c != o.Class {
			t.Errorf("%s is of class %s and %s", o.Pattern(), c, o.Class)
		}
		class[o.Pattern()] = o.Class
		if row := o.Method + " " + o.Path; rows[row] {
			t.Errorf("%s is there twice", row)
		} else {
			rows[row] = true
		}
	}
}
