package engine

import (
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/steady"
	"github.com/peakday/peakday/scenarios/profile"
)

// converged as the cause of a cancelled context ends the sending because the last plateau has told enough.
type converged struct{}

func (converged) Error() string { return "the last plateau has told enough" }

// A convergence watches the last plateau of a plan until its p99 is known well enough. What it has seen is looked at again
// whenever it is longer by a tenth: who looks all the time picks a moment at which the interval happens to be narrow.
type convergence struct {
	width    float64 // half of the interval, as a share of the p99
	from, to int     // whole seconds of the plateau
	windows  []*hist.Histogram
	next     int // how many windows there must be for the next look
	at       time.Duration
}

// leastWindows is how many seconds it takes to tell a warm-up from the rest, in each half of what was seen (steady.Converged).
const leastWindows = 100

// newConvergence is nil when nobody asked, or the plan has no plateau.
func newConvergence(width float64, p *Plan) *convergence {
	plateaus := profile.Plateaus(p.Curve)
	if width <= 0 || len(plateaus) == 0 {
		return nil
	}
	c := &convergence{width: width, next: leastWindows}
	c.from, c.to = steady.Windows(plateaus[len(plateaus)-1], time.Second)
	return c
}

// second takes what ended in a second of the run and reports whether that is enough.
func (c *convergence) second(at int, g *gathered) bool {
	if c == nil || at < c.from || at >= c.to || c.at > 0 {
		return false
	}
	var latency hist.Histogram
	for i := range g.cells.list {
		latency.Merge(&g.cells.list[i].Latency)
	}
	c.windows = append(c.windows, &latency)
	if len(c.windows) < c.next {
		return false
	}
	c.next = len(c.windows) + len(c.windows)/10
	if !steady.Converged(c.windows, 0.99, c.width) {
		return false
	}
	c.at = time.Duration(at+1) * time.Second
	return true
}
