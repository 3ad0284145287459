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
