package capacity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

const (
	// Span is how long a rate must be kept up. Sixteen seconds average out what a
	// garbage collection or a checkpoint of the database takes, and fit twice
	// into a short drill.
	Span = 16 * time.Second

	// saturatedShare of the offered requests shed, late or failed says that the
	// instance was full; a single failure does not.
	saturatedShare = 0.01

	// mostIdle seconds without anything turned away may lie in a span of a full
	// instance: one, for chance. More are a ramp or a decay, which say nothing of
	// what a full instance does.
	mostIdle = 1
)

// A Capacity is the rate one instance kept up, in the order of the JSON.
type Capacity struct {
	PerSecond  float64  `json:"per_second"`   // good answers, by the second in which they ended
	From       float64  `json:"from_seconds"` // the span, from the start of the run
	To         float64  `json:"to_seconds"`
	Good       uint64   `json:"good"`        // answers in the span
	Offered    uint64   `json:"offered"`     // requests due in it, retries too
	TurnedAway float64  `json:"turned_away"` // share of those that were shed, late, failed or dropped
	Idle       int      `json:"idle"`        // seconds of the span in which none was
	LowerBound bool     `json:"lower_bound"` // too little was turned away: the instance may do more
	Declared   float64  `json:"declared"`    // what the scenario says; 0 if it says nothing
	Budgets    []string `json:"budgets"`     // latency budgets that held in the span, judged by samples of it; none: the rate is of good answers alone
	Warnings   []string `json:"warnings"`    // why to doubt it
}

// OfDeclared is the measured over the declared capacity; ok is false if none
// was declared.
func (c Capacity) OfDeclared() (ratio float64, ok bool) {
	if c.Declared <= 0 {
		return 0, false
	}
	return c.PerSecond / c.Declared, true
}

// Measure finds the span of 16 whole seconds with the largest rate of good
// answers in which no latency budget was broken by the requests due in it.
// Budgets on anything else are passed over. One without a sample in the span,
// as of an operation that was not asked for, neither held nor was broken there:
// it is not among Capacity.Budgets, and a warning names it. Without any latency
// budget it is the largest rate of good answers, and only what the run calls
// good limits their latency. The declared capacity is per second, 0 for none.
// It is an error if the run is shorter or if the budgets held nowhere.
func Measure(run *result.Run, budgets []scenarios.Budget, declared float64) (Capacity, error) {
	var latency []scenarios.Budget
	var names []string
	for _, b := range budgets {
		if b.Metric == scenarios.Latency || b.Metric == scenarios.Mean {
			latency = append(latency, b)
			names = append(names, b.Text)
		}
	}
	spans := spansOf(run)
	if len(spans) == 0 {
		return Capacity{}, fmt.Errorf("no %v of answers in the run: want a longer one to measure a capacity", Span)
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(b.good, a.good) })
	at := slices.IndexFunc(spans, func(s span) bool {
		return s.good > 0 && !slices.ContainsFunc(latency, func(b scenarios.Budget) bool {
			value, n := run.Value(b, s.from, s.from+Span)
			return b.Evaluate(value, n, declared) == scenarios.Fail
		})
	})
	if at < 0 {
		return Capacity{}, fmt.Errorf("no %v with good answers in which the latency budgets held (%s): drill at a lower rate, or with admission control",
			Span, cmp.Or(strings.Join(names, "; "), "there are none"))
	}
	best := spans[at]
	s := run.Within(best.from, best.from+Span, "")
	away := s.Shed + s.Late + s.Failed + s.Dropped
	c := Capacity{
		PerSecond: float64(best.good) / Span.Seconds(),
		From:      best.from.Seconds(), To: (best.from + Span).Seconds(),
		Good: best.good, Offered: s.Offered(),
		Declared: declared, Budgets: []string{}, Warnings: []string{},
	}
	for _, b := range latency {
		if _, n := run.Value(b, best.from, best.from+Span); n > 0 {
			c.Budgets = append(c.Budgets, b.Text)
		} else {
			c.Warnings = append(c.Warnings, "not judged: the span has no sample for the budget "+b.Text)
		}
	}
	if c.Offered > 0 {
		c.TurnedAway = float64(away) / float64(c.Offered)
	}
	c.Idle = idle(run, best.from)
	c.LowerBound = c.TurnedAway < saturatedShare || c.Idle > mostIdle
	c.Warnings = append(c.Warnings, doubts(c, run)...)
	return c, nil
}

// idle counts the seconds of a span in which nothing was turned away.
func idle(run *result.Run, from time.Duration) (n int) {
	for at := from; at < from+Span; at += time.Second {
		if s := run.Within(at, at+time.Second, ""); s.Shed+s.Late+s.Failed+s.Dropped == 0 {
			n++
		}
	}
	return n
}

func doubts(c Capacity, run *result.Run) (w []string) {
	switch {
	case c.TurnedAway < saturatedShare:
		w = append(w, fmt.Sprintf("lower bound: %.2g %% of the requests were shed, late or failed, so the instance was not full; drill at a higher rate", 100*c.TurnedAway))
	case c.Idle > mostIdle:
		w = append(w, fmt.Sprintf("lower bound: in %d of the %.0f s nothing was shed, late or failed, so the instance was not full all the time; hold the high rate for longer", c.Idle, Span.Seconds()))
	}
	if run.Partial() {
		w = append(w, "the run was cut off; the capacity is of what was recorded")
	} else if len(run.End.Invalid) > 0 {
		w = append(w, "the run is invalid: "+strings.Join(run.End.Invalid, "; "))
	}
	return w
}

// span is 16 seconds of the run and the good answers that ended in them.
type span struct {
	from time.Duration
	good uint64
}

// spansOf are all spans inside the time of arrivals: what ends later, in the
// drain, has no requests due beside it that a budget could look at.
func spansOf(run *result.Run) []span {
	last := -1
	for _, c := range run.Cells {
		last = max(last, c.Due)
	}
	good := make([]uint64, last+1)
	for _, w := range run.Ends {
		if w.At >= 0 && w.At <= last {
			good[w.At] += w.Good
		}
	}
	n := int(Span / time.Second)
	var spans []span
	for from := 0; from+n <= len(good); from++ {
		s := span{from: time.Duration(from) * time.Second}
		for _, g := range good[from : from+n] {
			s.good += g
		}
		spans = append(spans, s)
	}
	return spans
}
