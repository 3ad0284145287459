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
	At         int
	Sent       uint64
	Good       uint64
	Late       uint64
	Shed       uint64
	Failed     uint64
	InFlight   int
	CPUSeconds float64
	GCPause    float64
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

// cellKey tells cells apart.
type cellKey struct {
	due             int
	op, class, step string
	retry, follow   bool
	outcome         Outcome
	kind            string
}

func (c *Cell) key() cellKey {
	return cellKey{c.Due, c.Op, c.Class, c.Step, c.Retry, c.Follow, c.Outcome, c.Kind}
}

// A builder merges ticks as they come.
type builder struct{ cells map[cellKey]*Cell }

func newBuilder() builder { return builder{map[cellKey]*Cell{}} }

func (b builder) tick(run *Run, t *Tick) {
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
		sum := b.cells[c.key()]
		if sum == nil {
			sum = &Cell{Due: c.Due, Op: c.Op, Class: c.Class, Step: c.Step, Retry: c.Retry, Follow: c.Follow, Outcome: c.Outcome, Kind: c.Kind}
			b.cells[c.key()] = sum
		}
		sum.Count += c.Count
		sum.Latency.Merge(&c.Latency)
		sum.Service.Merge(&c.Service)
	}
	run.Ends = append(run.Ends, w)
	run.Lateness.Merge(&t.Lateness)
	run.Queued.Merge(&t.Queued)
}

func (b builder) finish(run *Run) {
	for _, c := range b.cells {
		run.Cells = append(run.Cells, *c)
	}
	slices.SortFunc(run.Cells, func(x, y Cell) int {
		return cmp.Or(cmp.Compare(x.Due, y.Due), cmp.Compare(x.Op, y.Op), cmp.Compare(x.Class, y.Class), cmp.Compare(x.Step, y.Step),
			falseFirst(x.Retry, y.Retry), falseFirst(x.Follow, y.Follow), cmp.Compare(x.Outcome, y.Outcome), cmp.Compare(x.Kind, y.Kind))
	})
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
