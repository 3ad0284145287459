package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A runLog is what a bench reads of a .run file: requests by the second in which they were due.
type runLog struct {
	seconds []map[string]tally // by class
	void    string             // why the generator cannot be believed; empty if it can
}

// A tally counts requests: first tries, all tries, and of all tries those answered in time and those shed.
type tally struct {
	First, Tries, Good, Shed uint64
	FirstGood                uint64 // first tries answered in time
}

func (t *tally) add(o tally) {
	t.First, t.Tries, t.Good, t.Shed, t.FirstGood = t.First+o.First, t.Tries+o.Tries, t.Good+o.Good, t.Shed+o.Shed, t.FirstGood+o.FirstGood
}

// readRun reads a .run file: a line a second, then a line of its end.
func readRun(r io.Reader) (l runLog, err error) {
	var ended bool
	lines := bufio.NewReader(r)
	for {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return l, err
		}
		var line struct {
			Tick struct {
				Cells []struct {
					Due     int
					Class   string
					Retry   bool
					Outcome string
					Count   uint64
				}
			}
			End *struct{ Invalid []string }
		}
		if err := json.Unmarshal(text, &line); err != nil {
			return l, fmt.Errorf("a line of a .run file: %w", err)
		}
		for _, c := range line.Tick.Cells {
			for len(l.seconds) <= c.Due {
				l.seconds = append(l.seconds, map[string]tally{})
			}
			t := tally{Tries: c.Count}
			switch c.Outcome {
			case "good":
				t.Good = c.Count
			case "shed":
				t.Shed = c.Count
			}
			if !c.Retry {
				t.First, t.FirstGood = c.Count, t.Good
			}
			sum := l.seconds[c.Due][c.Class]
			sum.add(t)
			l.seconds[c.Due][c.Class] = sum
		}
		if line.End != nil {
			ended = true
			for i, why := range line.End.Invalid {
				line.End.Invalid[i], _, _ = strings.Cut(why, ": ") // behind it stands advice
			}
			l.void = strings.Join(line.End.Invalid, "; ")
		}
	}
	if !ended {
		return l, errors.New("a .run file without an end: the run was cut off")
	}
	return l, nil
}

// between sums up what was due in the seconds from to to, of one class, or of all if none is named.
func (l runLog) between(from, to int, class string) (sum tally) {
	for _, second := range l.seconds[min(from, len(l.seconds)):min(to, len(l.seconds))] {
		for c, t := range second {
			if class == "" || c == class {
				sum.add(t)
			}
		}
	}
	return sum
}
