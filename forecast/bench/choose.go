package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// choose lets the series with an even hash say what they needed, tier by tier, and
// then which members and which power.
func (b bench) choose(w io.Writer) error {
	all, err := b.hourly(true)
	if err != nil {
		return err
	}
	for _, tier := range b.tiers {
		trials, err := rollAll(all, own(tier))
		if err != nil {
			return err
		}
		learn(w, tier.Name, slices.Concat(trials...))
	}
	return b.pick(w, all)
}

// learn prints the knots with which the quantiles would have held as often as
// they say. A width of the forecast is knot^share times what the series itself
// knows, so a value that is r widths off needed the knot times r^(1/share); the
// knot is that quantile of what was needed.
func learn(w io.Writer, tier string, trials []backtest.Trial) {
	fmt.Fprintf(w, "%s: %d forecasts\n  quantiles:", tier, len(trials))
	for l, p := range levels() {
		if p <= 0.5 {
			continue
		}
		coverage := 2*p - 1
		var needed []float64
		for _, t := range trials {
			knot := ensemble.Needed(coverage)
			share := ensemble.OthersShare(len(t.Forecast.Past))
			for h, y := range t.Actual {
				off, width := math.Abs(y-t.Forecast.Point[h]), t.Forecast.Quantiles[l][h]-t.Forecast.Point[h]
				if off > 0 {
					off = knot * math.Pow(off/width, 1/share)
				}
				needed = append(needed, off)
			}
		}
		slices.Sort(needed)
		fmt.Fprintf(w, " {%.3g, %.3g}", coverage, series.Quantile(needed, coverage))
	}
	// Of the maximum it is how far off it was; where the highest path was higher it
	// needed nothing.
	fmt.Fprint(w, "\n  maximum:")
	for l, p := range levels() {
		if !slices.Contains(trials[0].Forecast.Maximum.Levels, p) {
			continue
		}
		var needed []float64
		for _, t := range trials {
			top, _ := series.Max(t.Actual)
			point, _ := series.Max(t.Forecast.Point)
			off := t.Forecast.Maximum.Off(top, point)
			if path, _ := series.Max(t.Forecast.Quantiles[l]); top <= path {
				off = -math.MaxFloat64
			}
			needed = append(needed, off)
		}
		slices.Sort(needed)
		fmt.Fprintf(w, " {%.3g, %.3g}", p, series.Quantile(needed, p))
	}
	fmt.Fprintln(w)
}
