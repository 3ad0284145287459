package model

import "github.com/peakday/peakday/forecast/arima"

// An ARIMA is a regression on waves with ARIMA errors: the seasons are the same
// in every cycle, the process carries on what is left.
type ARIMA struct {
	Label     string
	Order     arima.Order
	Harmonics []int // waves of each season of the problem, shortest first; at most half its length are taken
}

// Name is the label.
func (m ARIMA) Name() string { return m.Label }

// Forecast fits at the first origin; see follow. Seasons of which no two lie
// before it, in what a fit looks at, are left out.
func (m ARIMA) Forecast(p *Problem, paths [][]float64) {
	var seasons []arima.Season
	for i, waves := range m.Harmonics {
		if length := p.season(i); waves > 0 && length > 1 && 2*length <= min(p.Origins[0], looked) {
			seasons = append(seasons, arima.Season{Period: float64(length), Harmonics: min(waves, length/2)})
		}
	}
	follow(p, paths,
		func(known []float64) (arima.Model, error) { return arima.Fit(known, m.Order, seasons) },
		arima.Model.Filter)
}
