package model

import "github.com/peakday/peakday/forecast/ets"

// An ETS is exponential smoothing in state space form, fitted by likelihood. It
// knows one season, the shortest; with ets.None for the season it is a model of
// what [Decomposed] leaves. Multiplicative parts refuse a series with zeros:
// [InLogs] with additive ones does not.
type ETS struct {
	Label string
	Form  ets.Form
}

// Name is the label.
func (m ETS) Name() string { return m.Label }

// Forecast fits at the first origin; see follow.
func (m ETS) Forecast(p *Problem, paths [][]float64) {
	day := p.season(0)
	follow(p, paths,
		func(known []float64) (ets.Model, error) { return ets.Fit(known, m.Form, day) },
		func(fitted ets.Model, known []float64) (ets.Model, error) {
			return ets.Filter(known, m.Form, day, fitted.Params)
		})
}
