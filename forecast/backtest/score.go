package backtest

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// Interval is the coverage that the interval between the quantile paths of
// 0.025 and 0.975 should have, and Bound the level of the path and of the
// quantile of the maximum that capacity is sized by.
const (
	Interval = 0.95
	Bound    = 0.95
)

// A Figure is a number that may not be known: NaN, or infinite, where something
// is over nothing. JSON writes it as null.
type Figure float64

// Known tells whether there is a number.
func (f Figure) Known() bool { return !math.IsNaN(float64(f)) && !math.IsInf(float64(f), 0) }

// MarshalJSON writes the number or null.
func (f Figure) MarshalJSON() ([]byte, error) {
	if !f.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

// UnmarshalJSON reads a number or null.
func (f *Figure) UnmarshalJSON(text []byte) error {
	v := math.NaN()
	if string(text) != "null" {
		if err := json.Unmarshal(text, &v); err != nil {
			return err
		}
	}
	*f = Figure(v)
	return nil
}

// A Score is how a method did over the windows of one series. What could not be
// measured is not known, see [Figure].
type Score struct {
	Method  string `json:"method"`
	Origins int    `json:"origins"` // windows judged

	SMAPE Figure `json:"smape"` // percent, 0 to 200; mean over windows
	MASE  Figure `json:"mase"`  // mean over windows, each over the scale of what came before it
	WAPE  Figure `json:"wape"`  // sum of errors over sum of values, all windows; 0.1 is 10 %. Never read alone: it hears no peaks

	PeakAPEMean    Figure `json:"peak_ape_mean"` // |forecast - actual| / actual of the largest bin
	PeakAPEMedian  Figure `json:"peak_ape_median"`
	PeakHourWithin Figure `json:"peak_hour_within_1h"` // share of windows whose peak came within an hour of the day of the forecast's; not known of bins longer than an hour

	Bounded  int    `json:"bounded"`            // windows with a 95 % quantile of the maximum whose peak is known, see [ensemble.Rehearsal]
	Covered  int    `json:"covered"`            // of those, windows whose peak stayed under it
	Headroom Figure `json:"headroom,omitempty"` // of those, how far it lay above the peak, over the peak; mean

	Spread *Spread `json:"spread,omitempty"` // nil: the method has no quantile paths
}

// A Spread is how the quantile paths of a method did, the mean over windows.
type Spread struct {
	Coverage Estimate `json:"coverage"` // share of values within the 95 % interval
	MSIS     Figure   `json:"msis"`     // of that interval
	Pinball  Figure   `json:"pinball"`  // of the 0.95 path, over the scale of MASE
}

// Judge scores the trials of one series. The season is that of MASE, in bins.
func Judge(method string, trials []Trial, season int) Score {
	score := Score{Method: method, Origins: len(trials)}
	between := func(measure func(t Trial) float64) Estimate {
		var all []float64
		for _, t := range trials {
			all = append(all, measure(t))
		}
		return Between(all)
	}
	each := func(measure func(t Trial) float64) Figure { return between(measure).Mean }
	scale := func(t Trial) float64 {
		if scale := NaiveScale(t.Known.Values, season); scale > 0 {
			return scale
		}
		return math.NaN()
	}
	score.SMAPE = each(func(t Trial) float64 { return SMAPE(t.Actual, t.Forecast.Point) })
	score.MASE = each(func(t Trial) float64 { return MASE(t.Actual, t.Forecast.Point, scale(t)) })
	score.WAPE = wape(trials)
	if len(trials) > 0 && len(trials[0].Forecast.Levels) > 0 {
		score.Spread = &Spread{
			Coverage: between(func(t Trial) float64 { return t.Coverage(0, len(t.Actual)) }),
			MSIS: each(func(t Trial) float64 {
				return MSIS(t.Actual, t.path((1-Interval)/2), t.path((1+Interval)/2), Interval, scale(t))
			}),
			Pinball: each(func(t Trial) float64 { return Pinball(t.Actual, t.path(Bound), Bound) / scale(t) }),
		}
	}
	var errors, within, headroom []float64
	for _, t := range trials {
		peak, known := ensemble.Rehearsal{Path: t.Forecast.Point, Actual: t.Actual}.Peak()
		if !known {
			continue
		}
		size, step := t.peak()
		errors = append(errors, PeakError(t.Actual, size))
		within = append(within, t.within(step, time.Hour))
		bound, ok := t.bound()
		if !ok {
			continue
		}
		score.Bounded++
		if peak <= bound*(1+1e-9) { // a bound that is the peak but for its last bits has held
			score.Covered++
		}
		if peak > 0 {
			headroom = append(headroom, bound/peak-1)
		}
	}
	score.PeakAPEMean, score.PeakHourWithin = Figure(mean(errors)), Figure(mean(within))
	if score.Bounded > 0 {
		score.Headroom = Figure(mean(headroom))
	}
	errors = slices.DeleteFunc(errors, math.IsNaN)
	slices.Sort(errors)
	score.PeakAPEMedian = Figure(series.Quantile(errors, 0.5))
	return score
}

// path is the quantile path of a level, NaN throughout if the method has none.
func (t Trial) path(level float64) []float64 {
	if l := index(t.Forecast.Levels, level); l >= 0 {
		return t.Forecast.Quantiles[l]
	}
	return slices.Repeat([]float64{math.NaN()}, len(t.Actual))
}

// Coverage is the share of the steps from from up to to, counted from 0, that
// are within the 95 % interval; NaN without one.
func (t Trial) Coverage(from, to int) float64 {
	lower, upper := t.path((1-Interval)/2), t.path((1+Interval)/2)
	return Coverage(t.Actual[from:to], lower[from:to], upper[from:to])
}

// bound is the 95 % quantile of the maximum.
func (t Trial) bound() (bound float64, ok bool) {
	m := t.Forecast.Maximum
	if l := index(m.Levels, Bound); l >= 0 && !math.IsNaN(m.Quantiles[l]) {
		return m.Quantiles[l], true
	}
	return 0, false
}

// peak is the point forecast of the largest bin, and its step from 1; 0 if there is none.
func (t Trial) peak() (size float64, step int) {
	m := t.Forecast.Maximum
	if l := index(m.Levels, 0.5); l >= 0 {
		return m.Quantiles[l], m.Step
	}
	size, at := series.Max(t.Forecast.Point)
	return size, at + 1
}

// within is 1 if the peak came at most so long, or a bin, before or after the
// step round the clock of a day, and 0 if not; of longer bins it cannot be told.
func (t Trial) within(step int, d time.Duration) float64 {
	_, at := series.Max(t.Actual)
	switch {
	case step < 1 || at < 0 || t.Known.Step > d:
		return math.NaN()
	case PeakHourOff(t.Actual, step, t.Known.Bins(24*time.Hour)) <= max(1, t.Known.Bins(d)):
		return 1
	}
	return 0
}

func wape(trials []Trial) Figure {
	errors, values := 0.0, 0.0
	for _, t := range trials {
		for i, y := range t.Actual {
			if e := math.Abs(y - t.Forecast.Point[i]); !math.IsNaN(e) {
				errors += e
				values += y
			}
		}
	}
	return Figure(errors / values)
}

// index is the place of a level, -1 if it is not there.
func index(levels []float64, p float64) int {
	return slices.IndexFunc(levels, func(l float64) bool { return math.Abs(l-p) < 1e-9 })
}

// mean leaves out what is NaN; of nothing it is NaN.
func mean(all []float64) float64 {
	return over(all, func(_ int, v float64) float64 { return v })
}
