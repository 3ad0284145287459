package gateway

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/peakday/peakday/sut/admission"
)

// metrics are those of one guard, in a registry of its own. Labels are class
// and reason only: nothing that could point at a person.
type metrics struct {
	registry  *prometheus.Registry
	decisions [admission.Classes][admission.Reasons]prometheus.Counter
	latency   [admission.Classes]prometheus.Observer
	wait      prometheus.Histogram
}

// buckets reach from a fast read to the patience of a person.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, .75, 1, 1.5, 2, 3, 5, 10, 30}

func newMetrics(g *Guard) *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	decisions := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "peakday_guard_decisions_total",
		Help: "Requests decided on, by class and reason; admitted is not refused.",
	}, []string{"class", "reason"})
	latency := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "peakday_guard_latency_seconds",
		Help:    "From the arrival of an admitted request to the end of its answer.",
		Buckets: buckets,
	}, []string{"class"})
	m.wait = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "peakday_guard_queue_wait_seconds",
		Help:    "Time that admitted requests waited in the guard's queue.",
		Buckets: buckets,
	})
	for c := range admission.Class(admission.Classes) {
		m.latency[c] = latency.WithLabelValues(c.String())
		for r := range admission.Reason(admission.Reasons) {
			if r != admission.Queued { // never final
				m.decisions[c][r] = decisions.WithLabelValues(c.String(), r.String())
			}
		}
	}
	m.registry.MustRegister(decisions, latency, m.wait, stateCollector{g},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) decided(c admission.Class, d admission.Decision) {
	m.decisions[c][d.Reason].Inc()
	if !d.Refused() {
		m.wait.Observe(d.Wait.Seconds())
	}
}

func (m *metrics) answered(c admission.Class, took time.Duration) {
	m.latency[c].Observe(took.Seconds())
}

// stateCollector reads the guard's state once a scrape, so that the gauges
// belong to one instant.
type stateCollector struct{ g *Guard }

var (
	limitDesc    = prometheus.NewDesc("peakday_guard_limit_requests", "Most requests the backend should hold at once.", nil, nil)
	inFlightDesc = prometheus.NewDesc("peakday_guard_in_flight_requests", "Requests in the backend.", nil, nil)
	boundDesc    = prometheus.NewDesc("peakday_guard_queue_bound_requests", "Most requests that may wait.", nil, nil)
	queueDesc    = prometheus.NewDesc("peakday_guard_queue_requests", "Requests waiting, by class.", []string{"class"}, nil)
	baselineDesc = prometheus.NewDesc("peakday_guard_baseline_seconds", "Latency the law takes for pure service.", nil, nil)
)

// Describe implements prometheus.Collector.
func (stateCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{limitDesc, inFlightDesc, boundDesc, queueDesc, baselineDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (sc stateCollector) Collect(ch chan<- prometheus.Metric) {
	s := sc.g.State()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(limitDesc, float64(s.Limit))
	gauge(inFlightDesc, float64(s.InFlight))
	gauge(boundDesc, float64(s.Bound))
	gauge(baselineDesc, s.Baseline.Seconds())
	for c, n := range s.Queued {
		gauge(queueDesc, float64(n), admission.Class(c).String())
	}
}
