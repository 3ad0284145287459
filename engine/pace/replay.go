package pace

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Replay gives recorded instants as they are. They must not be negative and never fall; equal ones arrive together. The
// schedule reads the slice as it goes, so it must stay as it is.
func Replay(instants []time.Duration) (*Schedule, error) {
	last := time.Duration(0)
	for i, t := range instants {
		if err := follows(t, last); err != nil {
			return nil, fmt.Errorf("replay: instant %d of %d: %w", i+1, len(instants), err)
		}
		last = t
	}
	return &Schedule{
		total: uint64(len(instants)),
		level: func(k uint64) float64 { return float64(k) }, // an index: exact up to 2^53
		at:    func(k float64, _ time.Duration) time.Duration { return instants[int(k)] },
	}, nil
}

func follows(t, last time.Duration) error {
	switch {
	case t < 0:
		return fmt.Errorf("found %v, want seconds from the start, zero or more", t)
	case t < last:
		return fmt.Errorf("found %v after %v; sort the instants", t, last)
	}
	return nil
}

// ReadInstants reads the instants of a recording: seconds from the start, one a line, such as 12.000345. Empty lines and
// what follows a # do not count. name stands before the line in errors.
func ReadInstants(name string, r io.Reader) ([]time.Duration, error) {
	var instants []time.Duration
	last := time.Duration(0)
	lines := bufio.NewScanner(r)
	n := 0
	for lines.Scan() {
		n++
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		t, err := instant(text)
		if err == nil {
			err = follows(t, last)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		instants, last = append(instants, t), t
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, n+1, err)
	}
	return instants, nil
}

// instant reads seconds, to the nanosecond for the first hundred days.
func instant(text string) (time.Duration, error) {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(seconds) || math.Abs(seconds) > 1e9 {
		return 0, fmt.Errorf("instant %q: want seconds from the start, such as 12.000345, and at most 1e9", text)
	}
	return time.Duration(math.Round(seconds * 1e9)), nil
}
