package engine

import (
	"context"
	"slices"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/engine/watch"
)

// A collector merges what the lanes hand in, slice by slice, into seconds; it checks the abort rules and shows how the run
// stands. It runs beside the lanes, which never wait for it.
type collector struct {
	Engine
	plan   *Plan
	halt   context.CancelCauseFunc
	slices chan *slice
	free   chan *slice // written and ready to be used again
	scribe *scribe

	start       time.Time
	held        []*slice // handed in and not merged: another lane may still have something for their time
	reached     []int    // up to which slice each lane has handed in
	ended       int      // lanes
	second      gathered // the one that is going on
	at          int      // its number
	flying      []int    // in flight at the end of each lane's last slice
	watch       *watch.Watch
	sample      watch.Sample              // when the second began
	count       map[result.Outcome]uint64 // of the whole run
	lag         hist.Histogram
	lateness    hist.Histogram // of the whole run
	rules       []*rule
	breach      *breach
	convergence *convergence // nil when nobody asked
}

// handedIn is how many slices may wait for the collector: many seconds' worth, so that a lane never waits.
const handedIn = 1 << 12

func newCollector(e Engine, p *Plan, lanes int, halt context.CancelCauseFunc) *collector {
	c := &collector{
		Engine: e, plan: p, halt: halt,
		slices: make(chan *slice, handedIn), free: make(chan *slice, 4*lanes),
		scribe:  startScribe(lanes, e.Log, e.Results, e.Progress),
		count:   map[result.Outcome]uint64{},
		reached: make([]int, lanes), flying: make([]int, lanes),
	}
	for i := range c.reached {
		c.reached[i] = -1
	}
	c.convergence = newConvergence(e.UntilConverged, p)
	for _, a := range p.Scenario.Abort {
		c.rules = append(c.rules, newRule(a, p.Scenario.Capacity))
	}
	return c
}

// blank is an empty slice for a lane.
func (c *collector) blank(lane, at int) *slice {
	var s *slice
	select {
	case s = <-c.free:
	default:
		s = new(slice)
	}
	s.lane, s.at, s.last = lane, at, false
	return s
}

// collect works until every lane has ended and gives the end of the run.
func (c *collector) collect(start time.Time, lanes []*lane) (*result.End, error) {
	c.start = start
	c.watch = watch.Start()
	c.sample = c.watch.Sample()
	for c.ended < len(lanes) {
		c.take(<-c.slices)
		if err := c.scribe.failed(); err != nil {
			c.halt(errUnwritten)
		}
	}
	c.closeSecond()
	end := c.finish(lanes)
	c.scribe.close()
	if err := c.scribe.failed(); err != nil {
		return nil, err
	}
	return end, nil
}

// take merges all that no lane can add to any more.
func (c *collector) take(s *slice) {
	c.held = append(c.held, s)
	c.reached[s.lane] = s.at
	c.flying[s.lane] = s.inFlight
	if s.last {
		c.reached[s.lane] = 1 << 62
		c.ended++
	}
	frontier := slices.Min(c.reached)
	slices.SortStableFunc(c.held, func(a, b *slice) int { return a.at - b.at })
	n := 0
	for n < len(c.held) && c.held[n].at <= frontier {
		at := c.held[n].at
		for c.at < at/slicesPerSecond {
			c.closeSecond()
		}
		for ; n < len(c.held) && c.held[n].at == at; n++ {
			c.merge(c.held[n])
		}
		c.checkRules(at)
	}
	c.held = append(c.held[:0], c.held[n:]...)
	if frontier < 1<<62 {
		for (c.at+1)*slicesPerSecond <= frontier+1 {
			c.closeSecond()
		}
	}
}

func (c *collector) merge(s *slice) {
	c.second.merge(&s.gathered)
	for _, r := range c.rules {
		r.add(&s.gathered)
	}
	c.Metrics.add(&s.gathered)
	s.gathered.reset()
	c.scribe.write(page{slice: s, free: c.free})
}

// closeSecond hands the second to the scribe, which owns it from then on.
func (c *collector) closeSecond() {
	now := c.watch.Sample()
	s := &c.second
	inFlight := 0
	for _, n := range c.flying {
		inFlight += n
	}
	tick := result.Tick{
		At: c.at, Cells: s.cells.list, Sent: s.sent, Lateness: s.lateness, Queued: s.queued, InFlight: inFlight,
		CPUSeconds: (now.CPU - c.sample.CPU).Seconds(), GCPause: (now.GCPause - c.sample.GCPause).Seconds(),
	}
	c.sample = now
	for i := range tick.Cells {
		c.count[tick.Cells[i].Outcome] += tick.Cells[i].Count
	}
	c.lateness.Merge(&tick.Lateness)
	c.lag.Merge(&s.lag)
	c.Metrics.flying(inFlight)
	c.scribe.write(page{tick: &tick, progress: c.progress(inFlight)})
	if c.convergence.second(c.at, s) {
		c.halt(converged{})
	}
	c.second, c.at = gathered{}, c.at+1
}
