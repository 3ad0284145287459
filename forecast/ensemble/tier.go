package ensemble

import "github.com/peakday/peakday/forecast/model"

// A Tier is which models are combined and how hard the combination chooses
// among them.
type Tier struct {
	Name    string
	Members []model.Model
	Power   float64 // p of the weights 1/error^p
}

// power is p, the best of 1 to 8 on the series with an even hash: 3 to 6 differ by
// 0.001 in OWA (go run ./forecast/bench -choose).
const power = 4

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
	}, power}
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
	}, power}
}

// Informed is for series with regressors: each member is a regression on them and
// on waves, with a model of what is left. All members hear them, because one that
// does among many that do not is cut off with the outliers: where one day in seven
// of a made series had a peak that only a flag told, MASE was 0.74 with Standard,
// 0.42 with one such member more and 0.25 with these. Where regressors tell
// nothing Standard is a few percent better.
func Informed() Tier {
	on := func(label string, rest model.Model) model.Model {
		return model.InLogs(model.Regression{Label: "regressors, " + label, Harmonics: []int{10, 6}, Mix: 0.1, HalfLife: 4000, Rest: rest})
	}
	return Tier{"informed", []model.Model{
		on("day differences", model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}),
		on("levels", model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}),
		on("usual hour", model.Profile{HalfLife: 400, Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}),
		on("median of weeks", model.Usual{Weeks: 4, Level: 1}),
		on("week before", model.Naive{Season: 1}),
	}, power}
}
