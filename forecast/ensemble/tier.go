package ensemble

import (
	"math"

	"github.com/peakday/peakday/forecast/model"
)

// A Tier is which models are combined and how hard the combination chooses
// among them.
type Tier struct {
	Name    string
	Members []Member
	Power   float64 // p of the weights say/error^p
	Trim    float64 // share of the weight that is cut off at each end, below 0.5
}

// A Member is a model and how much it has to say beside one that was off as much.
type Member struct {
	model.Model
	Say float64 // > 0
}

// Of powers from 1 to 8 and trims from 0 to 0.49 the best for Standard on the series with
// an even hash; powers from 3 to 5 and trims from 0.2 to 0.4 differ by 0.0005 in OWA, and
// Fast would have 0.001 less with a power of 3 (go run ./forecast/bench -choose).
const (
	power = 4
	trim  = 0.3
)

// Fast is for many series: some three milliseconds of one core each for 960 hours. Its members were
// picked by hand. What -choose would change took OWA on the series with an odd hash from
// 0.365 to 0.363, by 0.0020 ± 0.0021: that may be chance.
func Fast() Tier {
	return Tier{"fast", []Member{
		{model.InLogs(model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}), 1},
		{model.InLogs(model.Profile{Label: "usual hour", HalfLife: 400, Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}), 1},
		{model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}, 1},
		{model.Ridge{Label: "day and step differences", Lags: model.Round, Difference: []int{0, -1}, HalfLife: 500, Penalty: 10}, 1},
		{model.InLogs(model.Smooth{Label: "smoothing, coarse", Grid: model.Coarse(), Keep: 1}), 1},
		{model.InLogs(model.Analogue{Label: "days like the last", Days: 1, Count: 6}), 1},
		{model.Usual{Label: "median of weeks", Weeks: 4}, 1},
		{model.InLogs(model.Usual{Label: "median of weeks, moved by a day", Weeks: 4, Level: 1}), 1},
		{model.Naive{Season: 0}, 1},
		{model.Naive{Season: 1}, 1},
	}, power, trim}
}

// Standard is for accuracy: some ten times the work of Fast. Its members were first
// picked by hand, then changed one by one by
//
//	go run ./forecast/bench -choose
//
// which takes in, leaves out and makes count twice or half whatever makes OWA best on
// the series with an even hash, within the same time. On the others that took OWA from
// 0.362 to 0.360, by 0.0021 ± 0.0014. Members picked from none, one by one, were worse
// on real traffic than this crowd. What else was tried is in BENCHMARKS.md.
func Standard() Tier {
	return Tier{"standard", []Member{
		{model.InLogs(model.Ridge{Label: "day differences, strong penalty", Lags: model.Round, Difference: []int{0}, HalfLife: 500, Penalty: 60}), 1},
		{model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}, 0.5},
		{model.Ridge{Label: "day differences, strong penalty", Lags: model.Round, Difference: []int{0}, HalfLife: 500, Penalty: 60}, 1},
		{model.Ridge{Label: "day and step differences", Lags: model.Round, Difference: []int{0, -1}, HalfLife: 500, Penalty: 10}, 1},
		{model.Ridge{Label: "day and step differences, short memory", Lags: model.Round, Difference: []int{0, -1}, HalfLife: 100, Penalty: 10}, 1},
		{model.InLogs(model.Ridge{Label: "levels, all lags", Lags: model.Full, HalfLife: 500, Penalty: 1}), 1},
		{model.Profile{Label: "usual hour", HalfLife: 400, Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}, 1},
		{model.Profile{Label: "usual hour, long memory", HalfLife: math.Inf(1), Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}, 1},
		{model.InLogs(model.Profile{Label: "usual hour, short memory", HalfLife: 150, Shrink: 2, Rest: model.Ridge{Lags: model.Round, HalfLife: 500, Penalty: 3}}), 1},
		{model.Decomposed{Label: "seasons out, steps", Rest: model.Ridge{Lags: model.Few, Difference: []int{-1}, HalfLife: 500, Penalty: 5}}, 2},
		{model.InLogs(model.Decomposed{Label: "seasons out, steps", Rest: model.Ridge{Lags: model.Few, Difference: []int{-1}, HalfLife: 500, Penalty: 5}}), 1},
		{model.InLogs(model.Decomposed{Label: "seasons out, levels", Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}), 1},
		{model.InLogs(model.Smooth{Label: "smoothing", Grid: model.Fine(100), Keep: 3}), 1},
		{model.InLogs(model.Analogue{Label: "days like the last", Days: 1, Count: 6}), 1},
		{model.InLogs(model.Analogue{Label: "weeks like the last", Days: 7, Count: 3}), 1},
		{model.Usual{Label: "median of weeks", Weeks: 4}, 2},
		{model.InLogs(model.Usual{Label: "median of weeks, moved by a day", Weeks: 4, Level: 1}), 1},
		{model.InLogs(model.Usual{Label: "median of weeks, moved by two days", Weeks: 8, Level: 2}), 1},
		{model.InLogs(model.Usual{Label: "median of weeks, moved by a week", Weeks: 4, Level: 7}), 1},
		{model.Naive{Season: 0}, 1},
		{model.Naive{Season: 1}, 1},
	}, power, trim}
}

// Informed is for series with regressors: each member is a regression on them and
// on waves, with a model of what is left. All members hear them, because one that
// does among many that do not is cut off with the outliers: where one day in seven
// of a made series had a peak that only a flag told, MASE was 0.73 with Standard,
// 0.46 with one such member more and 0.25 with these. Where regressors tell
// nothing Standard is a few percent better.
func Informed() Tier {
	on := func(label string, rest model.Model) model.Model {
		return model.InLogs(model.Regression{Label: "regressors, " + label, Harmonics: []int{10, 6}, Mix: 0.1, HalfLife: 4000, Rest: rest})
	}
	return Tier{"informed", []Member{
		{on("day differences", model.Ridge{Label: "day differences", Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}), 1},
		{on("levels", model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}), 1},
		{on("usual hour", model.Profile{HalfLife: 400, Shrink: 1, Rest: model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}}), 1},
		{on("median of weeks", model.Usual{Weeks: 4, Level: 1}), 1},
		{on("week before", model.Naive{Season: 1}), 1},
	}, power, trim}
}
