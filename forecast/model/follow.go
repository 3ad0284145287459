package model

import (
	"math"
	"slices"
)

// forecaster is what the packages ets, theta and arima make of a series.
type forecaster interface {
	Forecast(h int) (mean, variance []float64)
}

// looked is how many values a fit looks at: its time grows with them, and older
// ones say little of now.
const looked = 2000

// follow is for methods whose search takes a thousand times as long as a run
// through the series. They are fitted once, at the first origin where that works;
// later ones run all values so far through what was fitted. What was filled in is
// missing to them. Where a series is refused, or forecast as what is no number, the
// last season is repeated.
func follow[M forecaster](p *Problem, paths [][]float64, fit func(known []float64) (M, error), run func(fitted M, known []float64) (M, error)) {
	first := p.Origins[0]
	from := max(0, first-looked)
	observed := slices.Clone(p.Values[from:])
	for i := range observed {
		if p.filled(from + i) {
			observed[i] = math.NaN()
		}
	}
	var fitted M
	found := false
	for k, o := range p.Origins {
		var now M
		var err error
		if found {
			now, err = run(fitted, observed[:o-from])
		} else {
			now, err = fit(observed[:o-from])
			fitted, found = now, err == nil
		}
		if err == nil {
			mean, _ := now.Forecast(p.Horizon)
			copy(paths[k], mean)
		}
		if err != nil || !finite(paths[k]) {
			repeat(p.Values[:o], p.cycle(o), paths[k])
		}
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
