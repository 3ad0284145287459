package backtest

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

var nan = math.NaN()

// half is a series of two bins a day, so that everything can be done by hand.
func half(values ...float64) series.Series {
	return series.Series{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Step: 12 * time.Hour, Values: values}
}

func TestOrigins(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		plan   Plan
		want   string
	}{
		{"one a day, in the phase of the end", make([]float64, 9), Plan{2, 2, 3, 0}, "[3 5 7]"},
		{"the newest", make([]float64, 9), Plan{2, 2, 3, 2}, "[5 7]"},
		{"none without enough before", make([]float64, 4), Plan{2, 2, 3, 0}, "[]"},
		{"a window half observed is no test", []float64{1, 1, 1, 1, nan, 1, 1, 1}, Plan{2, 2, 2, 0}, "[2 6]"},
		{"windows overlap with a stride below the horizon", make([]float64, 8), Plan{4, 2, 1, 0}, "[2 4]"},
		{"an empty series", nil, Plan{2, 2, 0, 0}, "[]"},
		{"no horizon", make([]float64, 9), Plan{0, 2, 0, 0}, "[]"},
	} {
		if got := fmt.Sprint(c.plan.Origins(half(c.values...))); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestRollShowsWhatCameBeforeAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 100), 0, 60).Draw(t, "values")
		plan := Plan{rapid.IntRange(1, 9).Draw(t, "horizon"), rapid.IntRange(1, 9).Draw(t, "stride"), rapid.IntRange(0, 30).Draw(t, "least"), rapid.IntRange(0, 6).Draw(t, "most")}
		s := half(values...)
		s.Regressors = []series.Regressor{{Name: "known ahead", Values: values}}
		trials, err := Roll(s, plan, SeasonalNaive(2, plan.Horizon))
		if err != nil {
			t.Fatal(err)
		}
		if plan.Most > 0 && len(trials) > plan.Most {
			t.Fatalf("%d trials, want at most %d", len(trials), plan.Most)
		}
		for _, trial := range trials {
			n := trial.Known.Len()
			if n < plan.Least || cap(trial.Known.Values) != n || len(trial.Known.Regressors[0].Values) != len(values) || fmt.Sprint(trial.Actual) != fmt.Sprint(values[n:n+plan.Horizon]) {
				t.Fatalf("known %d of least %d, actual %v, want %v", n, plan.Least, trial.Actual, values[n:])
			}
		}
	})
}

// What was refused is not in the count: a forecast above it is not wrong.
func TestAThrottledBinIsNotJudged(t *testing.T) {
	s := half(1, 2, 3, 5, 4, 8, 6, 3)
	s.Mark(s.At(7), s.At(8), series.Throttled)
	if got := (Plan{Horizon: 2, Stride: 2, Least: 2}).Origins(s); fmt.Sprint(got) != "[2 4]" {
		t.Errorf("origins %v: want none whose window is half throttled", got)
	}
	trials, err := Roll(s, Plan{Horizon: 4, Stride: 4, Least: 4}, SeasonalNaive(2, 4))
	if err != nil || len(trials) != 1 {
		t.Fatal(trials, err)
	}
	if got := fmt.Sprint(trials[0].Actual); got != "[4 8 6 NaN]" {
		t.Errorf("got %s, want the last bin left out", got)
	}
}

func TestRollHandsOnWhatAMethodRefuses(t *testing.T) {
	broken := errors.New("no")
	_, err := Roll(half(1, 2, 3, 4), Plan{Horizon: 2, Stride: 2}, func(series.Series) (ensemble.Forecast, error) { return ensemble.Forecast{}, broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestSeasonalNaiveLooksFurtherBack(t *testing.T) {
	for _, c := range []struct {
		name  string
		known []float64
		want  string
	}{
		{"of a hole, the season before", []float64{1, 2, nan, 5, nan, nan}, "[1 5 1 5]"},
		{"of nothing, NaN", []float64{nan, 1}, "[NaN 1 NaN 1]"},
	} {
		f, err := SeasonalNaive(2, 4)(half(c.known...))
		if got := fmt.Sprint(f.Point); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
}
