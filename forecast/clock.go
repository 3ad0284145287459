package forecast

import (
	"math"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// A clock is where each step of a forecast is among the steps that the clock of
// the series' zone shows after its end. Where the clocks change, it skips some or
// shows some twice, and 9 o'clock is 23 or 25 hours after 9 o'clock: models that
// know days of 24 steps are given what the clock showed, and are read off by it.
type clock []int

// onClock is the series by its clock, and the clock of n steps after it. A step that
// the clock skipped is a hole, and of two that it showed as one the first is kept. Where
// the clocks do not change or cannot be followed it is the series as it is, and
// false: steps longer than the change, or a series that ends in an hour that comes twice.
func onClock(s series.Series, n int) (series.Series, clock, bool) {
	_, offset := s.Start.Zone()
	changes := false
	place := func(i int) int {
		_, now := s.At(i).Zone()
		at := i + int(time.Duration(now-offset)*time.Second/s.Step)
		changes = changes || at != i
		return at
	}
	lay := func(path []float64) []float64 {
		var laid []float64
		for i, v := range path {
			at := place(i)
			for len(laid) <= at {
				laid = append(laid, math.NaN())
			}
			if math.IsNaN(laid[at]) {
				laid[at] = v
			}
		}
		return laid
	}
	by := series.Series{Values: lay(s.Values), Step: s.Step, Seasons: s.Seasons}
	for _, r := range s.Regressors {
		by.Regressors = append(by.Regressors, series.Regressor{Name: r.Name, Values: lay(r.Values)})
	}
	c := make(clock, n)
	for i := range c {
		if c[i] = place(s.Len()+i) - by.Len(); c[i] < 0 {
			return s, nil, false
		}
	}
	if !changes {
		return s, nil, false
	}
	return by, c, true
}

// steps that the clock shows.
func (c clock) steps() int {
	last := 0
	for _, at := range c {
		last = max(last, at)
	}
	return last + 1
}

// read a path of the steps that the clock shows, one value for each step of the
// forecast.
func (c clock) read(path []float64) []float64 {
	read := make([]float64, len(c))
	for i, at := range c {
		read[i] = path[at]
	}
	return read
}

// readAll paths of a forecast. Its past windows stay as the clock showed them.
func (c clock) readAll(e *ensemble.Forecast) {
	e.Point, e.Maximum.Steps = c.read(e.Point), c.read(e.Maximum.Steps)
	for i, path := range e.Quantiles {
		e.Quantiles[i] = c.read(path)
	}
	sum := 0.0 // without what the clock skips, and with what it shows twice
	for _, share := range e.Maximum.Steps {
		sum += share
	}
	for i := range e.Maximum.Steps {
		e.Maximum.Steps[i] /= max(sum, math.SmallestNonzeroFloat32)
	}
}
