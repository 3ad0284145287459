package gpd

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
)

// evd's fpot(cmax = TRUE): runs and the likelihood without penalty.
func TestFitAgreesWithR(t *testing.T) {
	y := oracletest.Column(t, "series", "y")
	for _, r := range oracletest.Rows(t, "fpot") {
		gap := r.Number("gap")
		u := r.Number("threshold")
		peaks, exceedances := Peaks(y, u, int(gap))
		sum := 0.0
		for k, v := range peaks {
			sum += v
			peaks[k] -= u
		}
		if float64(len(peaks)) != r.Number("clusters") || float64(exceedances) != r.Number("exceedances") || oracletest.Off(sum, r.Number("peaks")) > 1e-9 {
			t.Errorf("gap %v: %d clusters of %d, peaks add up to %v; R: %v of %v, %v", gap, len(peaks), exceedances, sum, r.Number("clusters"), r.Number("exceedances"), r.Number("peaks"))
		}
		d, err := MaximumLikelihood(peaks, Penalty{})
		if err != nil {
			t.Fatal(err)
		}
		if oracletest.Off(d.Scale, r.Number("scale")) > 1e-4 || math.Abs(d.Shape-r.Number("shape")) > 1e-4 || math.Abs(d.LogLik(peaks)-r.Number("loglik")) > 1e-7 {
			t.Errorf("gap %v: %+v with log likelihood %v; R: %v, %v, %v", gap, d, d.LogLik(peaks), r.Number("scale"), r.Number("shape"), r.Number("loglik"))
		}
	}
}

// draw is a sample of a distribution.
func draw(d Distribution, n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		x[i] = d.Quantile(1 - rng.Float64())
	}
	return x
}

// Both methods find what was simulated, within four standard errors: ξ̂ has one of
// about (1+ξ)/√n by likelihood (Smith 1987), of up to 1.6/√n by moments here.
func TestFindsWhatWasSimulated(t *testing.T) {
	const n = 5000
	for _, want := range []Distribution{{2, -0.3}, {1e-6, 0}, {300, 0.1}, {1e9, 0.3}} {
		x := draw(want, n, 11)
		ml, err := MaximumLikelihood(x, Penalty{})
		if err != nil {
			t.Fatal(err)
		}
		pwm, err := WeightedMoments(x)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(ml.Shape-want.Shape) > 4*(1+want.Shape)/math.Sqrt(n) || oracletest.Off(ml.Scale, want.Scale) > 0.08 {
			t.Errorf("likelihood finds %+v, simulated %+v", ml, want)
		}
		if math.Abs(pwm.Shape-want.Shape) > 4*1.6/math.Sqrt(n) || oracletest.Off(pwm.Scale, want.Scale) > 0.1 {
			t.Errorf("moments find %+v, simulated %+v", pwm, want)
		}
	}
}

// Weighted moments by hand: excesses 1…10 have the mean 5.5 and
// a = Σ (1 - (i-0.35)/10)·i/10 = 5.5 - (385-19.25)/100 = 1.8425,
// so β = 2·5.5·1.8425/(5.5-3.685) = 11.166667, ξ = 2 - 5.5/1.815 = -1.030303. Its end,
// 10.838, lies beyond the largest.
func TestWeightedMomentsByHand(t *testing.T) {
	d, err := WeightedMoments([]float64{3, 1, 2, 10, 9, 8, 4, 5, 6, 7})
	if err != nil {
		t.Fatal(err)
	}
	if oracletest.Off(d.Scale, 11.1666666667) > 1e-9 || oracletest.Off(d.Shape, -1.0303030303) > 1e-9 {
		t.Errorf("got %+v", d)
	}
}

// Of 1, eight times 9 and 10 moments find an end at 9.72: it is moved beyond the 10.
func TestWeightedMomentsCutOffNothing(t *testing.T) {
	d, err := WeightedMoments([]float64{1, 9, 9, 9, 9, 9, 9, 9, 9, 10})
	if err != nil {
		t.Fatal(err)
	}
	if end := -d.Scale / d.Shape; !(end > 10 && end < 10.001) {
		t.Errorf("%+v ends at %v, want a little beyond 10", d, end)
	}
}

// The penalty draws few excesses to its mean and gives way to many.
func TestPenaltyGivesWayToData(t *testing.T) {
	found := func(n, samples int) float64 {
		sum := 0.0
		for seed := range uint64(samples) {
			d, err := MaximumLikelihood(draw(Distribution{1, -0.3}, n, seed), Usual())
			if err != nil {
				t.Fatal(err)
			}
			sum += d.Shape / float64(samples)
		}
		return sum
	}
	few, many := found(15, 40), found(5000, 4)
	if few < -0.15 || math.Abs(many+0.3) > 0.03 {
		t.Errorf("a shape of -0.3 is found as %.3f from 15 excesses, want near 0.15; as %.3f from 5,000", few, many)
	}
}
