package httpapi

import (
	"net/http"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Admin serves the operators' listener: /livez, /readyz (503 once ready is false), /metrics and /version.
// It never stands behind the worker pool, so it answers while the public side is overloaded.
func Admin(metrics prometheus.Gatherer, ready func() bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, state{"alive"}) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if !ready() {
			problem(http.StatusServiceUnavailable, "draining", "the service is closing and takes no new work").ServeHTTP(w, r)
			return
		}
		reply(w, http.StatusOK, state{"ready"})
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, readVersion()) })
	return problems(mux)
}

type state struct {
	Status string `json:"status"`
}

// version is what the binary knows of itself.
type version struct {
	Module   string `json:"module"`
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
}

func readVersion() version {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return version{Version: "unknown"}
	}
	v := version{Module: b.Main.Path, Version: b.Main.Version, Go: b.GoVersion}
	for _, s := range b.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value
		}
	}
	return v
}

// problems serves mux. It answers unknown paths and methods, which the mux does in plain text, with problems.
func problems(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern == "" {
			h = unrouted(h, r)
		}
		h.ServeHTTP(w, r)
	})
}

// unrouted is the mux's own refusal as a problem.
func unrouted(refusal http.Handler, r *http.Request) http.Handler {
	seen := statusOnly{header: make(http.Header)}
	refusal.ServeHTTP(&seen, r)
	if seen.status == http.StatusMethodNotAllowed {
		allow := seen.header.Get("Allow")
		return problem(http.StatusMethodNotAllowed, "method-not-allowed", r.Method+" is not served here: want "+allow).with("Allow", allow)
	}
	return problem(http.StatusNotFound, "not-found", "no such path")
}

// statusOnly is a response that keeps status and header and forgets the body.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
