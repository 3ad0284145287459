package forecast

import (
	"fmt"
	"math"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// clock[i] is how many steps of local time after the end of the history step i of a
// forecast begins. Where the clocks change, 9 o'clock is 23 or 25 hours after 9
// o'clock: models that know days of 24 steps are given what the clock showed, and
// are read off by it.
type clock []int

// onClock is the series by its clock, the clock of n steps after it, and what to warn
// of. A step that the clock skipped is a hole, and of two that it showed as one the
// first is kept. It is the series as it is, and no clock, where the clocks do not
// change by a step or more, and where they cannot be followed: a history that ends in
// an hour that comes twice has more of that hour to come.
func onClock(s series.Series, n int) (by series.Series, c clock, warning string) {
	_, offset := s.Start.Zone()
	place := func(i int) int {
		_, now := s.At(i).Zone()
		return i + int(time.Duration(now-offset)*time.Second/s.Step)
	}
	changes := false
	for i := range s.Len() + n {
		changes = changes || place(i) != i
	}
	if !changes {
		return s, nil, ""
	}
	lay := func(path []float64) []float64 {
		var laid []float64
		for i, v := range path {
			at := place(i)
			if at < 0 {
				continue // shown before the start: the history begins in the first of two
			}
			for len(laid) <= at {
				laid = append(laid, math.NaN())
			}
			if math.IsNaN(laid[at]) {
				laid[at] = v
			}
		}
		return laid
	}
	by = series.Series{Values: lay(s.Values), Step: s.Step, Seasons: s.Seasons}
	for _, r := range s.Regressors {
		by.Regressors = append(by.Regressors, series.Regressor{Name: r.Name, Values: lay(r.Values)})
	}
	c = make(clock, n)
	for i := range c {
		if c[i] = place(s.Len()+i) - by.Len(); c[i] < 0 {
			return s, nil, fmt.Sprintf("the clocks of %s change and the history ends in an hour that comes twice: all hours are counted evenly, and may be one off until a history ends later", s.Start.Location())
		}
	}
	return by, c, fmt.Sprintf("the clocks of %s change: the forecast goes by them, an hour that they skip is a hole and of one that comes twice the first is learnt from", s.Start.Location())
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

// readAll paths and components of a forecast. Its past windows stay as the clock
// showed them, and so do the quantiles of the maximum: they are too high where what
// the clock skips was to be the highest.
func (c clock) readAll(e *ensemble.Forecast, parts []ensemble.Component) {
	e.Point, e.Maximum.Steps = c.read(e.Point), c.read(e.Maximum.Steps)
	for i, path := range e.Quantiles {
		e.Quantiles[i] = c.read(path)
	}
	for i, part := range parts {
		parts[i].Values = c.read(part.Values)
	}
	sum := 0.0 // without what the clock skips, and with what it shows twice
	for _, share := range e.Maximum.Steps {
		sum += share
	}
	if sum == 0 { // the maximum was sure to be in what the clock skips
		_, highest := series.Max(e.Point)
		e.Maximum.Steps[highest], sum = 1, 1
	}
	for i := range e.Maximum.Steps {
		e.Maximum.Steps[i] /= sum
	}
}
