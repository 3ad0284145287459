package gateway

import (
	"encoding/json"
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/peakday/peakday/sut/admission"
)

// Admin returns the pages for the people who run the guard: /metrics and
// /debug/guard, its state as JSON.
func (g *Guard) Admin() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(g.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/guard", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		_ = enc.Encode(debugState(g.State())) // the client is gone: nobody to tell
	})
	return mux
}

// stateJSON is the form of /debug/guard: counts are of requests, times in
// seconds.
type stateJSON struct {
	Law       string         `json:"law"`
	Limit     int            `json:"limit"`         // most that the backend should hold at once
	InFlight  int            `json:"in_flight"`     // in the backend
	Queued    map[string]int `json:"queued"`        // waiting, by class
	Bound     int            `json:"queue_bound"`   // most that may wait
	Baseline  float64        `json:"baseline"`      // latency the law takes for pure service
	Latency   float64        `json:"latency"`       // mean latency of the law's last window
	Service   float64        `json:"service"`       // smoothed latency of the backend
	PerSecond float64        `json:"rate_at_limit"` // completions a second with the limit full
}

func debugState(s admission.State) stateJSON {
	queued := make(map[string]int, len(s.Queued))
	for c, n := range s.Queued {
		queued[admission.Class(c).String()] = n
	}
	return stateJSON{
		Law: s.Law, Limit: s.Limit, InFlight: s.InFlight, Queued: queued, Bound: s.Bound,
		Baseline: s.Baseline.Seconds(), Latency: s.Latency.Seconds(), Service: s.Service.Seconds(), PerSecond: s.Rate,
	}
}
