package stl

import (
	"fmt"
	"math"
	"slices"
)

// A Season repeats every Period points.
type Season struct {
	Period int // points, ≥ 2; the series needs more than two periods
	Window int // cycles that its change is smoothed over, odd, ≥ 7 by custom; 0: the same in every cycle
}

// Seasons are the periods with the windows of MSTL, 11, 15, 19, … from the
// shortest on: longer seasons change more slowly.
func Seasons(periods ...int) []Season {
	sorted := slices.Sorted(slices.Values(periods))
	seasons := make([]Season, len(sorted))
	for i, p := range sorted {
		seasons[i] = Season{Period: p, Window: 11 + 4*i}
	}
	return seasons
}

// Options of a decomposition. Zero is the usual.
type Options struct {
	Trend  int  // points that the trend is smoothed over, odd; 0: 1.5·Period/(1 - 1.5/Window) of the last season
	Robust bool // outliers count for little in seasons and trend: about eight times the work
}

// Parts add up to the series: seasons, trend and remainder at each point.
type Parts struct {
	Seasonal  [][]float64 // as the seasons were given
	Trend     []float64
	Remainder []float64 // NaN where the series is missing
	Weights   []float64 // 0 outlier to 1 ordinary, of the last season's STL; nil if not robust
}

// limit keeps sums of y² times distances within float64.
const limit = 1e100

// Decompose splits a series into its parts by STL (one season) or MSTL
// (several, from the shortest). It needs more than two periods of each and
// |y| ≤ 1e100; NaN is missing.
func Decompose(y []float64, seasons []Season, o Options) (Parts, error) {
	var d Decomposer
	return d.Decompose(y, seasons, o)
}

// A Decomposer decomposes many series without asking for memory each time.
// Zero is ready. One goroutine at a time.
type Decomposer struct {
	one              one
	filled, observed []float64
	parts            Parts
}

// Decompose is as the function. The parts are valid until the next call.
func (d *Decomposer) Decompose(y []float64, seasons []Season, o Options) (Parts, error) {
	if err := check(y, seasons, o); err != nil {
		return Parts{}, err
	}
	rest, observed := d.fill(y)
	n := len(y)
	for len(d.parts.Seasonal) < len(seasons) {
		d.parts.Seasonal = append(d.parts.Seasonal, nil)
	}
	p := Parts{Seasonal: d.parts.Seasonal[:len(seasons)], Trend: d.parts.Trend, Remainder: d.parts.Remainder}
	for i := range p.Seasonal {
		p.Seasonal[i] = slices.Grow(p.Seasonal[i][:0], n)[:n]
		clear(p.Seasonal[i])
	}
	rounds := min(len(seasons), 2)
	for range rounds {
		for i, season := range seasons {
			add(rest, p.Seasonal[i], 1)
			d.one.decompose(rest, observed, season, o)
			copy(p.Seasonal[i], d.one.season)
			add(rest, p.Seasonal[i], -1)
		}
	}
	p.Trend = append(p.Trend[:0], d.one.trend...)
	p.Remainder = append(p.Remainder[:0], rest...)
	for t := range rest {
		p.Remainder[t] -= p.Trend[t]
		if math.IsNaN(y[t]) {
			p.Remainder[t] = y[t]
		}
	}
	if o.Robust {
		p.Weights = d.one.robust
	}
	d.parts.Trend, d.parts.Remainder = p.Trend, p.Remainder
	return p, nil
}

func add(x, y []float64, sign float64) {
	for t := range x {
		x[t] += sign * y[t]
	}
}

func check(y []float64, seasons []Season, o Options) error {
	if len(seasons) == 0 {
		return fmt.Errorf("stl: no season given; want one period at least, such as 24")
	}
	for i, s := range seasons {
		switch {
		case s.Period < 2 || s.Window < 0 || o.Trend < 0:
			return fmt.Errorf("stl: period %d, window %d, trend %d: want a period of 2 or more, windows of 0 or more", s.Period, s.Window, o.Trend)
		case len(y) <= 2*s.Period:
			return fmt.Errorf("stl: %d points, period %d: want more than two periods, %d points; give more or leave this season out", len(y), s.Period, 2*s.Period+1)
		case i > 0 && s.Period <= seasons[i-1].Period:
			return fmt.Errorf("stl: period %d comes after %d: want them rising", s.Period, seasons[i-1].Period)
		}
	}
	seen := 0
	for t, v := range y {
		if math.Abs(v) > limit {
			return fmt.Errorf("stl: point %d is %g: want at most %g in size", t, v, limit)
		}
		if !math.IsNaN(v) {
			seen++
		}
	}
	if seen <= 2*seasons[len(seasons)-1].Period {
		return fmt.Errorf("stl: %d of %d points are there, the others missing: want more than two periods of %d", seen, len(y), seasons[len(seasons)-1].Period)
	}
	return nil
}

// fill bridges holes by straight lines, level at the ends, and tells what was
// observed (nil: all).
func (d *Decomposer) fill(y []float64) (filled, observed []float64) {
	d.filled = append(d.filled[:0], y...)
	d.observed = d.observed[:0]
	last, holes := -1, false
	for t, v := range d.filled {
		if math.IsNaN(v) {
			holes = true
			d.observed = append(d.observed, 0)
			continue
		}
		d.observed = append(d.observed, 1)
		from := v
		if last >= 0 {
			from = d.filled[last]
		}
		for j := last + 1; j < t; j++ {
			d.filled[j] = from + (v-from)*float64(j-last)/float64(t-last)
		}
		last = t
	}
	for j := last + 1; j < len(y); j++ {
		d.filled[j] = d.filled[last]
	}
	if !holes {
		return d.filled, nil
	}
	return d.filled, d.observed
}
