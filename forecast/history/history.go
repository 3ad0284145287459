package history

import (
	"fmt"
	"math"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// A History is a series and what was odd about the file it came from.
type History struct {
	Name    string // file name, for messages
	ID      string // of the series in the file, "" where the file has one and no name for it
	Format  Format
	Measure Measure // how the values were read
	Series  series.Series

	Rows       int    // lines (points, log entries) that had a stamp, duplicates among them; of a counter, rises between two
	Gaps       Oddity // holes between stamps, one finding a hole
	GapBins    int    // bins that have no line, over all holes
	Duplicates Oddity // stamps whose bin was taken already; the first was kept
	Missing    Oddity // lines that have a stamp and no value
	Unsorted   Oddity // lines that are earlier than the line before; sorted here
	OffGrid    Oddity // stamps beside the grid; put in the nearest bin

	Absurd     Oddity // values that are no count: negative, infinite or above 1e15; their bins are missing
	Never      Oddity // stamps that the zone's clock never showed; left out
	Twice      Oddity // stamps that the zone's clock showed twice; taken in the order of the file
	Resets     Oddity // falls of a counter; read as a new beginning
	Unreadable Oddity // lines of a log without a time; left out
	Silent     Oddity // long stretches of zeros, or without a line of a log, as the history has few; kept
	Cut        Oddity // bins at the ends of a log that it does not cover whole; missing
	Estimated  int    // bins of a coarser step in which the mean of what was counted stands for holes
	Idle       []Mark // marks that met no bin
	Assumed    bool   // nothing in the file says what the Measure is

	point bool // findings count points, not lines
}

// An Oddity counts one thing that was odd and keeps where the first few were.
type Oddity struct {
	Count int
	First []Finding // at most 5
}

// A Finding is one such place: the line of the file, or the point of a series
// in JSON, from 1 on, and what is there.
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

// LeftOut is how many lines are not in the series or have no value there
// although the file had one.
func (h History) LeftOut() int {
	return h.Duplicates.Count + h.Absurd.Count + h.Never.Count + h.Unreadable.Count
}

// Warnings tells every kind of oddity in a sentence; none for a clean file. It
// is as long as there are kinds, however odd the file.
func (h History) Warnings() []string {
	name, place := h.Name, "line"
	if h.ID != "" {
		name += " " + h.ID
	}
	if h.point {
		place = "point"
	}
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
		{h.Absurd, "values that are no count", "left out, they are missing bins"},
		{h.Never, "stamps that the clock never showed", "left out; is it the right zone?"},
		{h.Twice, "stamps that the clock showed twice", "taken in the order of the file"},
		{h.Resets, "falls of the counter", "read as new beginnings"},
		{h.Unreadable, "lines without a time", "left out"},
		{h.Silent, "long stretches of zeros", "taken for what came; if the service or what counts was down, mark each with --outage"},
		{h.Cut, "bins that the log covers in part", "they are missing bins"},
	} {
		if o.Count > 0 {
			w = append(w, fmt.Sprintf("%s: %s: %d, %s; first at %s %d: %s",
				name, o.what, o.Count, o.done, place, o.First[0].Line, o.First[0].Text))
		}
	}
	if h.Estimated > 0 {
		w = append(w, fmt.Sprintf("%s: bins with holes: %d, the mean of what was counted stands for them", name, h.Estimated))
	}
	if n := h.Series.Count(series.Outage); n > 0 {
		w = append(w, fmt.Sprintf("%s: bins in an outage: %d, what would have come in them is not known", name, n))
	}
	if n := h.Series.Count(series.Throttled); n > 0 {
		w = append(w, fmt.Sprintf("%s: throttled bins: %d, their values are lower bounds of the demand", name, n))
	}
	for _, m := range h.Idle {
		w = append(w, fmt.Sprintf("%s: %s from %s to %s: no bin of the history is in it", name, m.State, stamp(m.From), stamp(m.To)))
	}
	if v, ok := h.constant(); ok {
		w = append(w, fmt.Sprintf("%s: every value is %g: nothing says how far the next may be from it", name, v))
	}
	if h.Assumed {
		w = append(w, fmt.Sprintf("%s: nothing says what the values are: read as %ss of a bin; if they are per second say rate, if they only rise say counter", name, h.Measure))
	}
	return w
}

// constant is the one value of a series that has several of it.
func (h History) constant() (float64, bool) {
	seen, first := 0, 0.0
	for _, v := range h.Series.Values {
		switch {
		case math.IsNaN(v):
			continue
		case seen > 0 && v != first:
			return 0, false
		}
		seen, first = seen+1, v
	}
	return first, seen > 1
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05") }
