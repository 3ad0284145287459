package backtest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

var nan = math.NaN()

// half is a series of two bins a day, so that everything can be done by hand.
func half(values ...float64) series.Series {
	return series.Series{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Step: 12 * time.Hour, Values: values}
}

func fixed(d Day) func(int) Day { return func(int) Day { return d } }

func near(a, b float64) bool { return math.Abs(a-b) < 1e-12 }

// By hand: before the origin the seasonal differences are |3-1|, |5-2|, |4-3|,
// |8-5|, mean 2.25. The forecast 5, 8 of 6, 10 is off by 1 and 2, mean 1.5:
// MASE 2/3, WAPE 3/16. The peak is 10 and was to be 9: 10 %.
func TestEvaluateByHand(t *testing.T) {
	s := half(1, 2, 3, 5, 4, 8, 6, 10)
	score := Evaluate("m", s, []int{6}, 2, fixed(Day{Path: []float64{5, 8}, Peak: 9, Upper: 11}))
	want := Score{Method: "m", Origins: 1, MASE: 2.0 / 3, WAPE: 3.0 / 16, PeakAPEMean: 0.1, PeakAPEMedian: 0.1, PeakHourWithin: 1, Bounded: 1, Covered: 1}
	if !near(score.MASE, want.MASE) || !near(score.WAPE, want.WAPE) || !near(score.PeakAPEMean, want.PeakAPEMean) || !near(score.PeakAPEMedian, want.PeakAPEMedian) {
		t.Errorf("got %+v, want %+v", score, want)
	}
	if score.PeakHourWithin != 1 || score.Bounded != 1 || score.Covered != 1 {
		t.Errorf("got %+v, want %+v", score, want)
	}
}

// Two origins by hand: at 4 the scale is (2+3)/2 and yesterday's 3, 5 is off 4,
// 8 by 1 and 3, so 2 / 2.5; at 6 it is 2.25 and 4, 8 is off 6, 10 by 2 and 2.
func TestSeasonalNaiveByHand(t *testing.T) {
	s := half(1, 2, 3, 5, 4, 8, 6, 10)
	score := Evaluate("naive", s, []int{4, 6}, 2, SeasonalNaive(s, 2, 2))
	if want := (0.8 + 2/2.25) / 2; !near(score.MASE, want) {
		t.Errorf("MASE = %v, want %v", score.MASE, want)
	}
	if want := 8.0 / 28; !near(score.WAPE, want) {
		t.Errorf("WAPE = %v, want %v", score.WAPE, want)
	}
	if want := (3.0/8 + 2.0/10) / 2; !near(score.PeakAPEMean, want) {
		t.Errorf("peak APE = %v, want %v", score.PeakAPEMean, want)
	}
	if score.Bounded != 0 {
		t.Errorf("bounded days = %d, want none: naive has no bound", score.Bounded)
	}
}

func TestSeasonalNaiveLooksFurtherBack(t *testing.T) {
	s := half(1, 2, nan, 5, nan, nan, 6, 9)
	got := SeasonalNaive(s, 2, 4)(6)
	if want := "[1 5 1 5]"; fmt.Sprint(got.Path) != want || got.Peak != 5 {
		t.Errorf("path %v, peak %v, want %s and 5", got.Path, got.Peak, want)
	}
	if got := SeasonalNaive(half(nan, 1), 2, 2)(2); !math.IsNaN(got.Path[0]) || got.Path[1] != 1 {
		t.Errorf("path %v, want NaN where nothing was ever seen", got.Path)
	}
}

func TestEvaluateLeavesOutWhatWasNotObserved(t *testing.T) {
	s := half(1, 2, 3, 5, nan, 8)
	score := Evaluate("m", s, []int{4}, 2, fixed(Day{Path: []float64{100, 6}, Peak: 6, Upper: nan}))
	if !near(score.WAPE, 2.0/8) || score.Bounded != 0 {
		t.Errorf("got %+v, want WAPE 0.25 over the one observed bin and no bound", score)
	}
	if got := (Score{}); got != Evaluate("", s, nil, 2, nil) {
		t.Error("no origins must give the zero score")
	}
}

func TestCoverageCountsBothWays(t *testing.T) {
	s := half(1, 2, 3, 5, 4, 8, 6, 10)
	score := Evaluate("m", s, []int{4, 6}, 2, fixed(Day{Path: []float64{5, 8}, Peak: 9, Upper: 8}))
	if share, ok := score.Coverage(); !ok || share != 0.5 {
		t.Errorf("coverage = %v, %v, want 0.5: 8 held on the first day and not on the second", share, ok)
	}
	if _, ok := (Score{}).Coverage(); ok {
		t.Error("no bounded day has no coverage")
	}
}

func TestOrigins(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		train  int
		want   string
	}{
		{"one a day, in the phase of the end", make([]float64, 9), 3, "[3 5 7]"},
		{"none without enough before", make([]float64, 4), 3, "[]"},
		{"a day half observed is no test", []float64{1, 1, 1, 1, nan, 1, 1, 1}, 2, "[2 6]"},
		{"an empty series", nil, 0, "[]"},
	} {
		if got := fmt.Sprint(Origins(half(c.values...), c.train, 2)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
