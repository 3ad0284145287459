package gateway

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/peakday/peakday/sut/admission"
)

// dashboard is a dashboard of Grafana over the guard's metrics.
//
//go:embed dashboard.json
var dashboard []byte

// Admin returns the pages for the people who run the guard: /, a list of them;
// /metrics; /debug/guard, its state as JSON; /debug/guard/decisions, a sample of
// what it decided and why; /debug/guard/dashboard, a dashboard of Grafana; and
// POST /admin/reload, to read the configuration again.
func (g *Guard) Admin() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(g.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/guard", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, g.debugState())
	})
	mux.HandleFunc("GET /debug/guard/decisions", func(w http.ResponseWriter, r *http.Request) {
		id := r.FormValue("id")
		list := g.ring.samples(id)
		if id != "" && len(list) == 0 {
			problem(w, http.StatusNotFound, fmt.Sprintf("No such decision is kept: it is one of the last %d that were sampled, by the id in Guard-Decision.", ringSize))
			return
		}
		writeJSON(w, list)
	})
	mux.HandleFunc("GET /debug/guard/dashboard", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(dashboard)
	})
	mux.HandleFunc("POST /admin/reload", g.reload)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, adminIndex)
	})
	return mux
}

const adminIndex = `GET  /metrics                     metrics for Prometheus
GET  /debug/guard                 the state of the guard
GET  /debug/guard/decisions?id=…  why one was decided so; without id, all that are kept
GET  /debug/guard/dashboard       a dashboard for Grafana
POST /admin/reload                read the configuration again
GET  /livez, /readyz              probes, of a guard in a process of its own
`

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v) // the client is gone: nobody to tell
}

// stateJSON is the form of /debug/guard: counts are of requests, times in
// seconds.
type stateJSON struct {
	Mode       Mode           `json:"mode"`
	Generation uint64         `json:"generation"` // of the configuration
	Law        string         `json:"law"`
	Limit      int            `json:"limit"`           // most that the backend should hold at once
	InFlight   int            `json:"in_flight"`       // in the backend
	Queued     map[string]int `json:"queued"`          // waiting, by class
	Bound      int            `json:"queue_bound"`     // most that may wait
	Baseline   float64        `json:"baseline"`        // latency the law takes for pure service
	Latency    float64        `json:"latency"`         // mean latency of the law's last window
	Elasticity float64        `json:"elasticity"`      // of latency by requests in the backend
	Service    float64        `json:"service"`         // smoothed latency of the backend
	PerSecond  float64        `json:"rate_at_limit"`   // completions a second with the limit full
	Threshold  float64        `json:"level_threshold"` // share of the levels that pass
	Rejected   float64        `json:"reject_ratio"`    // share of the arrivals that the threshold refuses

	Maintenance []maintenanceJSON `json:"maintenance"` // announced, and not over
}

func (g *Guard) debugState() stateJSON {
	p, s := g.plan.Load(), g.State()
	queued := make(map[string]int, len(s.Queued))
	for c, n := range s.Queued {
		queued[admission.Class(c).String()] = n
	}
	return stateJSON{
		Maintenance: announced(p.config.Maintenance, time.Now()),
		Mode:        p.mode, Generation: p.generation,
		Law: s.Law, Limit: s.Limit, InFlight: s.InFlight, Queued: queued, Bound: s.Bound,
		Baseline: s.Baseline.Seconds(), Latency: s.Latency.Seconds(), Elasticity: s.Elasticity, Service: s.Service.Seconds(), PerSecond: s.Rate,
		Threshold: float64(s.Threshold) / float64(admission.AllLevels), Rejected: s.Rejected,
	}
}
