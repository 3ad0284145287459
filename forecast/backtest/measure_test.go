package backtest

import (
	"math"
	"testing"
)

// Everything here was worked out by hand.
func TestMeasuresByHand(t *testing.T) {
	y, f := []float64{10, 0, 30, nan}, []float64{6, 0, 50, 7}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"sMAPE: 200·4/16 = 50, nothing of nothing, 200·20/80 = 50", SMAPE(y, f), 100.0 / 3},
		{"MASE: (4 + 0 + 20)/3 over 4", MASE(y, f, 4), 2},
		{"naive scale over 2: |3-1|, |7-2|, |4-3|", NaiveScale([]float64{1, 2, 3, 7, 4}, 2), 8.0 / 3},
		{"naive scale leaves holes out: |3-1|, |4-3|", NaiveScale([]float64{1, nan, 3, 7, 4}, 2), 1.5},
		{"OWA: half of 8/16 and 3/4", OWA(8, 3, 16, 4), 0.625},
		{"pinball 0.9: 0.9·4, 0, 0.1·20", Pinball(y, f, 0.9), 5.6 / 3},
		{"coverage: 10 in [9,11], 0 in [0,0], 30 above 29", Coverage(y, []float64{9, 0, 20, 0}, []float64{11, 0, 29, 9}), 2.0 / 3},
		{"MSIS 95 %: widths 2, 0 and 9, 40·1 for the miss, over 2", MSIS(y, []float64{9, 0, 20, 0}, []float64{11, 0, 29, 9}, 0.95, 2), 51.0 / 3 / 2},
		{"peak: 30 was to be 33", PeakError(y, 33), 0.1},
		{"peak hour: step 3 of three was to be 2", float64(PeakHourOff(y, 2, 0)), 1},
		{"peak hour round the clock: step 1 and step 24 are one apart", float64(PeakHourOff([]float64{9, 1, 1}, 24, 24)), 1},
		{"peak hour a day later is the same hour", float64(PeakHourOff([]float64{1, 9, 1}, 26, 24)), 0},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	for name, v := range map[string]float64{
		"no values": SMAPE(nil, nil), "no season": NaiveScale([]float64{1, 2}, 2), "no peak": PeakError([]float64{0, 0}, 1),
	} {
		if !math.IsNaN(v) {
			t.Errorf("%s: %v, want NaN", name, v)
		}
	}
}
