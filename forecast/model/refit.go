package model

import "math"

// A Refit is any method that is fitted to a beginning of the series at a time:
// the seam for methods that cannot carry anything from origin to origin, such
// as forecast/ets, theta and arima. It costs a fit for each origin.
type Refit struct {
	Label string

	// Fit forecasts horizon steps after known, in which holes have been filled.
	// Seasons are those of which two lie in known. An error, or a value that is
	// no number, is answered by the last season again.
	Fit func(known []float64, seasons []int, horizon int) ([]float64, error)
}

// Name is the label.
func (m Refit) Name() string { return m.Label }

// Forecast fits at every origin.
func (m Refit) Forecast(p *Problem, paths [][]float64) {
	for k, o := range p.Origins {
		seasons := p.Seasons
		for len(seasons) > 0 && 2*seasons[len(seasons)-1] >= o {
			seasons = seasons[:len(seasons)-1]
		}
		path, err := m.Fit(p.Values[:o:o], seasons, p.Horizon)
		if err != nil || !finite(path) {
			repeat(p.Values[:o], p.cycle(o), paths[k])
			continue
		}
		copy(paths[k], path)
	}
}

func finite(path []float64) bool {
	for _, v := range path {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
