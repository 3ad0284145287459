package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are rate, errors and duration of every operation, as the service sees them: from the first byte of a
// request read to the last of the answer written, waiting for a worker included. Requests that are no operation
// are counted as "other".
type Metrics struct {
	duration *prometheus.HistogramVec
	router   *router
}

// NewMetrics makes the metrics and registers them.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "peakday_sut_request_duration_seconds",
			Help:    "Time from request to answer by operation and status code.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10, 30, 60},
		}, []string{"operation", "code"}),
		router: newRouter(),
	}
	reg.MustRegister(m.duration)
	return m
}

// Wrap measures next.
func (m *Metrics) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, seen := time.Now(), statusSeen{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(&seen, r)
		name := "other"
		if route, _, none := m.router.find(r.Method, r.URL.EscapedPath()); none == nil {
			name = m.router.routes[route].Name
		}
		m.duration.WithLabelValues(name, strconv.Itoa(seen.status)).Observe(time.Since(start).Seconds())
	})
}

// statusSeen is a response whose status is kept.
type statusSeen struct {
	http.ResponseWriter
	status int
}

func (s *statusSeen) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap gives [http.ResponseController] the response below.
func (s *statusSeen) Unwrap() http.ResponseWriter { return s.ResponseWriter }
