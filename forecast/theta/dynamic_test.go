package theta

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
)

// The recursion of the line against the regression over all points.
func TestTheLineIsTheRegression(t *testing.T) {
	y := oracletest.Column(t, "month", "y")
	d := Dynamic{Alpha: 0.3, Theta: 2}
	var s state
	for i, v := range y {
		s = d.next(s, v)
		if i > 0 && math.Abs(s.slope-slope(y[:i+1])) > 1e-9 {
			t.Fatalf("slope after %d points is %v, the regression's %v", i+1, s.slope, slope(y[:i+1]))
		}
	}
}

// With θ = 1 the line counts nothing: simple smoothing, whose variance is known.
func TestThetaOfOneIsSmoothing(t *testing.T) {
	d := Dynamic{Alpha: 0.3, Theta: 1, Sigma2: 2, points: 50, state: state{t: 50, level: 7, left: math.Pow(0.7, 50), mean: 5, slope: 1}}
	mean, variance := d.Forecast(10)
	for h := range mean {
		if want := 2 * (1 + 0.09*float64(h)); math.Abs(mean[h]-7) > 1e-12 || math.Abs(variance[h]-want) > 1e-12 {
			t.Errorf("step %d: %v with variance %v, want 7 with %v", h+1, mean[h], variance[h], want)
		}
	}
}

// The variance of the dynamic model against simulated futures.
func TestVarianceAgainstSimulation(t *testing.T) {
	d, err := FitDynamic(oracletest.Column(t, "none", "y"), 1)
	if err != nil {
		t.Fatal(err)
	}
	const h, paths = 10, 40_000
	mean, variance := d.Forecast(h)
	rng := rand.New(rand.NewPCG(5, 6))
	var squares [h]float64
	for range paths {
		s := d.state
		for i := range h {
			y := d.expected(s) + math.Sqrt(d.Sigma2)*rng.NormFloat64()
			squares[i] += (y - mean[i]) * (y - mean[i])
			s = d.next(s, y)
		}
	}
	for i := range h {
		if ratio := squares[i] / paths / variance[i]; math.Abs(ratio-1) > 0.04 {
			t.Errorf("variance %d: the simulated one is %.4f of it", i+1, ratio)
		}
	}
}

// On a straight line with noise the dynamic model finds the line, which half its
// slope does not.
func TestDynamicFollowsALine(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	y := make([]float64, 80)
	for i := range y {
		y[i] = 100 + 3*float64(i) + rng.NormFloat64()
	}
	d, err := FitDynamic(y, 1)
	if err != nil {
		t.Fatal(err)
	}
	mean, _ := d.Forecast(20)
	if want := 100 + 3*99.0; math.Abs(mean[19]-want) > 25 {
		t.Errorf("20 steps ahead %v, want about %v (%+v)", mean[19], want, d)
	}
}

// Squares of these fall out of float64.
func TestTinyValues(t *testing.T) {
	d, err := FitDynamic([]float64{1e-162, 1e-162, 0, 0, 0}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if mean, variance := d.Forecast(1); !(math.Abs(mean[0]) < 1e-160) || !(variance[0] < 1e-160) {
		t.Errorf("got %v with variance %v, want about 0", mean, variance)
	}
}

func BenchmarkFitDynamic(b *testing.B) {
	y := oracletest.Column(b, "week", "y")
	for b.Loop() {
		if _, err := FitDynamic(y, 7); err != nil {
			b.Fatal(err)
		}
	}
}
