package watch

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// The names of the checks.
const (
	lateness  = "lateness p99"
	still     = "stood still"
	clock     = "clock step"
	short     = "out of resources"
	throttled = "throttled"
	busy      = "cpu"
	waiting   = "waiting for a core"
	stolen    = "stolen by the hypervisor"
	gcShare   = "gc pauses"
	gcPause   = "gc pause p99"
	lag       = "loop lag p99"
	openFiles = "open files"
	sockets   = "tcp sockets"
)

// Seen is what the engine itself saw of its sending. Nil histograms are empty ones.
type Seen struct {
	Lateness *hist.Histogram // ready - due of every attempt
	Lag      *hist.Histogram // how much later than asked the loops' waits came back
	Short    uint64          // attempts that failed with an error that Short knows
}

// Limits is the one table of thresholds. Each value is the most that is good.
type Limits struct {
	Lateness time.Duration // p99
	Still    time.Duration // the longest stand-still
	Clock    time.Duration // the largest step of the wall clock against the other
	Time     float64       // share of the run's time: throttled, waiting for a core, stolen, in pauses of the garbage collector
	Busy     float64       // share of the cores, in the busiest second
	Pause    time.Duration // p99 of the pauses of the garbage collector, and of the lag of the loops
	Full     float64       // share of the descriptors and of the ephemeral ports
}

// Standard are the limits for a run whose lateness may be so much. See the package's comment for why.
func Standard(lateness time.Duration) Limits {
	return Limits{
		Lateness: lateness,
		Still:    250 * time.Millisecond,
		Clock:    250 * time.Millisecond,
		Time:     0.01,
		Busy:     0.9,
		Pause:    lateness,
		Full:     0.95,
	}
}

// Checks judges a run: the whole table, in a fixed order. What proves a gap is not OK over its limit; what can only explain
// one is not OK over its limit in a run where something was proved.
func (a *Account) Checks(seen Seen, l Limits) []result.Check {
	t := table{unread: a.last.Unread}
	t.prove(lateness, quantile(seen.Lateness), l.Lateness.Seconds(), "s", "requests left later than they were due; the other lines may say why; else lower the rate or raise --max-lateness")
	t.prove(still, a.last.Still.Seconds(), l.Still.Seconds(), "s", "the process did not run for that long: it was stopped, or the machine slept or had no core for it; run it again, on a quieter machine if it comes back")
	t.prove(clock, a.step.Seconds(), l.Clock.Seconds(), "s", "the wall clock was set or the machine slept, so stamps cannot be joined with other machines'; run it again")
	t.prove(short, float64(seen.Short), 0, "requests", "this machine had no descriptor, port or memory for them, which is no fault of the target; raise ulimit -n, widen net.ipv4.ip_local_port_range, or use fewer connections and keep them open")
	t.prove(throttled, a.share(a.last.Throttled-a.first.Throttled), l.Time, "share of time", fmt.Sprintf("the process was stopped by its CPU quota of %.2g cores; raise the quota or lower the rate", a.Cores))
	t.explain(busy, a.busiest, l.Busy, "share of cores", fmt.Sprintf("the generator used up the %.2g cores it has; give it more or lower the rate", a.Cores))
	t.explain(waiting, a.share(a.longestWait()), l.Time, "share of time", "threads were ready and had no core, since something else ran there; give the generator cores of its own")
	t.explain(stolen, a.stolenShare(), l.Time, "share of time", "the hypervisor gave the machine's cores to others; use a machine with dedicated cores")
	t.explain(gcShare, a.share(a.last.GCPause-a.first.GCPause), l.Time, "share of time", "the garbage collector stopped the sending; raise GOGC or lower the number of sessions")
	t.explain(gcPause, a.GCPauseP99().Seconds(), l.Pause.Seconds(), "s", "the garbage collector stopped the sending; raise GOGC or lower the number of sessions")
	t.explain(lag, quantile(seen.Lag), l.Pause.Seconds(), "s", "the loops woke later than they asked to; give the generator cores of its own")
	t.explain(openFiles, float64(a.files), l.Full*float64(a.OpenFiles), "descriptors", "raise ulimit -n, or use fewer connections")
	t.explain(sockets, float64(a.sockets), l.Full*float64(a.Ports), "sockets", "there are as many as ephemeral ports; widen net.ipv4.ip_local_port_range, add source addresses, or keep connections open")
	return t.checks
}

func quantile(h *hist.Histogram) float64 {
	if h == nil {
		return 0
	}
	return h.Quantile(0.99).Seconds()
}

// A table is filled from what proves a gap to what explains it.
type table struct {
	unread map[string]error
	checks []result.Check
	proved bool
}

func (t *table) prove(name string, value, limit float64, unit, note string) {
	if t.add(name, value, limit, unit, note); value > limit {
		t.proved = true
	}
}

func (t *table) explain(name string, value, limit float64, unit, note string) {
	over := t.add(name, value, limit, unit, note)
	if over != nil && !t.proved {
		over.OK, over.Note = true, "over its limit, without harm to the sending"
	}
}

// add makes a line and returns it when its value is over its limit.
func (t *table) add(name string, value, limit float64, unit, note string) *result.Check {
	t.checks = append(t.checks, result.Check{Name: name, Value: value, Limit: limit, Unit: unit, OK: true})
	c := &t.checks[len(t.checks)-1]
	err := t.unread[name]
	switch {
	case err != nil:
		c.Value, c.Note = 0, "not known: "+err.Error()
	case limit <= 0 && name != short:
		c.Note = "the limit is not known"
	case value > limit:
		c.OK, c.Note = false, note
		return c
	}
	return nil
}
