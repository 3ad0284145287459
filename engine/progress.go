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

// progress is how the run stands at the end of the second at hand.
func (c *collector) progress(inFlight int) Progress {
	now := time.Since(c.start)
	p := Progress{
		Elapsed: now, Length: c.plan.Length(), Phase: c.plan.Phase(now),
		Errors: c.count[result.Failed], InFlight: inFlight, Offered: float64(c.second.offered),
		Left: max(0, c.plan.Length()-now),
	}
	if p.Left == 0 {
		p.Phase, p.Left = "drain", max(0, c.plan.Length()+c.plan.Scenario.Drain-now)
	}
	var ended hist.Histogram
	for i := range c.second.cells.list {
		cell := &c.second.cells.list[i]
		ended.Merge(&cell.Latency)
		if cell.Outcome == result.Good {
			p.Good += float64(cell.Count)
		}
	}
	p.P99 = ended.Quantile(0.99)
	return p
}
