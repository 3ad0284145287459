package engine

import (
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// A second gathers what came in during one second of the run.
type second struct {
	at       int
	index    map[cellKey]int // into cells
	cells    []result.Cell
	sent     uint64
	offered  uint64 // attempts that were due, sent or not
	lateness hist.Histogram
	queued   hist.Histogram
	usage    usage // when it began
}

type cellKey struct {
	due, op int
	retry   bool
	outcome result.Outcome
	kind    string
}

func newSecond(at int, u usage) second {
	return second{at: at, index: map[cellKey]int{}, usage: u}
}

// add counts one attempt in its cell. The cell is valid until the next add.
func (s *second) add(p *Plan, f *flight, outcome result.Outcome, kind string) *result.Cell {
	key := cellKey{int(f.due / time.Second), f.arrival.op, f.retry(), outcome, kind}
	i, ok := s.index[key]
	if !ok {
		i = len(s.cells)
		s.index[key] = i
		o := p.operations[key.op]
		s.cells = append(s.cells, result.Cell{Due: key.due, Op: o.name, Class: o.class, Retry: key.retry, Outcome: outcome, Kind: kind})
	}
	s.cells[i].Count++
	return &s.cells[i]
}

// turn closes the second that is over at now and hands it to the scribe. Seconds in which the engine stood still leave no
// tick. The error is the log's.
func (r *run) turn(now time.Duration) error {
	if now >= time.Duration(r.second.at+1)*time.Second {
		r.close(now)
		r.second = newSecond(int(now/time.Second), r.second.usage)
	}
	return r.scribe.failed()
}

// close hands the second to the scribe, which owns it from then on.
func (r *run) close(now time.Duration) {
	s, u := &r.second, readUsage()
	tick := result.Tick{
		At: s.at, Cells: s.cells, Sent: s.sent, Lateness: s.lateness, Queued: s.queued, InFlight: r.inFlight,
		CPUSeconds: (u.cpu - s.usage.cpu).Seconds(), GCPause: (u.gcPause - s.usage.gcPause).Seconds(),
	}
	s.usage = u
	r.totals.lateness.Merge(&tick.Lateness)
	r.Metrics.flying(r.inFlight)
	r.scribe.write(page{tick, r.progress(now)})
}
