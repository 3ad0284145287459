package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// learn prints the knots with which the quantiles would have held as often as
// they say. A width of the forecast is knot^share times what the series itself
// knows, so a value that is r widths off needed the knot times r^(1/share); the
// knot is that quantile of what was needed.
func learn(w io.Writer, tier string, trials []trial) {
	fmt.Fprintf(w, "%s: %d forecasts\n  quantiles:", tier, len(trials))
	for l, p := range levels() {
		if p <= 0.5 {
			continue
		}
		coverage := 2*p - 1
		var needed []float64
		for _, t := range trials {
			knot := ensemble.Needed(coverage)
			share := ensemble.OthersShare(len(t.forecast.Past))
			for h, y := range t.actual {
				off, width := math.Abs(y-t.forecast.Point[h]), t.forecast.Quantiles[l][h]-t.forecast.Point[h]
				if off > 0 {
					off = knot * math.Pow(off/width, 1/share)
				}
				needed = append(needed, off)
			}
		}
		slices.Sort(needed)
		fmt.Fprintf(w, " {%.3g, %.3g}", coverage, series.Quantile(needed, coverage))
	}
	// The logs of the 0.5 and the 0.95 quantile of the maximum lie on a line over
	// their knots; what was needed is where on it the maximum came to lie.
	fmt.Fprint(w, "\n  maximum:")
	from, to := ensemble.NeededByMaximum(0.5), ensemble.NeededByMaximum(0.95)
	for _, p := range trials[0].forecast.Maximum.Levels {
		var needed []float64
		for _, t := range trials {
			top, _ := series.Max(t.actual)
			q := t.forecast.Maximum.Quantiles
			if span := math.Log(q[2] / q[0]); span > 0 {
				needed = append(needed, from+(to-from)*math.Log(top/q[0])/span)
			}
		}
		slices.Sort(needed)
		fmt.Fprintf(w, " {%.3g, %.3g}", p, series.Quantile(needed, p))
	}
	fmt.Fprintln(w)
}
