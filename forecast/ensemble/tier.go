package ensemble

import "github.com/peakday/peakday/forecast/model"

// A Tier is which models are combined and how hard the combination chooses
// among them.
type Tier struct {
	Name    string
	Members []model.Model
	Power   float64 // p of the weights 1/error^p
	Trim    float64 // share of the weight that is cut off at each end, below 0.5
}

// power is p, the best of 1 to 8 on the series with an even hash: 3 to 6 differ by
// 0.001 in OWA (go run ./forecast/bench -choose).
const power = 4

const trim = 0.3

// Fast is for many series: some two milliseconds each for 960 hours.
func Fast() Tier {
	return Tier{"fast", []model.Model{
		model.InLogs(model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}),
		model.InLogs(model.Profile{Label: "usual hour", HalfLife: 400, Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}),
		model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3},
		model.Ridge{Label: "day and step differences", Lags: model.Round, Difference: []int{0, -1}, HalfLife: 500, Penalty: 10},
		model.InLogs(model.Smooth{Label: "smoothing", Grid: model.Coarse(), Keep: 1}),
		model.InLogs(model.Analogue{Label: "days like the last", Days: 1, Count: 6}),
		model.Usual{Label: "median of weeks", Weeks: 4},
		model.InLogs(model.Usual{Label: "median of weeks, moved", Weeks: 4, Level: 1}),
		model.Naive{Season: 0},
		model.Naive{Season: 1},
	}, power, trim}
}

// Standard is for accuracy: some ten times the work of Fast. Its members were
// picked by hand for what they gave to the combination on the series with an even
// hash; -choose picks one by one among them and others. A regression on waves added nothing there. ETS or Theta
// would take 0.3 % off OWA and half as long again; ARIMA takes several times as long
// as all of them.
func Standard() Tier {
	return Tier{"standard", []model.Model{
		model.InLogs(model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}),
		model.InLogs(model.Ridge{Label: "day differences, strong penalty", Lags: model.Round, Difference: []int{0}, HalfLife: 500, Penalty: 60}),
		model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3},
		model.Ridge{Label: "day and step differences", Lags: model.Round, Difference: []int{0, -1}, HalfLife: 500, Penalty: 10},
		model.InLogs(model.Ridge{Label: "levels, all lags", Lags: model.Full, HalfLife: 500, Penalty: 1}),
		model.InLogs(model.Profile{Label: "usual hour", HalfLife: 400, Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}),
		model.Profile{Label: "usual hour", HalfLife: 400, Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}},
		model.InLogs(model.Profile{Label: "usual hour, short memory", HalfLife: 150, Shrink: 2, Rest: model.Ridge{Lags: model.Round, HalfLife: 500, Penalty: 3}}),
		model.Decomposed{Label: "seasons out, steps", Rest: model.Ridge{Lags: model.Few, Difference: []int{-1}, HalfLife: 500, Penalty: 5}},
		model.InLogs(model.Decomposed{Label: "seasons out, steps", Rest: model.Ridge{Lags: model.Few, Difference: []int{-1}, HalfLife: 500, Penalty: 5}}),
		model.InLogs(model.Decomposed{Label: "seasons out, levels", Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}),
		model.InLogs(model.Smooth{Label: "smoothing", Grid: model.Fine(100), Keep: 3}),
		model.InLogs(model.Analogue{Label: "days like the last", Days: 1, Count: 6}),
		model.InLogs(model.Analogue{Label: "weeks like the last", Days: 7, Count: 3}),
		model.Usual{Label: "median of weeks", Weeks: 4},
		model.InLogs(model.Usual{Label: "median of weeks, moved by a day", Weeks: 4, Level: 1}),
		model.InLogs(model.Usual{Label: "median of weeks, moved by two days", Weeks: 8, Level: 2}),
		model.InLogs(model.Usual{Label: "median of weeks, moved by a week", Weeks: 4, Level: 7}),
		model.Naive{Season: 0},
		model.Naive{Season: 1},
	}, power, trim}
}
