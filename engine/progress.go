package engine

import (
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// Progress is how a run stands at the end of a second.
type Progress struct {
	Elapsed  time.Duration
	Length   time.Duration // of the arrivals, without the drain
	Phase    string        // ramp, hold, decay, day or drain
	Offered  float64       // attempts that were due in the last second
	Good     float64       // good answers that came in the last second
	P99      time.Duration // latency of all that ended in the last second; 0 when nothing did
	Errors   uint64        // attempts that failed so far
	InFlight int
	Left     time.Duration // until the arrivals end, then until the drain does at the latest
}

func (r *run) progress(now time.Duration) Progress {
	p := Progress{
		Elapsed: now, Length: r.plan.Length(), Phase: r.plan.Phase(now),
		Errors: r.totals.failed, InFlight: r.inFlight,
		Left: max(0, r.plan.Length()-now),
	}
	if r.coming == nil {
		p.Phase, p.Left = "drain", max(0, r.lastDue+r.plan.Scenario.Drain-now)
	}
	var ended hist.Histogram
	for i := range r.second.cells {
		c := &r.second.cells[i]
		ended.Merge(&c.Latency)
		if c.Outcome == result.Good {
			p.Good += float64(c.Count)
		}
	}
	p.Offered = float64(r.second.offered)
	p.P99 = ended.Quantile(0.99)
	return p
}
