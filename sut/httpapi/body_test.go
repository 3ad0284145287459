package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/workflow"
)

func zip(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	fatal(t, z.Close())
	return b.Bytes()
}

const facts = `{"birth":"1976-02","class":"M","months":360,"index_ppm":800000,"account_fen":10000000,"deemed_months":36,"as_of":"2026-08","region":"110000","base_fen":1204900}`

func TestBodiesThatArePackedOrCut(t *testing.T) {
	d := newDesk(t)
	packed := func(coding string, body []byte) *http.Request {
		r := httptest.NewRequest("POST", "/v1/pension-estimates", bytes.NewReader(body))
		set(set(r, "Content-Type", "application/json"), "Content-Encoding", coding)
		return set(r, "Authorization", d.token(workflow.Citizen, "5", ""))
	}
	plain := d.do(packed("", []byte(facts)))
	if plain.Code != http.StatusOK {
		t.Fatalf("%d %s", plain.Code, plain.Body)
	}
	for name, r := range map[string]*http.Request{
		"gzip":     packed("gzip", zip(t, facts)),
		"identity": packed("identity", []byte(facts)),
		"spaces":   packed("gzip", zip(t, facts+strings.Repeat(" ", 10_000))), // 60 times its size
	} {
		if w := d.do(r); w.Body.String() != plain.Body.String() {
			t.Errorf("%s: %d %s, want the answer to the plain body", name, w.Code, w.Body)
		}
	}
	short := packed("", []byte(facts))
	short.ContentLength = int64(len(facts)) + 1
	long := packed("", []byte(facts))
	long.ContentLength = 64<<10 + 1
	noise := strings.Repeat("0123456789abcdef", 5000) // 80,000 bytes
	for _, c := range []struct {
		name   string
		r      *http.Request
		status int
		code   string
	}{
		{"a bomb", packed("gzip", zip(t, strings.Repeat(" ", 60_000))), 413, "body-too-large"},
		{"a bomb in a bomb's wrapping", packed("gzip", zip(t, strings.Repeat(" ", 16<<20))), 413, "body-too-large"},
		{"one that unpacks over the limit", packed("gzip", append(zip(t, noise), make([]byte, 1000)...)), 413, "body-too-large"},
		{"half a gzip stream", packed("gzip", zip(t, facts)[:40]), 400, "body-cut"},
		{"a gzip stream with a wrong sum", packed("gzip", append(zip(t, facts)[:len(zip(t, facts))-8], 1, 2, 3, 4, 5, 6, 7, 8)), 400, "body-cut"},
		{"no gzip at all", packed("gzip", []byte(facts)), 400, "body-cut"},
		{"another coding", packed("br", []byte(facts)), 415, "unsupported-coding"},
		{"less than its length", short, 400, "body-cut"},
		{"a length over the limit", long, 413, "body-too-large"},
	} {
		wantProblem(t, c.name, d.do(c.r), c.status, c.code)
	}
}
