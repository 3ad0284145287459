package selftest

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		name    string
		samples []float64
		want    float64
	}{
		{"samples in the middles of n equal parts are 1/2n away", []float64{0.375, 0.125, 0.875, 0.625}, 0.125},
		{"all at the start are a whole away", []float64{0, 0, 0}, 1},
		{"all at the end, too", []float64{1, 1}, 1},
		{"the largest of ten at 0.64 leaves 0.36 without samples", []float64{0.61, 0.29, 0.06, 0.59, 0.01, 0.01, 0.51, 0.44, 0.39, 0.64}, 0.36},
	} {
		if got := distance(test.samples); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// Published: Massey, The Kolmogorov-Smirnov test for goodness of fit (JASA 46, 1951), table 1, level 0.01.
func TestCriticalValuesArePublishedOnes(t *testing.T) {
	for n, want := range map[int]float64{10: 0.490, 20: 0.356, 35: 0.27, 1000: 1.63 / math.Sqrt(1000)} {
		if got := critical(n); math.Abs(got-want) > 0.006 {
			t.Errorf("n = %d: %.4f, want %.3f", n, got, want)
		}
	}
}

func TestEvenSamplesExceedTheCriticalValueOneTimeInAHundred(t *testing.T) {
	r, exceeded := rand.New(rand.NewPCG(3, 1)), 0
	const trials = 4000
	for range trials {
		samples := make([]float64, 200)
		for i := range samples {
			samples[i] = r.Float64()
		}
		if distance(samples) > critical(len(samples)) {
			exceeded++
		}
	}
	if exceeded < 20 || exceeded > 60 { // 40 ± 3 standard deviations
		t.Errorf("%d of %d, want about 40", exceeded, trials)
	}
}
