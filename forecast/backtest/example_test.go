package backtest_test

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/series"
)

// How well does yesterday forecast today?
func Example() {
	s := series.Series{
		Start:  time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Step:   12 * time.Hour,
		Values: []float64{10, 40, 12, 44, 11, 40, 12, 50},
	}
	day := s.Bins(24 * time.Hour)
	trials, err := backtest.Roll(s, backtest.Plan{Horizon: day, Stride: day, Least: 2 * day}, backtest.SeasonalNaive(day, day))
	if err != nil {
		fmt.Println(err)
		return
	}
	score := backtest.Judge("seasonal naive", trials, day)
	fmt.Printf("%s on %d days: WAPE %.1f %%, peak off by %.0f %%\n",
		score.Method, score.Origins, 100*score.WAPE, 100*score.PeakAPEMean)
	// Output:
	// seasonal naive on 2 days: WAPE 14.2 %, peak off by 15 %
}
