package ensemble

import (
	"math"
	"math/rand/v2"
	"testing"
)

// On processes whose noise is known the quantiles must hold about as often as
// they say: fewer is too sure, more is too wide, and both fail. They are a little too
// sure here. Half of their say is what M4's series needed, whose errors have longer
// tails: less in the middle than normal noise, so that 80 % hold for 75 to 77. A σ of
// fourteen days that overlap is itself off, most for a level that wanders, where 95 %
// hold for 92 to 93. Series of which the quantiles say less would be wider than M4 needs.
// The chance of 150 series is about 0.01 for intervals, 0.03 for the bound.
func TestQuantilesHoldOnSimulatedProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("forecasts 450 series, some seconds")
	}
	season := func(h int) float64 { return 1 + 0.5*math.Sin(2*math.Pi*float64(h)/24) }
	for _, c := range []struct {
		name    string
		bounded float64 // share that the 95 % bound of the maximum must hold
		draw    func(rng *rand.Rand, n int) []float64
	}{
		{"a steady day with normal noise", 0.92, func(rng *rand.Rand, n int) []float64 {
			y := make([]float64, n)
			for h := range y {
				y[h] = 1000*season(h) + 50*rng.NormFloat64()
			}
			return y
		}},
		// Its maxima stray more beside their past than those of M4, which chose the bound: 0.84.
		{"counts with noise that remembers", 0.81, func(rng *rand.Rand, n int) []float64 {
			y := make([]float64, n)
			left := 0.0
			for h := range y {
				left = 0.9*left + 0.05*rng.NormFloat64()
				rate := 200 * season(h) * math.Exp(left)
				y[h] = max(0, math.Round(rate+math.Sqrt(rate)*rng.NormFloat64()))
			}
			return y
		}},
		// The same, with a σ of too few days: 0.87.
		{"a level that wanders", 0.84, func(rng *rand.Rand, n int) []float64 {
			y := make([]float64, n)
			level := 1000.0
			for h := range y {
				level *= math.Exp(0.01 * rng.NormFloat64())
				y[h] = level * season(h) * math.Exp(0.02*rng.NormFloat64())
			}
			return y
		}},
	} {
		const series, n, horizon = 150, 600, 48
		rng := rand.New(rand.NewPCG(11, 12))
		inside95, inside80, bounded, headroom := 0.0, 0.0, 0.0, 0.0
		for range series {
			y := c.draw(rng, n+horizon)
			f, err := New(y[:n], Options{Horizon: horizon, Seasons: []int{24, 168}, Levels: []float64{0.025, 0.1, 0.9, 0.975}, Tier: Fast()})
			if err != nil {
				t.Fatal(err)
			}
			top := 0.0
			for h, v := range y[n:] {
				if v >= f.Quantiles[0][h] && v <= f.Quantiles[3][h] {
					inside95++
				}
				if v >= f.Quantiles[1][h] && v <= f.Quantiles[2][h] {
					inside80++
				}
				top = max(top, v)
			}
			if top <= f.Maximum.Quantiles[2] {
				bounded++
			}
			headroom += (f.Maximum.Quantiles[2]/top - 1) / series
		}
		inside95, inside80, bounded = inside95/series/horizon, inside80/series/horizon, bounded/series
		t.Logf("%s: 95 %% interval %.3f, 80 %% interval %.3f, 95 %% bound of the maximum %.3f, %.3f above it", c.name, inside95, inside80, bounded, headroom)
		for _, share := range []struct {
			name          string
			got, from, to float64
		}{
			{"95 % interval", inside95, 0.92, 0.97},
			{"80 % interval", inside80, 0.745, 0.84},
			{"95 % bound of the maximum", bounded, c.bounded, 0.98},
		} {
			if share.got < share.from || share.got > share.to {
				t.Errorf("%s: the %s held %.3f, want %g to %g", c.name, share.name, share.got, share.from, share.to)
			}
		}
		if headroom > 0.15 {
			t.Errorf("%s: the 95 %% bound lies %.3f above the maximum in the mean, want 0.15 at most", c.name, headroom)
		}
	}
}
