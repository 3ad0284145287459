package backtest

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

func near(a Figure, b float64) bool { return math.Abs(float64(a)-b) < 1e-12 }

// trials are those of a method that says the same at every origin.
func trials(t *testing.T, s series.Series, least int, says ensemble.Forecast) []Trial {
	t.Helper()
	all, err := Roll(s, Plan{Horizon: 2, Stride: 2, Least: least}, func(series.Series) (ensemble.Forecast, error) { return says, nil })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// By hand: before the origin the seasonal differences are |3-1|, |5-2|, |4-3|,
// |8-5|, mean 2.25. The forecast 5, 8 of 6, 10 is off by 1 and 2, mean 1.5:
// sMAPE 100·(1/11 + 2/18)·2/2, MASE 2/3, WAPE 3/16. The peak is 10 and was to be
// 9: 10 %. Of the interval, 6 is in [5, 6] and 10 not in [7, 9]: widths 1 and 2,
// 40 for the miss by 1, mean 21.5. The 0.95 path 7, 8 costs 0.05·1 and 0.95·2.
func TestJudgeByHand(t *testing.T) {
	says := ensemble.Forecast{
		Point:  []float64{5, 8},
		Levels: []float64{0.025, 0.95, 0.975}, Quantiles: [][]float64{{5, 7}, {7, 8}, {6, 9}},
		Maximum: ensemble.Maximum{Levels: []float64{0.5, 0.95}, Quantiles: []float64{9, 11}, Step: 1},
	}
	s := Judge("m", trials(t, half(1, 2, 3, 5, 4, 8, 6, 10), 6, says), 2)
	for _, c := range []struct {
		name string
		got  Figure
		want float64
	}{
		{"sMAPE", s.SMAPE, 100 * (1.0/11 + 2.0/18)},
		{"MASE", s.MASE, 2.0 / 3},
		{"WAPE", s.WAPE, 3.0 / 16},
		{"mean peak error", s.PeakAPEMean, 0.1},
		{"median peak error", s.PeakAPEMedian, 0.1},
		{"headroom", s.Headroom, 0.1},
		{"coverage", s.Spread.Coverage.Mean, 0.5},
		{"MSIS", s.Spread.MSIS, 21.5 / 2.25},
		{"pinball", s.Spread.Pinball, (0.05*1 + 0.95*2) / 2 / 2.25},
	} {
		if !near(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	if s.Method != "m" || s.Origins != 1 || s.Bounded != 1 || s.Covered != 1 {
		t.Errorf("got %+v, want one window with a bound that held", s)
	}
}

// Two origins by hand: at 4 the scale is (2+3)/2 and yesterday's 3, 5 is off 4,
// 8 by 1 and 3, so 2 / 2.5; at 6 it is 2.25 and 4, 8 is off 6, 10 by 2 and 2.
func TestSeasonalNaiveByHand(t *testing.T) {
	all, err := Roll(half(1, 2, 3, 5, 4, 8, 6, 10), Plan{Horizon: 2, Stride: 2, Least: 4}, SeasonalNaive(2, 2))
	if err != nil {
		t.Fatal(err)
	}
	s := Judge("naive", all, 2)
	if !near(s.MASE, (0.8+2/2.25)/2) || !near(s.WAPE, 8.0/28) || !near(s.PeakAPEMean, (3.0/8+2.0/10)/2) {
		t.Errorf("got %+v", s)
	}
	if s.Bounded != 0 || s.Spread != nil {
		t.Errorf("got %+v, want neither bound nor interval", s)
	}
}

func TestABoundHoldsBothWays(t *testing.T) {
	says := ensemble.Forecast{Point: []float64{5, 8}, Maximum: ensemble.Maximum{Levels: []float64{0.5, 0.95}, Quantiles: []float64{8, 8}, Step: 2}}
	s := Judge("m", trials(t, half(1, 2, 3, 5, 4, 8, 6, 10), 4, says), 2)
	if s.Bounded != 2 || s.Covered != 1 || !near(s.Headroom, -0.1) {
		t.Errorf("got %+v, want 8 to hold on the first day and not on the second, 10 %% below", s)
	}
}

// Four quarters are an hour.
func TestAPeakWithinAnHourOfShortBins(t *testing.T) {
	known := series.Series{Step: 15 * time.Minute, Values: []float64{1, 2, 3, 4}}
	actual := []float64{1, 1, 1, 1, 1, 1, 1, 9, 1, 1, 1, 1}
	for step, want := range map[int]float64{3: 0, 4: 1, 12: 1} {
		says := ensemble.Forecast{Point: make([]float64, 12), Maximum: ensemble.Maximum{Levels: []float64{0.5}, Quantiles: []float64{9}, Step: step}}
		if s := Judge("m", []Trial{{known, actual, says}}, 1); !near(s.PeakHourWithin, want) {
			t.Errorf("step %d of a peak at 8: within an hour %v, want %v", step, s.PeakHourWithin, want)
		}
	}
}

// Nobody knows where in two hours the peak was.
func TestNoHourOfAPeakInLongBins(t *testing.T) {
	says := ensemble.Forecast{Point: []float64{5, 9}}
	for step, known := range map[time.Duration]bool{time.Hour: true, 2 * time.Hour: false, 24 * time.Hour: false} {
		s := Judge("m", []Trial{{series.Series{Step: step, Values: []float64{1, 2}}, []float64{4, 8}, says}}, 1)
		if s.PeakHourWithin.Known() != known {
			t.Errorf("bins of %v: within an hour %v, want it known: %v", step, s.PeakHourWithin, known)
		}
	}
}

// Three tenths added up are a little more than 0.3.
func TestABoundIsNotBrokenByLastBits(t *testing.T) {
	tenth := 0.1
	says := ensemble.Forecast{Point: []float64{0.3}, Maximum: ensemble.Maximum{Levels: []float64{0.95}, Quantiles: []float64{0.3}, Step: 1}}
	if s := Judge("m", []Trial{{half(1, 2), []float64{tenth + tenth + tenth}, says}}, 1); s.Bounded != 1 || s.Covered != 1 {
		t.Errorf("%d of %d bounds held, want the one", s.Covered, s.Bounded)
	}
}

func TestWhatWasNotObservedIsLeftOut(t *testing.T) {
	trial := Trial{half(1, 2, 3, 5), []float64{nan, 8}, ensemble.Forecast{Point: []float64{100, 6}}}
	s := Judge("m", []Trial{trial}, 2)
	if !near(s.WAPE, 2.0/8) {
		t.Errorf("got %+v, want WAPE 0.25 over the one observed bin", s)
	}
}

// A bound below the highest hour, of which nobody knows how high it was, neither
// held nor failed.
func TestAHiddenPeakIsNotJudged(t *testing.T) {
	says := ensemble.Forecast{Point: []float64{5, 8}, Maximum: ensemble.Maximum{Levels: []float64{0.5, 0.95}, Quantiles: []float64{8, 9}, Step: 2}}
	hidden, seen := Trial{half(1, 2, 3, 5), []float64{4, nan}, says}, Trial{half(1, 2, 3, 5), []float64{nan, 8}, says}
	s := Judge("m", []Trial{hidden, seen}, 2)
	if s.Bounded != 1 || s.Covered != 1 || !near(s.PeakAPEMean, 0) {
		t.Errorf("got %+v, want only the window judged whose hole was forecast lower than what came", s)
	}
}

// MASE of a constant history is over nothing: null, not 0, which would be perfect.
func TestWhatIsNotKnownIsNull(t *testing.T) {
	s := Judge("m", trials(t, half(3, 3, 3, 3, 3, 3), 4, ensemble.Forecast{Point: []float64{3, 3}}), 2)
	text, err := json.Marshal(s)
	if err != nil || !strings.Contains(string(text), `"smape":0,"mase":null,"wape":0`) {
		t.Fatalf("%s, %v", text, err)
	}
	if text, err := json.Marshal(Figure(math.Inf(1))); string(text) != "null" {
		t.Errorf("infinity is %s, %v, want null", text, err)
	}
	var back Score
	if err := json.Unmarshal(text, &back); err != nil || back.MASE.Known() || fmt.Sprint(back) != fmt.Sprint(s) {
		t.Errorf("read back %+v, %v, want %+v", back, err, s)
	}
	if none := Judge("none", nil, 2); none.Origins != 0 || none.SMAPE.Known() || none.MASE.Known() || none.PeakAPEMedian.Known() {
		t.Errorf("of no window: %+v, want nothing known", none)
	}
}
