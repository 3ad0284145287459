package engine

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"github.com/peakday/peakday/engine/hist"
)

// Metrics shows a run to Prometheus while it goes on, in a registry of its own. Labels hold operations and outcomes, no
// persons. A nil *Metrics counts nothing. They are fed slice by slice and not request by request: watching must not slow
// what is watched.
type Metrics struct {
	registry *prometheus.Registry
	began    time.Time
	requests *prometheus.CounterVec
	inFlight prometheus.Gauge

	mu       sync.Mutex
	latency  hist.Histogram
	lateness hist.Histogram
}

// NewMetrics makes the metrics peakday_engine_*.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		began:    time.Now(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "peakday_engine_requests_total", Help: "Attempts that ended or were not sent, by operation and outcome.",
		}, []string{"operation", "outcome"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "peakday_engine_in_flight_requests", Help: "Attempts in flight at the end of the last second.",
		}),
	}
	m.registry.MustRegister(m.requests, m.inFlight,
		times{m, &m.latency, prometheus.NewDesc("peakday_engine_latency_seconds", "Time from due to done.", nil, nil),
			prometheus.ExponentialBuckets(0.001, 2, 16)}, // 1 ms to 33 s
		times{m, &m.lateness, prometheus.NewDesc("peakday_engine_lateness_seconds", "Time from due to ready, the generator's own fault.", nil, nil),
			prometheus.ExponentialBuckets(0.00005, 2, 14)}) // 50 µs to 0.4 s
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// add counts what was gathered in a slice.
func (m *Metrics) add(g *gathered) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range g.cells.list {
		c := &g.cells.list[i]
		m.requests.WithLabelValues(c.Op, string(c.Outcome)).Add(float64(c.Count))
		m.latency.Merge(&c.Latency)
	}
	m.lateness.Merge(&g.lateness)
}

func (m *Metrics) flying(n int) {
	if m != nil {
		m.inFlight.Set(float64(n))
	}
}

// times shows a histogram of ours to Prometheus: as a native histogram whose buckets keep quantiles within 2.6 %, and in a
// few classic buckets for scrapers that read text.
type times struct {
	metrics *Metrics
	hist    *hist.Histogram
	desc    *prometheus.Desc
	edges   []float64 // seconds
}

// Describe implements prometheus.Collector.
func (t times) Describe(to chan<- *prometheus.Desc) { to <- t.desc }

// Collect implements prometheus.Collector.
func (t times) Collect(to chan<- prometheus.Metric) {
	t.metrics.mu.Lock()
	defer t.metrics.mu.Unlock()
	n := t.hist.Native()
	native, err := prometheus.NewConstNativeHistogram(t.desc, n.Count, n.Sum, n.Positive, nil, n.Zero, n.Schema, n.ZeroThreshold, t.metrics.began)
	if err != nil {
		to <- prometheus.NewInvalidMetric(t.desc, err)
		return
	}
	classic, upTo := make(map[float64]uint64, len(t.edges)), 0
	counts := make([]uint64, len(t.edges))
	for end, count := range t.hist.Buckets { // smallest first
		for upTo < len(t.edges) && end.Seconds() > t.edges[upTo] {
			upTo++
		}
		if upTo < len(t.edges) {
			counts[upTo] += count
		}
	}
	sum := uint64(0)
	for i, edge := range t.edges {
		sum += counts[i]
		classic[edge] = sum
	}
	to <- both{native, prometheus.MustNewConstHistogram(t.desc, n.Count, n.Sum, classic)}
}

// both is a native histogram with the buckets of a classic one.
type both struct{ native, classic prometheus.Metric }

func (b both) Desc() *prometheus.Desc { return b.native.Desc() }

func (b both) Write(to *dto.Metric) error {
	var classic dto.Metric
	if err := b.classic.Write(&classic); err != nil {
		return err
	}
	if err := b.native.Write(to); err != nil {
		return err
	}
	to.Histogram.Bucket = classic.Histogram.Bucket
	return nil
}
