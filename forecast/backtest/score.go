package backtest

import (
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// A Day is a forecast of the bins that follow an origin.
type Day struct {
	Path  []float64 // point forecast of each bin; NaN where there is none
	Peak  float64   // point forecast of the largest bin
	Upper float64   // the level the peak stays under with the nominal probability; NaN if there is none
}

// A Score is how a method did over all origins. With Origins 0 nothing was
// measured and the rest means nothing.
type Score struct {
	Method  string `json:"method"`
	Origins int    `json:"origins"` // days judged

	MASE float64 `json:"mase"` // error over that of yesterday's value, in the history before each origin; mean over origins
	WAPE float64 `json:"wape"` // sum of errors over sum of values, all origins; 0.1 is 10 %

	PeakAPEMean    float64 `json:"peak_ape_mean"` // |forecast - actual| / actual of the largest bin
	PeakAPEMedian  float64 `json:"peak_ape_median"`
	PeakHourWithin float64 `json:"peak_hour_within_1h"` // share of days whose peak came within an hour of the forecast's

	Bounded int `json:"bounded"` // days that had an upper bound
	Covered int `json:"covered"` // of those, days whose peak stayed under it
}

// Coverage is the share of bounded days whose peak stayed under its bound, and
// whether there was any such day.
func (s Score) Coverage() (share float64, ok bool) {
	if s.Bounded == 0 {
		return 0, false
	}
	return float64(s.Covered) / float64(s.Bounded), true
}

// Origins are the bins at which a day of the given length may be forecast with
// at least train bins before it, oldest first. They lie whole days before the
// end of the series, so that each has the phase of the coming day. A day of
// which less than half was observed is no test and is left out.
func Origins(s series.Series, train, day int) []int {
	var origins []int
	for o := s.Len() - day; day > 0 && o >= train; o -= day {
		actual := series.Series{Values: s.Values[o : o+day]}
		if 2*actual.Missing() < day {
			origins = append(origins, o)
		}
	}
	slices.Reverse(origins)
	return origins
}

// Evaluate forecasts the day at every origin and scores what came of it. The
// forecast for origin o may use bins before o and nothing else. Bins that were
// not observed, or not forecast, are left out.
func Evaluate(method string, s series.Series, origins []int, day int, forecast func(origin int) Day) Score {
	score := Score{Method: method, Origins: len(origins)}
	var ratios, peaks []float64
	var errors, values float64
	withinHour := 0
	for _, o := range origins {
		actual, f := s.Values[o:o+day], forecast(o)
		mae, n := meanAbsoluteError(actual, f.Path)
		if scale := naiveError(s.Values[:o], day); n > 0 && scale > 0 {
			ratios = append(ratios, mae/scale)
		}
		errors += mae * float64(n)
		values += sum(actual, f.Path)
		peak, at := series.Max(actual)
		if peak > 0 && !math.IsNaN(f.Peak) {
			peaks = append(peaks, math.Abs(f.Peak-peak)/peak)
		}
		if _, expected := series.Max(f.Path); expected >= 0 && s.At(at).Sub(s.At(expected)).Abs() <= time.Hour {
			withinHour++
		}
		if !math.IsNaN(f.Upper) {
			score.Bounded++
			if peak <= f.Upper*(1+1e-9) { // a bound that is the peak but for its last bits has held
				score.Covered++
			}
		}
	}
	slices.Sort(peaks)
	score.MASE, score.PeakAPEMean = mean(ratios), mean(peaks)
	if values > 0 {
		score.WAPE = errors / values
	}
	if len(peaks) > 0 {
		score.PeakAPEMedian = series.Quantile(peaks, 0.5)
		score.PeakHourWithin = float64(withinHour) / float64(len(origins))
	}
	return score
}

// SeasonalNaive forecasts each bin by the last observed bin a whole number of
// seasons before it. It has no upper bound. The season is in bins, > 0.
func SeasonalNaive(s series.Series, season, day int) func(origin int) Day {
	return func(origin int) Day {
		path := make([]float64, day)
		for i := range path {
			path[i] = math.NaN()
			for at := origin + i - season; at >= 0; at -= season {
				if at < origin && !math.IsNaN(s.Values[at]) {
					path[i] = s.Values[at]
					break
				}
			}
		}
		peak, _ := series.Max(path)
		return Day{Path: path, Peak: peak, Upper: math.NaN()}
	}
}

// meanAbsoluteError is over the bins that both have; n is their number.
func meanAbsoluteError(actual, path []float64) (mae float64, n int) {
	for i, y := range actual {
		if e := math.Abs(y - path[i]); !math.IsNaN(e) {
			mae += e
			n++
		}
	}
	return mae / math.Max(float64(n), 1), n
}

// naiveError is the mean absolute difference over a season, the scale of MASE;
// 0 if no two bins can be compared.
func naiveError(values []float64, season int) float64 {
	if len(values) <= season {
		return 0
	}
	mae, _ := meanAbsoluteError(values[season:], values[:len(values)-season])
	return mae
}

// sum is of the actual values that were forecast.
func sum(actual, path []float64) float64 {
	total := 0.0
	for i, y := range actual {
		if !math.IsNaN(y) && !math.IsNaN(path[i]) {
			total += y
		}
	}
	return total
}

// mean is 0 of nothing: Score says how many days it is of.
func mean(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total / math.Max(float64(len(x)), 1)
}
