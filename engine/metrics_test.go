package engine

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestMetricsShowTheRun(t *testing.T) {
	m := NewMetrics()
	synctest.Test(t, func(t *testing.T) {
		e := Engine{Driver: inTurn(answer{status: 500}, answer{status: 200, after: 10 * time.Millisecond}), Log: &memory{}, Metrics: m}
		if _, err := e.Run(t.Context(), planned(t, even(10, time.Second))); err != nil {
			t.Fatal(err)
		}
	})
	page := httptest.NewRecorder()
	m.Handler().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`peakday_engine_requests_total{operation="account.get",outcome="good"} 9`,
		`peakday_engine_requests_total{operation="account.get",outcome="failed"} 1`,
		`peakday_engine_latency_seconds_count 10`,
		`peakday_engine_lateness_seconds_count 10`,
		`peakday_engine_in_flight_requests 0`,
	} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
