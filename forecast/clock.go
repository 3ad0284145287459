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
// the clock skipped is a hole, and of two that it showed as one the first is kept. It is
// false where the clocks do not change, nor can be followed: steps longer than the
// change, or a series that ends in an hour that comes twice.
func onClock(s series.Series, n int) ([]float64, clock, bool) {
	_, offset := s.Start.Zone()
	place := func(i int) int {
		_, now := s.At(i).Zone()
		return i + int(time.Duration(now-offset)*time.Second/s.Step)
	}
	changes := false
	var values []float64
	for i, v := range s.Values {
		at := place(i)
		changes = changes || at != i
		for len(values) <= at {
			values = append(values, math.NaN())
		}
		if math.IsNaN(values[at]) {
			values[at] = v
		}
	}
	c := make(clock, n)
	for i := range c {
		at := place(s.Len() + i)
		changes = changes || at != s.Len()+i
		if c[i] = at - len(values); c[i] < 0 {
			return nil, nil, false
		}
	}
	return values, c, changes
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
