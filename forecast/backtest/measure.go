package backtest

import (
	"math"

	"github.com/peakday/peakday/forecast/series"
)

// The measures below compare what came with what was forecast, step by step.
// Steps in which either is NaN are left out; without any the answer is NaN.

// SMAPE is the symmetric mean absolute percentage error as in the M4
// competition, in percent from 0 to 200:
//
//	200 · mean( |y - f| / (|y| + |f|) ),   0 where both are 0
//
// Source: Makridakis, Spiliotis, Assimakopoulos, The M4 Competition,
// International Journal of Forecasting 36 (2020).
func SMAPE(actual, path []float64) float64 {
	return over(actual, func(i int, y float64) float64 {
		if y == path[i] {
			return 0
		}
		return 200 * math.Abs(y-path[i]) / (math.Abs(y) + math.Abs(path[i]))
	})
}

// MASE is the mean absolute error over a scale, [NaiveScale] of the history.
// It is below 1 for what beats seasonal naive in its own past.
func MASE(actual, path []float64, scale float64) float64 {
	return over(actual, func(i int, y float64) float64 { return math.Abs(y - path[i]) }) / scale
}

// NaiveScale is the mean absolute difference over a season in a history, the
// scale of MASE and MSIS; NaN if no two values can be compared.
func NaiveScale(history []float64, season int) float64 {
	if season < 1 || season >= len(history) {
		return math.NaN()
	}
	return over(history[season:], func(i int, y float64) float64 { return math.Abs(y - history[i]) })
}

// OWA is the overall weighted average of M4: the mean of sMAPE and MASE, each over
// that of a reference method on the same series. On the test part of M4's hourly
// series Naive2, the reference there, has 18.383 and 2.395.
func OWA(smape, mase, referenceSMAPE, referenceMASE float64) float64 {
	return (smape/referenceSMAPE + mase/referenceMASE) / 2
}

// Pinball is the mean loss of a path as the p quantile: p for each unit that the
// value is above it, 1 - p for each below. The true quantile has the least.
// Source: Gneiting, Raftery, Strictly proper scoring rules, JASA 102 (2007).
func Pinball(actual, path []float64, p float64) float64 {
	return over(actual, func(i int, y float64) float64 {
		return math.Max(p*(y-path[i]), (p-1)*(y-path[i]))
	})
}

// Coverage is the share of values within [lower, upper].
func Coverage(actual, lower, upper []float64) float64 {
	return over(actual, func(i int, y float64) float64 {
		switch {
		case math.IsNaN(lower[i]) || math.IsNaN(upper[i]):
			return math.NaN()
		case y >= lower[i] && y <= upper[i]:
			return 1
		}
		return 0
	})
}

// MSIS is the mean scaled interval score of M4: the width of the interval that
// should hold a share coverage of the values, and 2/(1-coverage) for each unit
// that a value is outside, over a scale, [NaiveScale] of the history.
func MSIS(actual, lower, upper []float64, coverage, scale float64) float64 {
	return over(actual, func(i int, y float64) float64 {
		return upper[i] - lower[i] + 2/(1-coverage)*(math.Max(0, lower[i]-y)+math.Max(0, y-upper[i]))
	}) / scale
}

// PeakError is how far a forecast of the largest value was off, |f - y| / y. It
// is NaN for a largest value of 0.
func PeakError(actual []float64, forecast float64) float64 {
	y, _ := series.Max(actual)
	if !(y > 0) {
		return math.NaN()
	}
	return math.Abs(forecast-y) / y
}

// PeakHourOff is how many steps the step of the largest value was off round the
// clock of a day, at most half a day: 23:00 and 00:00 are one hour apart. With a
// day of 0 it is the plain distance. Step is counted from 1.
func PeakHourOff(actual []float64, step, day int) int {
	_, at := series.Max(actual)
	off := step - 1 - at
	if day > 0 {
		off = ((off % day) + day) % day
		return min(off, day-off)
	}
	return max(off, -off)
}

// over is the mean of a measure of each step that has one.
func over(actual []float64, measure func(i int, y float64) float64) float64 {
	sum, n := 0.0, 0.0
	for i, y := range actual {
		if v := measure(i, y); !math.IsNaN(y) && !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	return sum / n
}
