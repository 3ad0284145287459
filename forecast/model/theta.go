package model

import "github.com/peakday/peakday/forecast/theta"

// A Theta is the Theta method: the shortest season averaged out if there is one,
// a smoothed level and half the slope of the line through all that is known. It is
// at home in daily and weekly series with a trend.
type Theta struct{ Label string }

// Name is the label.
func (m Theta) Name() string { return m.Label }

// Forecast fits at the first origin; see follow.
func (m Theta) Forecast(p *Problem, paths [][]float64) {
	follow(p, paths,
		func(known []float64) (theta.Model, error) { return theta.Fit(known, p.season(0)) },
		theta.Model.Filter)
}
