package engine

import (
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// sliceLength is how long a lane gathers before it hands in: what abort rules are checked on.
const sliceLength = 100 * time.Millisecond

// slicesPerSecond is how many make up a tick.
const slicesPerSecond = int(time.Second / sliceLength)

// A slice is what came in at one lane during 100 ms of the run.
type slice struct {
	lane int
	at   int // [at, at+1) × 100 ms from the start
	gathered
	results  []byte // closed blocks of the result log
	inFlight int    // at its end
	last     bool   // the lane has ended
}

func (s *slice) begin() time.Duration { return time.Duration(s.at) * sliceLength }

// gathered is what slices and seconds count alike.
type gathered struct {
	cells    cells
	sent     uint64
	offered  uint64 // attempts that were due, sent or not
	lateness hist.Histogram
	queued   hist.Histogram
	lag      hist.Histogram // how much later than asked for a wait ended that nothing else ended
}

func (g *gathered) reset() {
	g.cells.reset()
	g.sent, g.offered = 0, 0
	g.lateness.Reset()
	g.queued.Reset()
	g.lag.Reset()
}

func (g *gathered) merge(o *gathered) {
	for i := range o.cells.list {
		c := &o.cells.list[i]
		sum := g.cells.at(keyOf(c))
		sum.Count += c.Count
		sum.Latency.Merge(&c.Latency)
		sum.Service.Merge(&c.Service)
	}
	g.sent += o.sent
	g.offered += o.offered
	g.lateness.Merge(&o.lateness)
	g.queued.Merge(&o.queued)
	g.lag.Merge(&o.lag)
}

// cells are counts by what tells them apart. Cells that were used before are used again with their memory.
type cells struct {
	index   map[cellKey]int // into list
	list    []result.Cell
	last    cellKey // of the cell asked for last: most often the next one is the same
	lastAt  int
	hasLast bool
}

// A cellKey tells cells apart.
type cellKey struct {
	due             int
	op, class, step string
	retry, follow   bool
	outcome         result.Outcome
	kind            string
}

func keyOf(c *result.Cell) cellKey {
	return cellKey{c.Due, c.Op, c.Class, c.Step, c.Retry, c.Follow, c.Outcome, c.Kind}
}

// at is the cell of a key, made empty when it is new. It is valid until the next call.
func (c *cells) at(key cellKey) *result.Cell {
	if c.hasLast && key == c.last {
		return &c.list[c.lastAt]
	}
	c.last, c.hasLast = key, true
	if i, ok := c.index[key]; ok {
		c.lastAt = i
		return &c.list[i]
	}
	if c.index == nil {
		c.index = map[cellKey]int{}
	}
	i := len(c.list)
	c.index[key], c.lastAt = i, i
	if i < cap(c.list) {
		c.list = c.list[:i+1]
	} else {
		c.list = append(c.list, result.Cell{})
	}
	cell := &c.list[i]
	latency, service := cell.Latency, cell.Service
	latency.Reset()
	service.Reset()
	*cell = result.Cell{Due: key.due, Op: key.op, Class: key.class, Step: key.step, Retry: key.retry, Follow: key.follow,
		Outcome: key.outcome, Kind: key.kind, Latency: latency, Service: service}
	return cell
}

func (c *cells) reset() {
	clear(c.index)
	c.list, c.hasLast = c.list[:0], false
}
