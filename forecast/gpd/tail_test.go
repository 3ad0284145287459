package gpd

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
	"pgregory.net/rapid"
)

// The level for the largest of 48 points, learnt from 3,000 independent points, holds
// in as many windows as it says.
func TestMaxHoldsAsOftenAsItSays(t *testing.T) {
	if testing.Short() {
		t.Skip("fits 150 tails")
	}
	const histories, windows = 150, 80
	held := 0
	for seed := range uint64(histories) {
		rng := rand.New(rand.NewPCG(seed, 2))
		y := make([]float64, 3000)
		for i := range y {
			y[i] = rng.ExpFloat64()
		}
		tail, err := Fit(y, Options{})
		if err != nil {
			t.Fatal(err)
		}
		level, ok := tail.Max(0.95, 48)
		if !ok {
			t.Fatalf("%+v knows nothing of the 95 %% quantile of 48 points", tail)
		}
		for range windows {
			largest := 0.0
			for range 48 {
				largest = max(largest, rng.ExpFloat64())
			}
			if largest <= level {
				held++
			}
		}
	}
	if share := float64(held) / (histories * windows); share < 0.935 || share > 0.965 {
		t.Errorf("the 95 %% level held in %.1f %% of windows", 100*share)
	}
}

func TestClusters(t *testing.T) {
	nan := math.NaN()
	y := []float64{0, 5, 1, 6, 0, 0, 7, nan, nan, 8, 9}
	for _, c := range []struct {
		name string
		gap  int
		want []float64
	}{
		{"each run is one", 1, []float64{5, 6, 7, 9}},
		{"one point between does not part them", 2, []float64{6, 7, 9}},
		{"two do not either", 3, []float64{9}},
	} {
		if got, n := Peaks(y, 4, c.gap); !slices.Equal(got, c.want) || n != 5 {
			t.Errorf("%s: got %v of %d, want %v of 5", c.name, got, n, c.want)
		}
	}
}

// By hand, of 20 clusters in 1,000 points over 7, excesses (1 - x/10)² up to the end at
// 10: once in 200 points is a quarter of the clusters, beyond 5; in 18 points 0.36 come,
// and none goes beyond 5 with e^-0.09. How many
// points exceeded says nothing, and what is more often than clusters lies under the threshold.
func TestTailByHand(t *testing.T) {
	d := Distribution{Scale: 5, Shape: -0.5}
	tail := Tail{Distribution: d, Threshold: 7, Points: 1000, Exceedances: 90, Clusters: 20}
	level, ok := tail.Max(math.Exp(-0.09), 18)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"over 5 lies a quarter", d.Over(5), 0.25},
		{"over the end nothing", d.Over(10), 0},
		{"nor beyond it", d.Over(11), 0},
		{"once in 200 points", tail.Return(200), 12},
		{"once in 10", tail.Return(10), 7},
		{"the largest of 18", level, 12},
		{"the rate over the threshold", tail.Rate(7), 0.02},
	} {
		if !(math.Abs(c.got-c.want) <= 1e-9) { // nor NaN
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
	if low, known := tail.Max(0.3, 18); !ok || known || low != 7 {
		t.Errorf("%v, %v: want nothing known under the threshold but the threshold, 7", low, known)
	}
}

func TestScalingThePointsScalesTheTail(t *testing.T) {
	y := oracletest.Column(t, "series", "y")
	large := slices.Clone(y)
	for i := range large {
		large[i] *= 1024
	}
	for _, o := range []Options{{Gap: 6}, {Gap: 6, Moments: true}} {
		a, err := Fit(y, o)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Fit(large, o)
		if err != nil {
			t.Fatal(err)
		}
		if oracletest.Off(b.Return(1e5), 1024*a.Return(1e5)) > 1e-6 {
			t.Errorf("%+v: %v and %v", o, a.Return(1e5), b.Return(1e5))
		}
	}
}

func TestRefusals(t *testing.T) {
	series := draw(Distribution{1, 0}, 300, 1)
	huge := slices.Clone(series)
	huge[2] = 1e300
	for _, c := range []struct {
		name string
		y    []float64
		o    Options
		want string
	}{
		{"empty", nil, Options{}, "no point of 0"},
		{"all missing", []float64{math.NaN(), math.NaN()}, Options{}, "no point of 2"},
		{"one point", []float64{3}, Options{}, "0 clusters over 3 in 1 points: want 10"},
		{"constant", slices.Repeat([]float64{5}, 500), Options{}, "0 clusters over 5"},
		{"all zero", make([]float64, 500), Options{}, "0 clusters over 0"},
		{"too few", series[:100], Options{}, "5 clusters"},
		{"one level and its double", append(make([]float64, 400), slices.Repeat([]float64{0, 1, 0}, 30)...), Options{Threshold: 0.9}, "all 30 excesses are about 1"},
		{"a value of 1e300", huge, Options{}, "point 2 is 1e+300"},
		{"infinity", []float64{1, math.Inf(1)}, Options{}, "point 1 is +Inf"},
		{"a low threshold", series, Options{Threshold: 0.2}, "threshold at 0.2"},
		{"a negative gap", series, Options{Gap: -1}, "gap -1"},
		{"a negative deviation", series, Options{Penalty: Penalty{0, -1}}, "want a deviation of 0 or more"},
	} {
		if _, err := Fit(c.y, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
	if _, err := MaximumLikelihood([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, -1}, Usual()); err == nil || !strings.Contains(err.Error(), "excess 9 is -1") {
		t.Errorf("a negative excess: got %v", err)
	}
}

func TestNeverNaN(t *testing.T) {
	kinds := []*rapid.Generator[float64]{
		rapid.Float64(), rapid.Float64Range(-1e99, 1e99), rapid.Float64Range(0, 1e-300),
		rapid.SampledFrom([]float64{0, 1, 2, 1e90, math.NaN()}),
	}
	rapid.Check(t, func(t *rapid.T) {
		y := rapid.SliceOfN(rapid.SampledFrom(kinds).Draw(t, "kind"), 20, 200).Draw(t, "y")
		tail, err := Fit(y, Options{Threshold: 0.6, Moments: rapid.Bool().Draw(t, "moments")})
		if err != nil {
			return
		}
		level, _ := tail.Max(0.99, 100)
		for _, v := range []float64{level, tail.Return(1e4), tail.Distribution.Scale, tail.Distribution.Shape} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%v: %+v, level %v", y, tail, level)
			}
		}
	})
}

func BenchmarkFit(b *testing.B) {
	y := draw(Distribution{1, 0.1}, 960, 3)
	for name, o := range map[string]Options{"likelihood": {}, "moments": {Moments: true}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Fit(y, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
