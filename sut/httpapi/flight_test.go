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
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/workflow"
)

func TestKeyInFlightIsRefusedAndFreedAfter(t *testing.T) {
	a := API{now: time.Now}
	request := httptest.NewRequest("POST", "/v1/claims", nil)
	request.Header.Set("Idempotency-Key", "k")
	var second, other error
	done := func(agency.Call) (store.Answer, bool, error) { return store.Answer{Status: 201}, false, nil }
	send := func(subject string, do func(agency.Call) (store.Answer, bool, error)) error {
		return a.mutate(&exchange{w: httptest.NewRecorder(), r: request, who: agency.Caller{Role: workflow.Hospital, Subject: subject}}, nil, do)
	}
	first := send("H0001", func(c agency.Call) (store.Answer, bool, error) {
		second, other = send("H0001", done), send("H0002", done) // while the first runs
		return done(c)
	})
	if p, ok := second.(*Problem); !ok || p.Status != 409 || !strings.HasSuffix(p.Type, "key-in-flight") {
		t.Errorf("during the first: %v, want 409 key-in-flight", second)
	}
	if first != nil || other != nil {
		t.Errorf("first: %v, another caller's with the same key: %v", first, other)
	}
	if err := send("H0001", done); err != nil {
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
	a := New(Config{Agency: &agency.Agency{}, Keys: traffic.NewKeys(1), Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))})
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest("GET", "/v1/policies", nil)) // there are no rules: the use case panics
	if w.Code != 500 || w.Header().Get("Content-Type") != "application/problem+json" || strings.Contains(w.Body.String(), "nil pointer") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "nil pointer") || !strings.Contains(log.String(), "policies.search") {
		t.Errorf("log %q, want operation and cause", log.String())
	}
}
