package ets

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Means and variances against 100,000 simulated futures, with errors large enough
// that an approximation would show.
func TestMomentsAgainstSimulation(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates 1.4 million futures")
	}
	for name, f := range forms {
		t.Run(name, func(t *testing.T) {
			m := Model{Form: f, Period: 3, Params: Params{Alpha: 0.4, Beta: 0.2, Gamma: 0.3, Phi: 0.9}, Sigma2: 0.01,
				level: 10, slope: 0.5, season: []float64{1.2, 0.7, 1.1}}
			const h, paths = 8, 100_000
			mean, variance := m.Forecast(h)
			rng := rand.New(rand.NewPCG(1, 2))
			var sum, squares [h]float64
			for range paths {
				for i, v := range future(m, h, rng) {
					sum[i] += v - mean[i]
					squares[i] += (v - mean[i]) * (v - mean[i])
				}
			}
			for i := range h {
				sd := math.Sqrt(variance[i])
				if off := math.Abs(sum[i]/paths) / sd; off > 5/math.Sqrt(paths) {
					t.Errorf("mean %d is off by %.4f deviations", i, off)
				}
				if ratio := squares[i] / paths / variance[i]; math.Abs(ratio-1) > 0.03 {
					t.Errorf("variance %d: the simulated one is %.4f of it", i, ratio)
				}
			}
		})
	}
}

// future draws by the equations of the package, in the order of doc.go.
func future(m Model, h int, rng *rand.Rand) []float64 {
	p, l, b, s := m.Params, m.level, m.slope, slices.Clone(m.season)
	phi := map[Component]float64{None: 0, Additive: 1, Damped: p.Phi}[m.Form.Trend]
	y := make([]float64, h)
	for t := range y {
		q, season := l+phi*b, s[t%m.Period]
		expected := map[Component]float64{None: q, Additive: q + season, Multiplicative: q * season}[m.Form.Season]
		e := math.Sqrt(m.Sigma2) * rng.NormFloat64()
		if m.Form.Error == Multiplicative {
			e *= expected
		}
		y[t] = expected + e
		switch m.Form.Season {
		case Additive:
			s[t%m.Period] += p.Gamma * e
		case Multiplicative:
			s[t%m.Period] += p.Gamma * e / q
			e /= season
		}
		l = q + p.Alpha*e
		b = phi * b
		if m.Form.Trend != None {
			b += p.Beta * e
		}
	}
	return y
}

// One point a billion times the others: relative errors whose square squared leaves
// float64 within 20 steps.
func TestVarianceBeyondFloatIsInfinite(t *testing.T) {
	y := []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 1, 2.8e9}
	m, err := Fit(y, forms["MNM"], 2)
	if err != nil {
		t.Fatal(err)
	}
	mean, variance := m.Forecast(60)
	if math.IsNaN(mean[59]) || !math.IsInf(variance[59], 1) {
		t.Errorf("after 60 steps %v with variance %v, want a number and +Inf", mean[59], variance[59])
	}
}
