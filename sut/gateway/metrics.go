package gateway

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/peakday/peakday/sut/admission"
)

// metrics are those of one guard, in a registry of its own. Labels are class,
// reason and mode only: nothing that could point at a person, and at most
// 4 × 14 × 2 series of one name.
type metrics struct {
	registry  *prometheus.Registry
	decisions [modes][admission.Classes][admission.Reasons]atomic.Uint64
	latency   [admission.Classes]histogram
	wait      histogram // of those that waited
	good      [admission.Classes]atomic.Uint64
	late      atomic.Uint64
	wasted    atomic.Int64 // nanoseconds
	retries   atomic.Uint64
	refusing  spent
	fairness  fairness
	sched     sched
	broken    [failures]atomic.Uint64
	unguarded [admission.Classes]atomic.Uint64 // let in by a broken guard
}

// A guard decides in earnest or to look.
const (
	inEarnest = iota
	toLook
	modes
)

// What a guard did when it broke.
const (
	brokeOpen = iota
	brokeClosed
	brokeClassify
	failures
)

func newMetrics(g *Guard) *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.fairness.index.Store(math.Float64bits(math.NaN()))
	m.registry.MustRegister(g, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// left counts the end of a request that had a place.
func (m *metrics) left(v *visit, now time.Time, o admission.Outcome) {
	took := now.Sub(v.arrived)
	m.latency[v.Class].observe(took)
	switch {
	case o == admission.Succeeded && now.Before(v.Deadline):
		m.good[v.Class].Add(1)
		return
	case o == admission.Succeeded:
		m.late.Add(1)
	}
	m.wasted.Add(int64(took))
}

// admitted is how many requests of the class were let in.
func (m *metrics) admitted(c admission.Class) (n uint64) {
	for mode := range m.decisions {
		n += m.decisions[mode][c][admission.Admitted].Load()
	}
	return n - m.unguarded[c].Load()
}

// inside is how many requests of the class are in the backend: those that were
// let in and have not left. To count them would be two more counters on the way
// of every request.
func (m *metrics) inside(c admission.Class) uint64 {
	left := m.latency[c].count() // before those that were let in, so that the difference is never below 0
	return m.admitted(c) - left
}

// refused is how many requests were turned away in the mode, by reason.
func (m *metrics) refused(mode int) (by [admission.Reasons]uint64) {
	for c := range m.decisions[mode] {
		for r := range by {
			if (admission.Decision{Reason: admission.Reason(r)}).Refused() {
				by[r] += m.decisions[mode][c][r].Load()
			}
		}
	}
	return by
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("peakday_guard_"+name, help, labels, nil)
}

var (
	decisionsDesc  = desc("decisions_total", "Requests decided on, by class, reason and mode; admitted is not refused.", "class", "reason", "mode")
	insideDesc     = desc("inflight", "Requests in the backend, by class.", "class")
	limitDesc      = desc("limit", "Most requests the backend should hold at once.")
	elasticityDesc = desc("elasticity", "Of latency by requests in the backend: 0 far below the knee, 1 far above; 0 if the law does not use it.")
	thresholdDesc  = desc("level_threshold", "Share of the levels that pass: 1 refuses nobody without a look.")
	ratioDesc      = desc("reject_ratio", "Share of the arrivals that the threshold refuses.")
	queueDesc      = desc("queue_length", "Requests waiting, by class.", "class")
	boundDesc      = desc("queue_bound", "Most requests that may wait.")
	sojournDesc    = desc("queue_sojourn_seconds", "Time that admitted requests waited in the guard's queue.")
	latencyDesc    = desc("latency_seconds", "From the arrival of an admitted request to the end of its answer, by class.", "class")
	baselineDesc   = desc("baseline_seconds", "Latency the law takes for pure service; 0 if it does not use it.")
	goodDesc       = desc("goodput_total", "Requests answered without error and before their deadline, by class.", "class")
	lateDesc       = desc("late_total", "Requests answered after their deadline.")
	wastedDesc     = desc("wasted_seconds_total", "Time in the backend of requests that were late, failed or left.")
	retriesDesc    = desc("retry_attempts_total", "Requests that say by Guard-Attempt that they were made before.")
	refusingDesc   = desc("reject_cpu_seconds_total", "Processor time of refusals, from a sample: of the decision, and before parsing of sending too.")
	fairnessDesc   = desc("fairness_jain", "Jain's index over the requests served, of groups of tenants of which some were refused, in the last whole minute: 1 is even.")
	schedDesc      = desc("sched_latency_p99_seconds", "Time that goroutines of this process waited for a processor, 99th percentile since the scrape before.")
	failDesc       = desc("fail_mode_total", "Requests decided while the guard was broken: passed (open), refused (closed), or of the lowest class since they could not be read (classify).", "mode")
	quotaUsedDesc  = desc("quota_keys", "Keys that have used some of a quota, by its name.", "quota")
	quotaFullDesc  = desc("quota_unheld_total", "Requests that were not held to a quota since there was no place to remember it, by its name.", "quota")
	brownoutDesc   = desc("brownout_level", "Step of the brownout; 0 leaves nothing out.")
	breakerDesc    = desc("breaker_state", "0 closed, 1 open, 2 half open.")
	staleDesc      = desc("stale_total", "Requests answered from the shelf, with an answer that the service gave before.")
	generationDesc = desc("config_generation", "Configurations since the start; a reload adds one.")
)

// Describe implements prometheus.Collector. To describe nothing is to be
// checked at each scrape instead.
func (g *Guard) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector. Everything is read at the scrape, so
// that what belongs to one instant is of one instant.
func (g *Guard) Collect(ch chan<- prometheus.Metric) {
	m, s := g.metrics, g.State()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	gauge(limitDesc, float64(s.Limit))
	gauge(boundDesc, float64(s.Bound))
	gauge(baselineDesc, s.Baseline.Seconds())
	gauge(elasticityDesc, s.Elasticity)
	gauge(thresholdDesc, float64(s.Threshold)/float64(admission.AllLevels))
	gauge(ratioDesc, s.Rejected)
	gauge(schedDesc, m.sched.p99())
	gauge(generationDesc, float64(g.plan.Load().generation))
	for _, q := range g.plan.Load().meters {
		gauge(quotaUsedDesc, float64(q.tab.used(int64(g.now().Sub(g.began)))), q.Name)
		count(quotaFullDesc, float64(q.tab.unheld.Load()), q.Name)
	}
	core := g.core.Load()
	gauge(brownoutDesc, float64(core.level.Load()))
	gauge(breakerDesc, float64(core.breakerState()))
	count(staleDesc, float64(g.shelf.given()))
	count(lateDesc, float64(m.late.Load()))
	count(wastedDesc, float64(m.wasted.Load())/1e9)
	count(retriesDesc, float64(m.retries.Load()))
	count(refusingDesc, float64(m.refusing.Load())/1e9)
	gauge(fairnessDesc, m.fairness.value())
	for i, mode := range [failures]string{"open", "closed", "classify"} {
		count(failDesc, float64(m.broken[i].Load()), mode)
	}
	all := uint64(0)
	for class := range admission.Class(admission.Classes) {
		name := class.String()
		all += m.admitted(class)
		gauge(insideDesc, float64(m.inside(class)), name)
		gauge(queueDesc, float64(s.Queued[class]), name)
		count(goodDesc, float64(m.good[class].Load()), name)
		ch <- m.latency[class].metric(latencyDesc, 0, name)
		for reason := range admission.Reason(admission.Reasons) {
			for i, mode := range [modes]Mode{Enforce, DryRun} {
				count(decisionsDesc, float64(m.decisions[i][class][reason].Load()), name, reason.String(), string(mode))
			}
		}
	}
	ch <- m.wait.metric(sojournDesc, all)
}
