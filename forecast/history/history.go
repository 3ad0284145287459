package history

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// A History is a series and what was odd about the file it came from.
type History struct {
	Name   string // file name, for messages
	Series series.Series

	Rows       int    // lines with a stamp
	Gaps       Oddity // holes between stamps, one finding a hole
	GapBins    int    // bins that have no line, over all holes
	Duplicates Oddity // stamps whose bin was taken already; the first was kept
	Missing    Oddity // lines that have a stamp and no value
	Unsorted   Oddity // lines that are earlier than the line before; sorted here
	OffGrid    Oddity // stamps beside the grid; put in the nearest bin
}

// An Oddity counts one thing that was odd and keeps where the first few were.
type Oddity struct {
	Count int
	First []Finding // at most 5
}

// A Finding is one such place: the line of the file and what is there.
type Finding struct {
	Line int
	Text string
}

func (o *Oddity) add(line int, format string, args ...any) {
	o.Count++
	if len(o.First) < 5 {
		o.First = append(o.First, Finding{line, fmt.Sprintf(format, args...)})
	}
}

// Warnings tells every kind of oddity in a sentence; none for a clean file.
func (h History) Warnings() []string {
	var w []string
	for _, o := range []struct {
		Oddity
		what, done string
	}{
		{h.Gaps, "gaps", fmt.Sprintf("%d bins are missing and left out", h.GapBins)},
		{h.Duplicates, "duplicate stamps", "the first of each is kept"},
		{h.Missing, "lines without a value", "they are missing bins"},
		{h.Unsorted, "lines out of order", "sorted"},
		{h.OffGrid, "stamps beside the grid", "put in the nearest bin"},
	} {
		if o.Count > 0 {
			w = append(w, fmt.Sprintf("%s: %s: %d, %s; first at line %d: %s",
				h.Name, o.what, o.Count, o.done, o.First[0].Line, o.First[0].Text))
		}
	}
	return w
}

// maxSpan is the longest history, a century; time.Duration ends at 292 years.
const maxSpan = 100 * 366 * 24 * time.Hour

// row is one line of data.
type row struct {
	line  int
	at    time.Time
	value float64 // NaN if missing
}

// grid lays rows on evenly spaced bins.
func grid(name string, rows []row) (History, error) {
	h := History{Name: name, Rows: len(rows)}
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
		return History{}, fmt.Errorf("%s: %d lines, all at the same time: want at least 2 stamps", name, len(rows))
	}
	first, last := rows[0].at, rows[len(rows)-1].at
	// One wild stamp must not ask for the memory of all bins up to it.
	bins := int64(last.Sub(first)/step) + 1
	if bins > 20*int64(len(rows))+1000 || last.Sub(first) > maxSpan {
		return History{}, fmt.Errorf("%s: stamps from %s to %s at a step of %v are %d bins for %d lines: want a regular history; look for a wrong stamp",
			name, stamp(first), stamp(last), step, bins, len(rows))
	}
	values := make([]float64, 0, bins+1)
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
			h.Gaps.add(r.line, "%d bins missing before %s", hole, stamp(r.at))
			for range hole {
				values = append(values, math.NaN())
			}
		}
		if math.IsNaN(r.value) {
			h.Missing.add(r.line, "no value at %s", stamp(r.at))
		}
		values = append(values, r.value)
	}
	h.Series = series.Series{Start: first, Step: step, Values: values}
	return h, nil
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

// commonStep is the most common positive difference of neighbouring stamps,
// the smallest of equals; 0 if all stamps are the same.
func commonStep(rows []row) time.Duration {
	seen := map[time.Duration]int{}
	for i := 1; i < len(rows); i++ {
		if d := rows[i].at.Sub(rows[i-1].at); d > 0 {
			seen[d]++
		}
	}
	var step time.Duration
	for d, n := range seen {
		if c := cmp.Compare(n, seen[step]); c > 0 || c == 0 && d < step {
			step = d
		}
	}
	return step
}
