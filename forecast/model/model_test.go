package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/peakday/peakday/forecast/arima"
	"github.com/peakday/peakday/forecast/ets"
)

// all are the models with parameters that reach every line.
func all() []Model {
	return []Model{
		Naive{0}, Naive{1},
		Ridge{Label: "levels", Lags: Round, HalfLife: 800, Penalty: 0.2},
		InLogs(Ridge{Label: "levels", Lags: Full, HalfLife: 500, Penalty: 1}),
		InLogs(Ridge{Label: "differences", Lags: Round, Difference: []int{0}, HalfLife: 500, Penalty: 3}),
		Ridge{Label: "week and step", Lags: Few, Difference: []int{1, -1}, HalfLife: 500, Penalty: 3},
		InLogs(Smooth{Label: "smooth", Grid: Coarse(), Keep: 2}),
		Smooth{Label: "fine", Grid: Fine(10), Keep: 1},
		InLogs(Profile{Label: "profile", HalfLife: 400, Shrink: 1, Rest: Ridge{Lags: Few, HalfLife: 500, Penalty: 5}}),
		Analogue{Label: "analogue", Days: 3, Count: 4},
		Usual{Label: "usual", Weeks: 4},
		InLogs(Usual{Label: "usual, moved", Weeks: 3, Level: 2}),
		InLogs(Decomposed{Label: "decomposed", Rest: Ridge{Lags: Few, Difference: []int{-1}, HalfLife: 500, Penalty: 5}}),
		ETS{Label: "damped", Form: ets.Form{Error: ets.Additive, Trend: ets.Damped, Season: ets.Additive}},
		InLogs(Theta{Label: "theta"}),
		ARIMA{Label: "waves", Order: arima.Order{P: 2, Q: 1, Constant: true}, Harmonics: []int{6, 6}},
		InLogs(ARIMA{Label: "steps", Order: arima.Order{P: 1, D: 1, Q: 1}, Harmonics: []int{20}}),
		InLogs(Regression{Label: "regression", Changes: 25, Harmonics: []int{10, 6}, Mix: 0.5, HalfLife: 500, Rest: Ridge{Lags: Few, HalfLife: 500, Penalty: 5}}),
		Regression{Label: "ridge regression", Changes: 10, Harmonics: []int{3}},
		Decomposed{Label: "seasons out, smoothed", Rest: ETS{Label: "damped", Form: ets.Form{Trend: ets.Damped}}},
	}
}

// weekly is a made series: two shapes of a day, noise that remembers, counts.
func weekly(n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	left := 0.0
	for t := range y {
		left = 0.8*left + rng.NormFloat64()
		y[t] = 100 + 60*math.Sin(2*math.Pi*float64(t)/24) + 5*left
		if t/24%7 >= 5 {
			y[t] *= 0.6
		}
		y[t] = max(0, math.Round(y[t]))
	}
	return y
}

func forecast(m Model, p *Problem) [][]float64 {
	paths := make([][]float64, len(p.Origins))
	for k := range paths {
		paths[k] = make([]float64, p.Horizon)
	}
	m.Forecast(p, paths)
	return paths
}

// Neither what came after an origin nor that anything came may be known at it. At
// 300 there are no two weeks yet.
func TestNoModelSeesTheFuture(t *testing.T) {
	y := weekly(600, 1)
	for _, origins := range [][]int{{400, 424, 500}, {300, 500}} {
		for _, m := range all() {
			want := forecast(m, &Problem{Values: y, Seasons: []int{24, 168}, Origins: origins, Horizon: 48})
			for k, o := range origins {
				other := slices.Clone(y)
				for i := o; i < len(other); i++ {
					other[i] = 1000 + 3*float64(i)
				}
				got := forecast(m, &Problem{Values: other, Seasons: []int{24, 168}, Origins: origins, Horizon: 48})
				if !slices.Equal(got[k], want[k]) {
					t.Errorf("%s: the forecast from %d changed with what came after it", m.Name(), o)
				}
				alone := forecast(m, &Problem{Values: y[:o], Seasons: []int{24, 168}, Origins: origins[:k+1], Horizon: 48})
				if !slices.Equal(alone[k], want[k]) {
					t.Errorf("%s: the forecast from %d changed with how much came after it", m.Name(), o)
				}
			}
		}
	}
}

// A series that repeats exactly is forecast exactly by what knows its seasons.
func TestModelsContinueAnExactWeek(t *testing.T) {
	y := make([]float64, 700)
	for i := range y {
		y[i] = 100 + float64(i%24)*3
		if i/24%7 == 6 {
			y[i] /= 2
		}
	}
	for _, m := range []Model{
		Naive{1},
		Ridge{Label: "ridge", Lags: Round, HalfLife: 800, Penalty: 1e-6},
		InLogs(Ridge{Label: "week", Lags: Few, Difference: []int{1}, HalfLife: 800, Penalty: 1}),
		Profile{Label: "profile", HalfLife: 1e6, Shrink: 0, Rest: Ridge{Lags: Few, HalfLife: 500, Penalty: 5}},
		ARIMA{Label: "all waves", Order: arima.Order{Constant: true}, Harmonics: []int{12, 84}},
		Decomposed{Label: "seasons out", Rest: ETS{Label: "damped", Form: ets.Form{Trend: ets.Damped}}},
	} {
		path := forecast(m, &Problem{Values: y[:600], Seasons: []int{24, 168}, Origins: []int{600}, Horizon: 100})[0]
		for i, f := range path {
			if want := y[600+i]; math.Abs(f-want) > 0.02*want {
				t.Errorf("%s: step %d is %.4g, want %.4g", m.Name(), i+1, f, want)
				break
			}
		}
	}
}

// By hand: a series that stays above 2 % of its mean keeps its logarithms; to one that
// does not a tenth of the mean is added.
func TestLogs(t *testing.T) {
	for _, c := range []struct {
		values []float64
		shift  float64
	}{{[]float64{1, 10, 19}, 0}, {[]float64{0, 10, 20}, 1}} {
		z := (&Problem{Values: c.values}).Logs()
		for i, y := range c.values {
			if z.shift != c.shift || math.Abs(z.Values[i]-math.Log(y+c.shift)) > 1e-12 {
				t.Errorf("%v: logarithms %v with %v added, want %v added", c.values, z.Values, z.shift, c.shift)
			}
		}
	}
}

// By hand: the last three values a season apart are 10, 5 and 3, their median 5;
// moved from their own levels 7, 2 and 3 to the last one, 8, they are 11, 11 and 8.
func TestUsualIsTheMedianOfMovedWeeks(t *testing.T) {
	y := []float64{2, 4, 3, 1, 5, 9, 10, 6}
	p := &Problem{Values: y, Seasons: []int{2}, Origins: []int{8}, Horizon: 1}
	if got := forecast(Usual{Label: "plain", Weeks: 3}, p)[0][0]; got != 5 {
		t.Errorf("median of 10, 5 and 3 came out as %v", got)
	}
	if got := forecast(Usual{Label: "moved", Weeks: 3, Level: 1}, p)[0][0]; got != 11 {
		t.Errorf("10 + (8 - 7), 5 + (8 - 2), 3 + (8 - 3): median came out as %v, want 11", got)
	}
	p.Filled = make([]bool, 8)
	p.Filled[6] = true
	if got := forecast(Usual{Label: "plain", Weeks: 2}, p)[0][0]; got != 4 {
		t.Errorf("the 10 was filled in: median of 5 and 3 came out as %v, want 4", got)
	}
	p.Filled = []bool{true, false, true, false, true, false, true, false}
	if got := forecast(Usual{Label: "plain", Weeks: 2}, p)[0][0]; got != 10 {
		t.Errorf("all were filled in, the last as 10: came out as %v", got)
	}
}

// What cannot be fitted, or forecasts no number, is the last season again.
func TestFollowFallsBack(t *testing.T) {
	for name, m := range map[string]Model{
		"four values":                  Theta{"theta"},
		"fewer values than parameters": ETS{"ets", ets.Form{Season: ets.Additive}},
		"no order":                     ARIMA{"arima", arima.Order{D: 3}, nil},
	} {
		p := &Problem{Values: []float64{1, 2, 3, 4}, Seasons: []int{2}, Origins: []int{4}, Horizon: 2}
		if got := forecast(m, p)[0]; got[0] != 3 || got[1] != 4 {
			t.Errorf("%s: %s forecast %v, want the last season, 3 and 4", name, m.Name(), got)
		}
	}
}

// Fitted at the first origin or alone: what is found there is the same, and later
// origins know the values since.
func TestFollowFitsOnceAndRunsOn(t *testing.T) {
	y := weekly(500, 6)
	for _, m := range []Model{
		ETS{"ets", ets.Form{Trend: ets.Damped, Season: ets.Additive}},
		Theta{"theta"},
		ARIMA{"arima", arima.Order{P: 1, D: 1, Q: 1}, []int{4}},
	} {
		both := forecast(m, &Problem{Values: y, Seasons: []int{24}, Origins: []int{400, 500}, Horizon: 24})
		alone := forecast(m, &Problem{Values: y, Seasons: []int{24}, Origins: []int{400}, Horizon: 24})[0]
		later := forecast(m, &Problem{Values: y, Seasons: []int{24}, Origins: []int{500}, Horizon: 24})[0]
		if !slices.Equal(both[0], alone) {
			t.Errorf("%s: the first of two origins is not as alone", m.Name())
		}
		for i, f := range both[1] {
			if math.Abs(f-later[i]) > 15 { // a day swings by 120
				t.Errorf("%s: step %d is %.4g with parameters of 100 steps ago, %.4g fitted anew", m.Name(), i+1, f, later[i])
			}
		}
	}
}

// What stands in a hole means nothing to models that know of holes.
func TestWhatWasFilledInMeansNothing(t *testing.T) {
	y := weekly(500, 7)
	filled := make([]bool, len(y))
	for i := range y {
		filled[i] = i%168 == 20 || i >= 300 && i < 310 || i == 499
	}
	for _, m := range []Model{
		ETS{"ets", ets.Form{Trend: ets.Damped, Season: ets.Additive}},
		Theta{"theta"},
		ARIMA{"arima", arima.Order{P: 1, D: 1, Q: 1}, []int{4}},
		Regression{Label: "regression", Changes: 4, Harmonics: []int{6}, Mix: 0.5},
	} {
		var paths [2][]float64
		for k, in := range []float64{0, 1000} {
			values := slices.Clone(y)
			for i := range values {
				if filled[i] {
					values[i] = in
				}
			}
			p := &Problem{Values: values, Filled: filled, Seasons: []int{24, 168}, Origins: []int{450, 500}, Horizon: 48}
			paths[k] = forecast(m, p)[1]
		}
		for i, f := range paths[0] {
			if !(math.Abs(f-paths[1][i]) < 1e-6) || !(math.Abs(f-100) < 100) {
				t.Errorf("%s: step %d is %v with 0 in the holes, %v with 1000", m.Name(), i+1, f, paths[1][i])
				break
			}
		}
	}
}

func TestModelsSurviveLittle(t *testing.T) {
	for _, y := range [][]float64{{5}, {5, 5, 5}, make([]float64, 60), weekly(50, 2), weekly(200, 3)} {
		for _, seasons := range [][]int{nil, {24}, {24, 168}} {
			for _, m := range all() {
				for _, f := range forecast(m, &Problem{Values: y, Seasons: seasons, Origins: []int{len(y)}, Horizon: 30})[0] {
					if math.IsNaN(f) || math.IsInf(f, 0) {
						t.Errorf("%s: %v from %d values and seasons %v", m.Name(), f, len(y), seasons)
						break
					}
				}
			}
		}
	}
}

func BenchmarkModels(b *testing.B) {
	y := weekly(960, 4)
	var origins []int
	for k := 10; k >= 0; k-- {
		origins = append(origins, 960-48*min(k, 1)-24*max(k-1, 0))
	}
	for _, m := range all() {
		b.Run(m.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				forecast(m, &Problem{Values: y, Seasons: []int{24, 168}, Origins: origins, Horizon: 48})
			}
		})
	}
}
