package history

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// Options say what the file does not. The zero value works out everything.
type Options struct {
	Format   Format         // "" is found by Sniff
	Time     string         // name of the time column, or key of a JSON log; "" looks for it; "1", "2", ... in a table without header
	Value    string         // name of the value column, likewise
	Series   string         // which series Read takes of a file that has several
	Location *time.Location // of stamps without a zone, and of the hours of the week; nil is UTC
	Measure  Measure        // what the values are; "" is found
	Marks    []Mark         // times whose bins are in a state that the file does not tell

	// Step is the length of a bin. 0 is the file's own, a minute for a log and
	// none for M4. A table's own step is added up to it, see series.Resample.
	Step time.Duration
}

// A Measure is what the values of a file are. Those of a series are counts.
type Measure string

const (
	Count   Measure = "count"   // how many came in the bin
	Rate    Measure = "rate"    // how many a second; times the step
	Counter Measure = "counter" // how many came since the process began; the differences count, a fall is a new beginning
)

// Measures are all there are.
func Measures() []Measure { return []Measure{Count, Rate, Counter} }

// A Mark gives the bins that overlap the time from From up to To to a state.
type Mark struct {
	From, To time.Time
	State    series.State
}

// ParseMark reads FROM..TO; both are stamps as in a table, in loc where they
// have no zone of their own.
func ParseMark(text string, state series.State, loc *time.Location) (Mark, error) {
	from, to, ok := strings.Cut(text, "..")
	m := Mark{State: state}
	for _, c := range []struct {
		text string
		into *time.Time
	}{{from, &m.From}, {to, &m.To}} {
		f := timeFormat(c.text, loc)
		if !ok || f == "" {
			return Mark{}, fmt.Errorf("%q: want FROM..TO such as 2026-01-31T08:00..2026-01-31T09:30", text)
		}
		*c.into, _ = f.parse(strings.TrimSpace(c.text), loc) // timeFormat has just read it
	}
	if !m.From.Before(m.To) {
		return Mark{}, fmt.Errorf("%q: it ends before it begins", text)
	}
	return m, nil
}

// forgetZone puts all times where the clock of the zone shows them into UTC. Dates
// alone are bins of a day, and a zone would make 23 or 25 hours of some.
func (o *Options) forgetZone() {
	shown := func(t time.Time) time.Time {
		_, offset := t.In(o.Location).Zone()
		return t.Add(time.Duration(offset) * time.Second).UTC()
	}
	marks := slices.Clone(o.Marks)
	for i, m := range marks {
		marks[i].From, marks[i].To = shown(m.From), shown(m.To)
	}
	o.Location, o.Marks = time.UTC, marks
}
