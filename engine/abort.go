package engine

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// A breach is why a run was stopped by a rule of its scenario. The service is judged by it; the measurement is sound.
type breach struct {
	Rule  scenarios.AbortRule
	Value float64       // of the window, in the unit of the rule's metric
	At    time.Duration // the end of the window, from the start
}

func (b breach) Error() string {
	return fmt.Sprintf("%s over %v was broken at %.1f s: %s", b.Rule.Budget.Text, b.Rule.Over, b.At.Seconds(), b.measured())
}

func (b breach) measured() string {
	switch b.Rule.Budget.Metric.Unit() {
	case "s":
		return time.Duration(b.Value * 1e9).Round(time.Microsecond).String()
	case "/s":
		return fmt.Sprintf("%.4g/s", b.Value)
	}
	return fmt.Sprintf("%.4g %%", 100*b.Value)
}

// windowParts is how many parts a window is kept in at most: a longer one than 10 s moves on in steps of a part.
const windowParts = 100

// A rule is an abort rule and what came in during its window, in parts that leave it one by one.
type rule struct {
	scenarios.AbortRule
	capacity float64
	each     int // slices in a part
	parts    []part
	filled   int // parts that are whole, at most len(parts)
	next     int // the part that is being filled
	inPart   int // slices in it
}

type part struct {
	summary  result.Summary
	lateness hist.Histogram
	sent     uint64
}

func newRule(a scenarios.AbortRule, capacity float64) *rule {
	n := max(1, int(a.Over/sliceLength))
	each := (n + windowParts - 1) / windowParts
	return &rule{AbortRule: a, capacity: capacity, each: each, parts: make([]part, (n+each-1)/each)}
}

// add counts what a lane gathered in the slice at hand.
func (r *rule) add(g *gathered) {
	p := &r.parts[r.next]
	for i := range g.cells.list {
		if c := &g.cells.list[i]; r.Budget.Scope == "" || r.Budget.Scope == c.Op || r.Budget.Scope == c.Class {
			p.summary.Add(c)
		}
	}
	p.lateness.Merge(&g.lateness)
	p.sent += g.sent
}

// over ends the slice at hand and reports the value of a broken rule. A window that is not full breaks nothing.
func (r *rule) over() (value float64, broken bool) {
	if r.inPart++; r.inPart < r.each {
		return 0, false
	}
	r.inPart = 0
	r.filled = min(r.filled+1, len(r.parts))
	var sum part
	for i := range r.parts {
		sum.summary.Merge(&r.parts[i].summary)
		sum.lateness.Merge(&r.parts[i].lateness)
		sum.sent += r.parts[i].sent
	}
	r.next = (r.next + 1) % len(r.parts)
	r.parts[r.next] = part{}
	if r.filled < len(r.parts) {
		return 0, false
	}
	value, n := sum.summary.Value(r.Budget, time.Duration(len(r.parts)*r.each)*sliceLength)
	switch r.Budget.Metric {
	case scenarios.Lateness:
		value, n = sum.lateness.Quantile(r.Budget.Quantile).Seconds(), sum.lateness.Count()
	case scenarios.Goodput, scenarios.Answered:
		n = sum.sent // a service that answers nothing at all is a sample, too
	}
	return value, r.Budget.Evaluate(value, n, r.capacity) == scenarios.Fail
}

// checkRules ends slice at for every rule and stops the sending at the first that is broken.
func (c *collector) checkRules(at int) {
	for _, r := range c.rules {
		if value, broken := r.over(); broken && time.Duration(at)*sliceLength < c.plan.Length() && c.breach == nil {
			c.breach = &breach{r.AbortRule, value, time.Duration(at+1) * sliceLength}
			c.halt(*c.breach)
		}
	}
}
