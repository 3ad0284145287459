package ensemble

import (
	"math"

	"github.com/peakday/peakday/forecast/gpd"
	"github.com/peakday/peakday/forecast/series"
)

// tail is the quantile of the maximum by how far the series' own errors go beyond
// most of them: over their usual size they are of one kind, and a generalised
// Pareto distribution continues those over the threshold.
//
//	P(max ≤ x) = exp( -Σ_h rate((x - point_h) / σ_h) )
//
// Errors over it that follow each other count as one. It is false where fewer than ten times
// an error went beyond the threshold, or the series was never off.
func (f *Forecast) tail(p float64, usual []float64, errors [][]float64) (x float64, ok bool) {
	// The largest fifth of the errors, and weighted moments, which take a tenth of the
	// time of the likelihood: higher thresholds and the likelihood gave the same loss
	// at 0.99 on the series that chose.
	const threshold = 0.8
	var all []float64
	for _, by := range errors {
		all = append(append(all, by...), math.NaN()) // the next does not follow this
	}
	t, err := gpd.Fit(all, gpd.Options{Threshold: threshold, Moments: true})
	if err != nil {
		return 0, false
	}
	holds := func(x float64) bool {
		rate := 0.0
		for h, point := range f.Point {
			rate += t.Rate((x - point) / usual[h])
		}
		return math.Exp(-rate) >= p
	}
	low, _ := series.Max(f.Point)
	high := 2 * low
	const doublings = 10 // to a thousand times the point
	for range doublings {
		if holds(high) {
			break
		}
		low, high = high, 2*high
	}
	const halvings = 30 // to a billionth
	for range halvings {
		if middle := low/2 + high/2; holds(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high, holds(high)
}
