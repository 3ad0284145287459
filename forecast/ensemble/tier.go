package ensemble

import "github.com/peakday/peakday/forecast/model"

// A Tier is which models are combined and how hard the combination chooses
// among them.
type Tier struct {
	Name    string
	Members []model.Model
	Power   float64 // p of the weights 1/error^p
}

// Fast is for many series: a few milliseconds each.
func Fast() Tier {
	return Tier{"fast", []model.Model{
		model.InLogs(model.Ridge{Label: "levels", Lags: model.Round, HalfLife: 800, Penalty: 0.2}),
		model.InLogs(model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}),
		model.Naive{Season: 0},
	}, 6}
}

// Standard is for accuracy: tens of milliseconds a series.
func Standard() Tier {
	fast := Fast()
	return Tier{"standard", fast.Members, fast.Power}
}
