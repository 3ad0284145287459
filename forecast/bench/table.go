package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/series"
)

// Naive2 on the test part of M4's hourly series, by the organisers.
const naive2SMAPE, naive2MASE = 18.383, 2.395

// table prints how a tier did.
func table(w io.Writer, tier string, trials []trial, seconds float64) {
	by := func(measure func(t trial) float64) estimate { return estimated(trials, measure) }
	owa := func(path func(t trial) []float64) func(t trial) float64 {
		return func(t trial) float64 {
			return backtest.OWA(backtest.SMAPE(t.actual, path(t)), backtest.MASE(t.actual, path(t), t.scale), naive2SMAPE, naive2MASE)
		}
	}
	point := func(t trial) []float64 { return t.forecast.Point }
	naive := func(t trial) []float64 { return t.naive }
	own, other := by(owa(point)), by(owa(naive))
	var apes []float64
	for _, t := range trials {
		if e := backtest.PeakError(t.actual, t.forecast.Maximum.Quantiles[0]); !math.IsNaN(e) {
			apes = append(apes, e)
		}
	}
	slices.Sort(apes)
	fmt.Fprintf(w, "\n| %s tier, %d forecasts of %d series | |\n|---|---|\n", tier, len(trials), own.n)
	row := func(name, format string, values ...any) {
		fmt.Fprintf(w, "| %s | "+format+" |\n", append([]any{name}, values...)...)
	}
	row("sMAPE", "%.3f", by(func(t trial) float64 { return backtest.SMAPE(t.actual, t.forecast.Point) }))
	row("MASE", "%.3f", by(func(t trial) float64 { return backtest.MASE(t.actual, t.forecast.Point, t.scale) }))
	row("OWA by the constants of the test part", "%.4f", own)
	row("the same of seasonal naive", "%.4f", other)
	row("ratio of the two", "%.4f", own.mean/other.mean)
	row("MSIS at 95 %", "%.3f", by(func(t trial) float64 {
		return backtest.MSIS(t.actual, t.forecast.Quantiles[lower95], t.forecast.Quantiles[upper95], 0.95, t.scale)
	}))
	row("coverage at 95 %", "%.4f", by(covered))
	row("pinball loss at 0.95, over the scale of MASE", "%.4f", by(func(t trial) float64 { return backtest.Pinball(t.actual, t.forecast.Quantiles[3], 0.95) / t.scale }))
	row("coverage of deciles of volatility", "%.3f", deciles(trials))
	row("coverage of blocks of 6 hours", "%.3f", blocks(trials))
	row("95 % quantile of the maximum held", "%.4f", by(func(t trial) float64 {
		top, _ := series.Max(t.actual)
		return truth(top <= t.forecast.Maximum.Quantiles[2]*(1+1e-9))
	}))
	row("its headroom over the maximum, mean", "%.4f", by(func(t trial) float64 {
		top, _ := series.Max(t.actual)
		if !(top > 0) {
			return math.NaN()
		}
		return t.forecast.Maximum.Quantiles[2]/top - 1
	}))
	row("error of the size of the peak, mean", "%.4f", by(func(t trial) float64 { return backtest.PeakError(t.actual, t.forecast.Maximum.Quantiles[0]) }))
	row("the same, median", "%.4f", series.Quantile(apes, 0.5))
	row("hour of the peak within 1 h", "%.3f", by(func(t trial) float64 {
		return truth(backtest.PeakHourOff(t.actual, t.forecast.Maximum.Step, day) <= 1)
	}))
	row("milliseconds a series", "%.2f", 1000*seconds)
}

func covered(t trial) float64 {
	return backtest.Coverage(t.actual, t.forecast.Quantiles[lower95], t.forecast.Quantiles[upper95])
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// deciles are the coverage of tenths of the trials, from those whose naive
// forecasts were off least, relative to their mean, to the wildest.
func deciles(trials []trial) []float64 {
	volatility := func(t trial) float64 {
		sum := 0.0
		for _, y := range t.actual {
			sum += y
		}
		return t.scale * float64(len(t.actual)) / math.Max(sum, math.SmallestNonzeroFloat32)
	}
	sorted := slices.SortedStableFunc(slices.Values(trials), func(a, b trial) int {
		switch va, vb := volatility(a), volatility(b); {
		case va < vb:
			return -1
		case va > vb:
			return 1
		}
		return 0
	})
	var shares []float64
	for d := range 10 {
		shares = append(shares, estimated(sorted[d*len(sorted)/10:(d+1)*len(sorted)/10], covered).mean)
	}
	return shares
}

// blocks are the coverage of each six hours of the horizon.
func blocks(trials []trial) []float64 {
	var shares []float64
	for from := 0; from < horizon; from += 6 {
		to := from + 6
		shares = append(shares, estimated(trials, func(t trial) float64 {
			return backtest.Coverage(t.actual[from:to], t.forecast.Quantiles[lower95][from:to], t.forecast.Quantiles[upper95][from:to])
		}).mean)
	}
	return shares
}

// An estimate is a mean over trials and 1.96 standard errors of it, between series.
type estimate struct {
	mean, wide float64
	n          int // series
}

// Format prints the mean and the error with the same verb.
func (e estimate) Format(s fmt.State, verb rune) {
	format := fmt.FormatString(s, verb)
	fmt.Fprintf(s, format+" ± "+format, e.mean, e.wide)
}

func estimated(trials []trial, measure func(t trial) float64) estimate {
	sums, counts := map[int]float64{}, map[int]float64{}
	var order []int
	for _, t := range trials {
		v := measure(t)
		if math.IsNaN(v) {
			continue
		}
		if counts[t.series] == 0 {
			order = append(order, t.series)
		}
		sums[t.series] += v
		counts[t.series]++
	}
	n := float64(len(order))
	total, trialsOf := 0.0, 0.0
	for _, s := range order {
		total += sums[s]
		trialsOf += counts[s]
	}
	mean, squares := total/trialsOf, 0.0
	for _, s := range order {
		d := sums[s] - mean*counts[s]
		squares += d * d
	}
	return estimate{mean, 1.96 * math.Sqrt(squares*n/(n-1)) / trialsOf, len(order)}
}
