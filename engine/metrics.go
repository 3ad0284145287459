package engine

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/peakday/peakday/engine/result"
)

// Metrics shows a run to Prometheus while it goes on, in a registry of its own. Labels hold operations and outcomes, no
// persons. A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	inFlight prometheus.Gauge
	latency  prometheus.Histogram
	lateness prometheus.Histogram
}

// NewMetrics makes the metrics peakday_engine_*.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "peakday_engine_requests_total", Help: "Attempts that ended or were not sent, by operation and outcome.",
		}, []string{"operation", "outcome"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "peakday_engine_in_flight_requests", Help: "Attempts in flight at the end of the last second.",
		}),
		latency: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "peakday_engine_latency_seconds", Help: "Time from due to done.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 16), // 1 ms to 33 s
		}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "peakday_engine_lateness_seconds", Help: "Time from due to ready, the generator's own fault.",
			Buckets: prometheus.ExponentialBuckets(0.00005, 2, 14), // 50 µs to 0.4 s
		}),
	}
	m.registry.MustRegister(m.requests, m.inFlight, m.latency, m.lateness)
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *Metrics) count(op string, outcome result.Outcome) {
	if m != nil {
		m.requests.WithLabelValues(op, string(outcome)).Inc()
	}
}

func (m *Metrics) observe(op string, outcome result.Outcome, latency, lateness time.Duration) {
	if m != nil {
		m.count(op, outcome)
		m.latency.Observe(latency.Seconds())
		m.lateness.Observe(lateness.Seconds())
	}
}

func (m *Metrics) flying(n int) {
	if m != nil {
		m.inFlight.Set(float64(n))
	}
}
