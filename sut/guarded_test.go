package sut_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/admission"
	"github.com/peakday/peakday/sut/gateway"
)

// The admission layer inside the service: it decides before the routes, its gate
// stands before the database, and operators see both on the admin listener.
func TestAServiceWithTheGuardInside(t *testing.T) {
	var log bytes.Buffer
	config := gateway.Config{
		Routes: []gateway.Route{{Method: "GET", Pattern: "/v1/policies", Op: "policies", Class: admission.P3}},
		Log:    slog.New(slog.NewTextHandler(&log, nil)),
	}
	config.Source = func() (gateway.Config, error) {
		next := config
		next.Quotas = []gateway.Quota{{Name: "everybody", Limit: gateway.Rate{Count: 1, Per: 3600e9}}}
		return next, nil
	}
	s := start(t, sut.Config{People: 500, Guard: &config})
	tr := requests(t, 500)
	ask := func() (int, http.Header) {
		r, err := tr.At(1, "account.get")
		if err != nil {
			t.Fatal(err)
		}
		status, header, body, err := send(s.URL(), r)
		if err != nil || status != 200 && status != 429 {
			t.Fatalf("got %d %s, %v", status, body, err)
		}
		return status, header
	}
	if status, header := ask(); status != 200 || header.Get("Guard-Decision") != "admitted" {
		t.Errorf("got %d %q, want it served and admitted", status, header.Get("Guard-Decision"))
	}
	page := func(method, path string) string {
		r, _ := http.NewRequest(method, s.AdminURL()+path, nil)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return string(text)
	}
	metrics := page("GET", "/metrics")
	for _, want := range []string{`peakday_guard_decisions_total{class="P2",mode="enforce",reason="admitted"} 1`, `peakday_guard_db_permits{work="read"} 3`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics has no %s", want)
		}
	}
	for _, work := range []string{"read", "update"} {
		count := `peakday_guard_db_wait_seconds_count{work="` + work + `"} `
		if !strings.Contains(metrics, count) || strings.Contains(metrics, count+"0\n") {
			t.Errorf("no wait of any %s for the database was measured", work)
		}
	}
	if state := page("GET", "/debug/guard"); !strings.Contains(state, `"generation": 1`) {
		t.Errorf("/debug/guard is %s", state)
	}
	if state := page("POST", "/admin/reload"); !strings.Contains(state, `"generation": 2`) {
		t.Errorf("/admin/reload says %s", state)
	}
	ask()
	if status, _ := ask(); status != 429 {
		t.Errorf("beyond the quota that the reload brought: got %d, want 429", status)
	}
	if readyz := page("GET", "/readyz"); !strings.Contains(readyz, "ready") {
		t.Errorf("the service's own pages are gone: /readyz says %s", readyz)
	}
	if err := s.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "refused.quota=1") {
		t.Errorf("closed within a second of a refusal, the guard's log is\n%s", log.String())
	}
}
