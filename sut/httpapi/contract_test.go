package httpapi_test

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// The judge of all other tests is judged here: each breach of the document must be found, and named.
func TestContractFindsEachBreach(t *testing.T) {
	c := readContract(t)
	const (
		account = `{"person":"P00000005","status":"active","region":"420500","months_paid":1,"pension_account_fen":1,"medical_account_fen":2,` +
			`"medical_this_year":{"year":2023,"deductible_fen":0,"fund_fen":0},"version":0}`
		fault = `{"type":"urn:peakday:problem:x","title":"x","status":404}`
	)
	jsonType, problemType := "application/json", "application/problem+json"
	for _, b := range []struct {
		name, method, path, body string
		status                   int
		kind, answer, want       string
	}{
		{"nothing wrong", "GET", "/v1/me/account", "", 200, jsonType, account, ""},
		{"a status", "GET", "/v1/me/account", "", 418, problemType, fault, "status 418 is not documented"},
		{"a success of another status", "GET", "/v1/me/account", "", 201, jsonType, account, "status 201 is not documented"},
		{"a path", "GET", "/v1/nothing", "", 200, jsonType, account, "path that is not documented"},
		{"a method", "PUT", "/v1/me/account", "", 200, jsonType, account, "method that is not documented"},
		{"a media type", "GET", "/v1/me/account", "", 200, "text/html", account, "media type text/html is not documented"},
		{"an unknown field", "GET", "/v1/me/account", "", 200, jsonType, strings.Replace(account, `{"`, `{"more":1,"`, 1), `property "more" is unsupported`},
		{"an unknown field inside", "GET", "/v1/me/account", "", 200, jsonType, strings.Replace(account, `{"year"`, `{"more":1,"year"`, 1), `"/medical_this_year": property "more" is unsupported`},
		{"a missing field", "GET", "/v1/me/account", "", 200, jsonType, strings.Replace(account, `"region":"420500",`, "", 1), `property "region" is missing`},
		{"a number for a string", "GET", "/v1/me/account", "", 200, jsonType, strings.Replace(account, `"420500"`, "420500", 1), `"/region": value must be a string`},
		{"a fraction of a fen", "GET", "/v1/me/account", "", 200, jsonType, strings.Replace(account, `_fen":1`, `_fen":1.5`, 1), "value must be an integer"},
		{"a word that is none", "GET", "/v1/me/account", "", 200, jsonType, strings.Replace(account, `"active"`, `"dead"`, 1), `"/status": value is not one of the allowed values`},
		{"null", "GET", "/v1/me/contributions", "", 200, jsonType, `{"items":null}`, `"/items": Value is not nullable`},
		{"a month that is none", "GET", "/v1/me/contributions", "", 200, jsonType, `{"items":[{"month":"2023-13","base_fen":1,"employer_fen":1,"employee_fen":1}]}`, "2023-13"},
		{"half an answer", "GET", "/v1/me/account", "", 200, jsonType, account[:40], "body is no JSON"},
		{"an error that is no problem", "GET", "/v1/me/account", "", 403, jsonType, account, "want application/problem+json"},
		{"a problem without type", "GET", "/v1/me/account", "", 403, problemType, `{"title":"x","status":403}`, "missing property 'type'"},
		{"a query that is not told of", "GET", "/v1/policies?x=1", "", 200, jsonType, `{"items":[]}`, "query parameter x"},
		{"a query that is wanted", "GET", "/v1/outlets", "", 200, jsonType, `{"items":[]}`, "without near"},
		{"a word of the query that is none", "GET", "/v1/outlets?near=30,111&service=x", "", 200, jsonType, `{"items":[]}`, "took service: "},
		{"a key that is wanted", "POST", "/v1/feedback", `{"rating":5}`, 201, jsonType, `{"feedback":"FB-X","receipt_hash":""}`, "without Idempotency-Key"},
		{"a body field", "POST", "/v1/codes", `{"scop":"medical"}`, 200, jsonType, `{"code_token":"","scope":"medical","expires_in":1}`, "additional properties 'scop' not allowed"},
		{"a body where none is told of", "GET", "/v1/me/account", `{}`, 200, jsonType, account, "took a body"},
	} {
		r := httptest.NewRequest(b.method, b.path, strings.NewReader(b.body))
		r.Header.Set("Content-Type", jsonType)
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", b.kind)
		w.WriteHeader(b.status)
		w.WriteString(b.answer)
		err := c.judge(r, []byte(b.body), w)
		if b.want == "" && err != nil || b.want != "" && (err == nil || !strings.Contains(err.Error(), b.want)) {
			t.Errorf("%s: found %v, want %q", b.name, err, b.want)
		}
	}
	if w := httptest.NewRecorder(); c.judge(httptest.NewRequest("GET", "/v1/nothing", nil), nil, w) == nil {
		t.Error("200 on an unknown path passes")
	}
}
