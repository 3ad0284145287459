package reports_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/reports"
)

func TestTheBacktestSaysWhatItMeans(t *testing.T) {
	nan := backtest.Figure(math.NaN())
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	own := backtest.Against{Score: backtest.Score{Method: "peakday, standard", Origins: 9, SMAPE: 8.25, MASE: 0.7, WAPE: 0.08, PeakAPEMean: 0.06, PeakAPEMedian: 0.021,
		PeakHourWithin: 0.78, Bounded: 9, Covered: 8, Headroom: 0.124,
		Spread: &backtest.Spread{Coverage: backtest.Estimate{Mean: 0.94, Wide: 0.03}, MSIS: 5.4, Pinball: 0.1}}, OWA: 0.37, OverNaive: 0.58, HeldLow: 0.52, HeldHigh: 0.997}
	naive := backtest.Against{Score: backtest.Score{Method: "seasonal naive 24 h", Origins: 9, SMAPE: 14, MASE: 1.2, WAPE: 0.15, PeakAPEMean: nan, PeakAPEMedian: nan, PeakHourWithin: nan},
		OWA: 0.63, OverNaive: 1, HeldLow: nan, HeldHigh: nan}
	for _, c := range []struct {
		name  string
		own   func(own *backtest.Against)
		wants []string
	}{
		{"better than naive", func(*backtest.Against) {}, []string{
			"9 windows of 48 h, from 2026-03-01 00:00 to 2026-03-19 00:00",
			"in 8 of 9 windows, with 12.4 % to spare on average; 9 windows are evidence for anything between 52.0 % and 99.7 % of the time.",
			"off by 2.10 % in half of the windows or less",
			"its errors are 0.58 times those of seasonal naive 24 h, the best of the simple rules",
			"94.0 ± 3.00 %", "92.0 %",
		}},
		{"worse than naive", func(own *backtest.Against) { own.MASE = 1.44 }, []string{"no better than seasonal naive 24 h, whose errors it has 1.20 times"}},
		{"a bound that is too low", func(own *backtest.Against) { own.HeldHigh = 0.94 }, []string{"less often than it says"}},
		{"a day has no hour", func(own *backtest.Against) { own.PeakHourWithin = nan }, []string{"in half of the windows or less. Step"}},
		{"a peak that nobody knows", func(own *backtest.Against) { own.PeakAPEMedian = nan }, []string{"0.58 times"}},
	} {
		m := own
		c.own(&m)
		var out strings.Builder
		err := reports.WriteBacktest(&out, forecast.Facts{Name: "calls", Bins: 720}, backtest.Comparison{HorizonSeconds: 48 * 3600, Origins: 9, First: start, Last: start.Add(16 * 24 * time.Hour), Methods: []backtest.Against{m, naive}})
		text := strings.Join(strings.Fields(out.String()), " ")
		for _, want := range c.wants {
			if err != nil || !strings.Contains(text, want) {
				t.Errorf("%s: %v, want %q in\n%s", c.name, err, want, out.String())
			}
		}
		if strings.Contains(text, "NaN") {
			t.Errorf("%s: NaN in\n%s", c.name, out.String())
		}
	}
	var out strings.Builder
	if err := reports.WriteBacktest(&out, forecast.Facts{Name: "calls", Bins: 720}, backtest.Comparison{Warnings: []string{"too short"}}); err != nil || !strings.Contains(out.String(), "Warning: too short.") {
		t.Errorf("without a window: %q, %v", out.String(), err)
	}
}
