package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/reports"
)

// counted counts what is read.
type counted struct {
	io.Reader
	n atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// A tally counts the series of a batch, shows how far it is on a terminal and
// passes on what they warn of.
type tally struct {
	w           io.Writer
	terminal    bool
	read        *counted
	size        int64 // bytes to read, 0 if nobody knows
	start, last time.Time
	all, failed int
	warnings    int
	seasons     map[string]int // how many series have each, as found; nil: they were told
}

// So many warnings and seasons are printed; the rest are counted.
const (
	mostWarnings = 20
	mostSeasons  = 5
)

func newTally(w io.Writer, read *counted, size int64) *tally {
	now := time.Now()
	return &tally{w: w, terminal: isTerminal(w), read: read, size: size, start: now, last: now}
}

func (t *tally) one(s *task) {
	t.all++
	words := s.history.Warnings()
	for _, w := range s.forecast.Warnings {
		words = append(words, fmt.Sprintf("series %s: %s", s.history.ID, w))
	}
	if s.err != nil {
		t.failed++
		words = append(words, s.err.Error())
	} else if t.seasons != nil {
		t.seasons[strings.Trim(fmt.Sprint(s.seasons), "[]")]++
	}
	for _, word := range words {
		if t.warnings++; t.warnings <= mostWarnings {
			t.clear()
			fmt.Fprintf(t.w, "peakday: %s\n", reports.Harmless(word))
		}
	}
	if now := time.Now(); t.terminal && now.Sub(t.last) > 200*time.Millisecond {
		t.last = now
		t.clear()
		fmt.Fprintf(t.w, "%d series, %.0f/s%s", t.all, float64(t.all)/now.Sub(t.start).Seconds(), t.share(now))
	}
}

func (t *tally) share(now time.Time) string {
	if t.size == 0 {
		return ""
	}
	done := min(1, float64(t.read.n.Load())/float64(t.size)) // a file may grow meanwhile
	bar := strings.Repeat("█", int(20*done)) + strings.Repeat("░", 20-int(20*done))
	return fmt.Sprintf("  %s %3.0f %%  left %s", bar, 100*done, time.Duration(float64(now.Sub(t.start))*(1/done-1)).Round(time.Second))
}

func (t *tally) clear() {
	if t.terminal {
		fmt.Fprint(t.w, "\r\x1b[K")
	}
}

func (t *tally) done() {
	t.clear()
	if t.warnings > mostWarnings {
		fmt.Fprintf(t.w, "peakday: and %d more warnings\n", t.warnings-mostWarnings)
	}
	others := 0
	for i, found := range t.commonSeasons() {
		if i >= mostSeasons {
			others += t.seasons[found]
			continue
		}
		fmt.Fprintf(t.w, "peakday: seasons of %d series, found: %s\n", t.seasons[found], cmp.Or(strings.ReplaceAll(found, " ", ","), "none"))
	}
	if others > 0 {
		fmt.Fprintf(t.w, "peakday: other seasons of %d series; --season 24,168 gives all the same\n", others)
	}
}

// commonSeasons are those that were found, of the most series first.
func (t *tally) commonSeasons() []string {
	return slices.SortedFunc(maps.Keys(t.seasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.seasons[b], t.seasons[a]), cmp.Compare(a, b))
	})
}

func (t *tally) verdict() error {
	if t.failed > 0 {
		return fmt.Errorf("%d of %d series could not be forecast: their lines are empty", t.failed, t.all)
	}
	return nil
}
