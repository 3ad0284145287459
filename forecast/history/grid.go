package history

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

const (
	// maxSpan is the longest history, a century; time.Duration ends at 292 years.
	maxSpan = 100 * 366 * 24 * time.Hour
	// maxValue is the largest count of a bin: beyond, a float64 soon holds no
	// whole numbers any more, and sums of squares overflow before long.
	maxValue = 1e15
	// leastCounted is the share of a coarse bin that must have been counted.
	leastCounted = 0.5
)

// row is one value of a series.
type row struct {
	line   int
	at     time.Time
	value  float64 // NaN if missing
	absurd bool    // the value was left out and is told of already
	state  series.State
}

// A draft is one series on its way from lines to bins.
type draft struct {
	h    History
	rows []row
	last time.Time // stamp of the line before
	ends bool      // a stamp stands at the end of what it tells of, as a rate over the last five minutes does
}

func (d *draft) add(line int, at time.Time, value float64, state series.State) {
	r := row{line: line, at: at, value: value, state: state}
	if why := absurd(value); why != "" {
		d.h.Absurd.add(line, "%g at %s is %s", value, stamp(at), why)
		r.value, r.absurd = math.NaN(), true
	}
	if state == series.Outage || state == series.Missing {
		r.value = math.NaN()
	}
	d.rows = append(d.rows, r)
	d.last = at
}

// absurd says why a value is no count, "" if it is one or is missing.
func absurd(v float64) string {
	switch {
	case math.IsInf(v, 0):
		return "infinite"
	case v < 0:
		return "negative"
	case v > maxValue:
		return "above 1e15"
	}
	return ""
}

// finish lays the rows on evenly spaced bins.
func (d *draft) finish(o Options) (History, error) {
	h, rows := d.h, d.rows
	if h.Measure == "" {
		h.Measure = Count
	}
	for i := 1; i < len(rows); i++ {
		if rows[i].at.Before(rows[i-1].at) {
			h.Unsorted.add(rows[i].line, "%s after %s", stamp(rows[i].at), stamp(rows[i-1].at))
		}
	}
	if h.Unsorted.Count > 0 {
		slices.SortStableFunc(rows, func(a, b row) int { return a.at.Compare(b.at) })
	}
	step := commonStep(rows)
	if step == 0 {
		return h, fmt.Errorf("%s: every stamp is %s: want at least 2 times", h.where(), stamp(rows[0].at))
	}
	if d.ends && h.Measure != Counter {
		for i := range rows {
			rows[i].at = rows[i].at.Add(-step)
		}
	}
	marks := o.Marks
	if h.Measure == Counter {
		marks = append(marksOf(rows, step), marks...)
		if rows = increases(rows, step, &h); len(rows) == 0 {
			return h, fmt.Errorf("%s: a counter with no two values a step of %v apart: want a regular history", h.where(), step)
		}
	}
	if err := h.lay(rows, step); err != nil {
		return h, err
	}
	if h.Measure == Rate {
		for i := range h.Series.Values {
			h.Series.Values[i] *= step.Seconds()
		}
	}
	h.mark(marks)
	h.listen(func(bin int) int { return lineAt(rows, h.Series.At(bin)) })
	return h.coarsen(o.Step)
}

func (h *History) where() string {
	if h.ID != "" {
		return h.Name + " " + h.ID
	}
	return h.Name
}

// lay sorted rows on the grid.
func (h *History) lay(rows []row, step time.Duration) error {
	first, last := rows[0].at, rows[len(rows)-1].at
	// One wild stamp must not ask for the memory of all bins up to it.
	bins := int64(last.Sub(first)/step) + 1
	if bins > 20*int64(len(rows))+1000 || last.Sub(first) > maxSpan {
		return fmt.Errorf("%s: stamps from %s to %s at a step of %v are %d bins for %d lines: want a regular history; look for a wrong stamp",
			h.where(), stamp(first), stamp(last), step, bins, len(rows))
	}
	h.Rows = len(rows)
	values := make([]float64, 0, bins+1)
	var states []series.State
	for _, r := range rows {
		since := r.at.Sub(first)
		bin := int((since + step/2) / step)
		if since%step != 0 {
			h.OffGrid.add(r.line, "%s at a step of %v from %s", stamp(r.at), step, stamp(first))
		}
		if bin < len(values) {
			h.Duplicates.add(r.line, "%s comes again", stamp(r.at))
			continue
		}
		if hole := bin - len(values); hole > 0 {
			h.GapBins += hole
			h.Gaps.add(r.line, "none between %s and %s", stamp(first.Add(time.Duration(len(values)-1)*step)), stamp(r.at))
			for range hole {
				values = append(values, math.NaN())
			}
		}
		if math.IsNaN(r.value) && !r.absurd && r.state == series.Value {
			h.Missing.add(r.line, "no value at %s", stamp(r.at))
		}
		if r.state == series.Outage || r.state == series.Throttled {
			for len(states) < len(values) {
				states = append(states, series.Value)
			}
			states = append(states, r.state)
		}
		values = append(values, r.value)
	}
	for states != nil && len(states) < len(values) {
		states = append(states, series.Value)
	}
	h.Series = series.Series{Start: first, Step: step, Values: values, States: states}
	return nil
}

func (h *History) mark(marks []Mark) {
	for _, m := range marks {
		if h.Series.Mark(m.From, m.To, m.State) == 0 {
			h.Idle = append(h.Idle, m)
		}
	}
}

// coarsen to the step that was asked for.
func (h History) coarsen(step time.Duration) (History, error) {
	if step == 0 || step == h.Series.Step {
		return h, nil
	}
	s, estimated, err := h.Series.Resample(step, leastCounted)
	if err != nil {
		return h, fmt.Errorf("%s: %w", h.where(), err)
	}
	h.Series, h.Estimated = s, estimated
	return h, nil
}

// commonStep is the most common positive difference of neighbouring stamps,
// the smallest of equals. Where less than a quarter are that, as of stamps
// that jitter, it is the median of the differences in whole seconds, from ten
// minutes on in whole minutes. It is 0 if all stamps are the same.
func commonStep(rows []row) time.Duration {
	seen := map[time.Duration]int{}
	var all []time.Duration
	for i := 1; i < len(rows); i++ {
		if d := rows[i].at.Sub(rows[i-1].at); d > 0 {
			seen[d]++
			all = append(all, d)
		}
	}
	var step time.Duration
	for d, n := range seen {
		if c := cmp.Compare(n, seen[step]); c > 0 || c == 0 && d < step {
			step = d
		}
	}
	if 4*seen[step] < len(all) {
		slices.Sort(all)
		median, whole := all[len(all)/2], time.Second
		if median >= 10*time.Minute {
			whole = time.Minute
		}
		if median = median.Round(whole); median > 0 {
			return median
		}
	}
	return step
}
