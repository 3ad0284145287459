package ensemble_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// told are made hours in which one day in seven or so has a peak that only a flag tells.
func told() series.Series {
	const days = 70
	rng := rand.New(rand.NewPCG(1, 1))
	var y, flag []float64
	for d := range days {
		event := rng.Float64() < 0.15
		for h := range 24 {
			v, f := 1000*(1.2-math.Cos(2*math.Pi*float64(h)/24))*math.Exp(0.05*rng.NormFloat64()), 0.0
			if d%7 > 4 {
				v *= 0.7
			}
			if event && h >= 10 && h < 13 {
				v, f = 2.5*v, 1
			}
			y, flag = append(y, math.Round(v)), append(flag, f)
		}
	}
	return series.Series{Step: time.Hour, Values: y, Seasons: []int{24, 168}, Regressors: []series.Regressor{{Name: "event", Values: flag}}}
}

// The first values of the series are holes: regressors have to be cut as it is.
func TestPeaksThatAFlagTellsAreForecast(t *testing.T) {
	s := told()
	for i := range 30 {
		s.Values[i] = math.NaN()
	}
	judge := func(tier ensemble.Tier) backtest.Score {
		trials, err := backtest.Roll(s, backtest.Plan{Horizon: 48, Stride: 48, Least: 960, Most: 12}, func(known series.Series) (ensemble.Forecast, error) {
			return ensemble.New(known.Values, ensemble.Options{Horizon: 48, Seasons: known.Seasons, Tier: tier, Regressors: known.Regressors})
		})
		if err != nil {
			t.Fatal(err)
		}
		return backtest.Judge(tier.Name, trials, 24)
	}
	blind, informed := judge(ensemble.Fast()), judge(ensemble.Informed())
	t.Logf("MASE %.3f without the flag, %.3f with it; peak off %.3f and %.3f", blind.MASE, informed.MASE, blind.PeakAPEMean, informed.PeakAPEMean)
	if informed.MASE > 0.75*blind.MASE || informed.PeakAPEMean > 0.06 || blind.PeakAPEMean < 0.12 {
		t.Errorf("MASE %v and peak off %v with the flag, %v and %v without: want a quarter less, and a peak as sure as the noise",
			informed.MASE, informed.PeakAPEMean, blind.MASE, blind.PeakAPEMean)
	}
}
