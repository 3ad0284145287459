package model

import "github.com/peakday/peakday/forecast/stl"

// A Decomposed takes the seasons out by MSTL, forecasts what is left by another
// model and puts the last cycle of each season back. What is left is another
// series at each origin, so the other model is fitted anew there: a [Ridge] or a
// [Smooth] in a millisecond, an [ETS] in ten.
type Decomposed struct {
	Label string
	Rest  Model // of the seasonally adjusted series
}

// Name is the label.
func (m Decomposed) Name() string { return m.Label }

// Forecast decomposes at every origin: an MSTL knows its end only from what is there.
func (m Decomposed) Forecast(p *Problem, paths [][]float64) {
	var split stl.Decomposer
	adjusted := make([]float64, len(p.Values))
	for k, o := range p.Origins {
		var seasons []int
		for _, length := range p.Seasons {
			if 2*length < o {
				seasons = append(seasons, length)
			}
		}
		parts, err := split.Decompose(p.Values[:o], stl.Seasons(seasons...), stl.Options{})
		if err != nil { // no season fits
			repeat(p.Values[:o], p.cycle(o), paths[k])
			continue
		}
		copy(adjusted, p.Values[:o])
		for _, season := range parts.Seasonal {
			for t, v := range season {
				adjusted[t] -= v
			}
		}
		m.Rest.Forecast(p.rest(adjusted, o), paths[k:k+1])
		for i, season := range parts.Seasonal {
			for h := range paths[k] {
				paths[k][h] += season[o-seasons[i]+h%seasons[i]]
			}
		}
	}
}
