package result

import (
	"cmp"
	"slices"

	"github.com/peakday/peakday/engine/hist"
)

// A Run is a whole measured or simulated run, its ticks merged.
type Run struct {
	Header   Header
	Cells    []Cell      // by second due, operation, class, step, retry, follow-up, outcome, kind; each combination once
	Ends     []EndWindow // by the second in which requests ended
	Lateness hist.Histogram
	Queued   hist.Histogram
	End      *End // nil when the run was cut off: it is partial
}

// Partial reports whether the run was cut off before its end was written.
func (r *Run) Partial() bool { return r.End == nil }

// An EndWindow counts what ended in one second and what the generator did in it.
type EndWindow struct {
	At         int    // the second: [At, At+1) from the start
	Sent       uint64 // what left in it; the next four ended in it
	Good       uint64
	Late       uint64
	Shed       uint64
	Failed     uint64
	InFlight   int     // at its end
	CPUSeconds float64 // of the generator
	GCPause    float64 // seconds for which the generator's world stood still
}

// NewRun merges ticks into a run; Read does the same from a file. End is nil for a partial run.
func NewRun(h Header, ticks []Tick, end *End) *Run {
	run, b := &Run{Header: h, End: end}, newBuilder()
	for i := range ticks {
		b.tick(run, &ticks[i])
	}
	b.finish(run)
	return run
}

// A builder merges ticks as they come. What it keeps is packed, and its strings are shared, so that a run of an hour with 50
// operations fits in memory.
type builder struct {
	seconds [][]Cell // by the second in which they were due, each sorted as Run.Cells
	names   map[string]string
}

func newBuilder() *builder { return &builder{names: map[string]string{}} }

func (b *builder) tick(run *Run, t *Tick) {
	w := EndWindow{At: t.At, Sent: t.Sent, InFlight: t.InFlight, CPUSeconds: t.CPUSeconds, GCPause: t.GCPause}
	for i := range t.Cells {
		c := &t.Cells[i]
		switch c.Outcome {
		case Good:
			w.Good += c.Count
		case Late:
			w.Late += c.Count
		case Shed:
			w.Shed += c.Count
		case Failed:
			w.Failed += c.Count
		}
		b.add(c)
	}
	run.Ends = append(run.Ends, w)
	run.Lateness.Merge(&t.Lateness)
	run.Queued.Merge(&t.Queued)
}

// add merges a cell into the one of its kind, and leaves it as it was.
func (b *builder) add(c *Cell) {
	for len(b.seconds) <= c.Due {
		b.seconds = append(b.seconds, nil)
	}
	cells := b.seconds[c.Due]
	at, found := slices.BinarySearchFunc(cells, c, func(x Cell, c *Cell) int { return x.compare(c) })
	if !found {
		sum := *c
		for _, s := range []*string{&sum.Op, &sum.Class, &sum.Step, (*string)(&sum.Outcome), &sum.Kind} {
			*s = b.name(*s)
		}
		sum.Latency.Pack()
		sum.Service.Pack()
		b.seconds[c.Due] = slices.Insert(cells, at, sum)
		return
	}
	sum := &cells[at]
	sum.Count += c.Count
	sum.Latency.Merge(&c.Latency)
	sum.Service.Merge(&c.Service)
	sum.Latency.Pack()
	sum.Service.Pack()
}

// name is the first string equal to s: a line of a file has strings of its own, for a few names.
func (b *builder) name(s string) string {
	if known, ok := b.names[s]; ok {
		return known
	}
	b.names[s] = s
	return s
}

func (b *builder) finish(run *Run) {
	run.Cells = slices.Concat(b.seconds...)
	run.Lateness.Pack()
	run.Queued.Pack()
}

// compare is the order of Run.Cells; cells of which it says 0 are of one kind.
func (c *Cell) compare(o *Cell) int {
	return cmp.Or(cmp.Compare(c.Due, o.Due), cmp.Compare(c.Op, o.Op), cmp.Compare(c.Class, o.Class), cmp.Compare(c.Step, o.Step),
		falseFirst(c.Retry, o.Retry), falseFirst(c.Follow, o.Follow), cmp.Compare(c.Outcome, o.Outcome), cmp.Compare(c.Kind, o.Kind))
}

func falseFirst(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}
