package httpapi

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
)

func TestKeyInFlightIsRefusedAndFreedAfter(t *testing.T) {
	a := API{now: time.Now}
	request := httptest.NewRequest("POST", "/v1/claims", nil)
	request.Header.Set("Idempotency-Key", "k")
	var second error
	done := func(agency.Call) (store.Answer, bool, error) { return store.Answer{Status: 201}, false, nil }
	first := a.mutate(httptest.NewRecorder(), request, agency.Caller{}, "op", nil, func(c agency.Call) (store.Answer, bool, error) {
		second = a.mutate(httptest.NewRecorder(), request, agency.Caller{}, "op", nil, done) // while the first runs
		return done(c)
	})
	if p, ok := second.(*Problem); !ok || p.Status != 409 || !strings.HasSuffix(p.Type, "key-in-flight") {
		t.Errorf("during the first: %v, want 409 key-in-flight", second)
	}
	if first != nil {
		t.Errorf("first: %v", first)
	}
	if err := a.mutate(httptest.NewRecorder(), request, agency.Caller{}, "op", nil, done); err != nil {
		t.Errorf("after the first: %v", err)
	}
}

func TestFingerprintTellsRequestsApart(t *testing.T) {
	base := fingerprint("POST", "/v1/claims", "H1", []byte("b"))
	for name, other := range map[string][32]byte{
		"method":                    fingerprint("PUT", "/v1/claims", "H1", []byte("b")),
		"path":                      fingerprint("POST", "/v1/claim", "H1", []byte("b")),
		"subject":                   fingerprint("POST", "/v1/claims", "H2", []byte("b")),
		"body":                      fingerprint("POST", "/v1/claims", "H1", []byte("c")),
		"the border between fields": fingerprint("POST", "/v1/claimsH", "1", []byte("b")),
	} {
		if other == base {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
}

func TestFaultIsAProblemWithoutItsCause(t *testing.T) {
	var log bytes.Buffer
	a := New(Config{Agency: &agency.Agency{}, Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("GET", "/v1/policies", nil)) // there are no rules: the use case panics
	if w.Code != 500 || w.Header().Get("Content-Type") != "application/problem+json" || strings.Contains(w.Body.String(), "nil pointer") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "nil pointer") || !strings.Contains(log.String(), "policies.search") {
		t.Errorf("log %q, want operation and cause", log.String())
	}
}
