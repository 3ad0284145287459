package ensemble

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func options(tier Tier) Options {
	return Options{Horizon: 48, Seasons: []int{24, 168}, Levels: []float64{0.025, 0.5, 0.975}, Tier: tier}
}

// weekly is a made series of counts with a day, a weekend and noise that remembers.
func weekly(n int, seed uint64) []float64 {
	rng := rand.New(rand.NewPCG(seed, 1))
	y := make([]float64, n)
	left := 0.0
	for t := range y {
		left = 0.8*left + rng.NormFloat64()
		y[t] = 100 + 60*math.Sin(2*math.Pi*float64(t)/24) + 5*left
		if t/24%7 >= 5 {
			y[t] *= 0.6
		}
		y[t] = max(0, math.Round(y[t]))
	}
	return y
}

func TestForecastKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 500).Draw(t, "n")
		y := weekly(n, rapid.Uint64().Draw(t, "seed"))
		for range rapid.IntRange(0, 5).Draw(t, "oddities") {
			odd := rapid.SampledFrom([]float64{0, math.NaN(), 1e300, 1e-300}).Draw(t, "odd")
			y[rapid.IntRange(0, n-1).Draw(t, "at")] = odd
		}
		if !slices.ContainsFunc(y, isNumber) {
			y[0] = 1
		}
		o := options(Fast())
		o.Seasons = rapid.SampledFrom([][]int{nil, {24}, {7}, {24, 168}, {1000}}).Draw(t, "seasons")
		o.Horizon = rapid.IntRange(1, 60).Draw(t, "horizon")
		o.Levels = []float64{0.025, 0.5, 0.9, 0.95, 0.99}
		f, err := New(y, o)
		if err != nil {
			t.Fatal(err)
		}
		below := make([]float64, o.Horizon)
		for _, path := range f.Quantiles {
			for i, v := range path {
				if !(v >= below[i]) || math.IsInf(v, 0) {
					t.Fatalf("step %d: %v after %v: want quantiles that rise from 0", i+1, v, below[i])
				}
			}
			below = path
		}
		if q := f.Maximum.Quantiles; !(q[0] >= 0) || !slices.IsSorted(q) || math.IsInf(q[len(q)-1], 0) || f.Maximum.Step < 1 || f.Maximum.Step > o.Horizon {
			t.Fatalf("maximum %+v", f.Maximum)
		}
		for i, p := range f.Maximum.Levels {
			if path := slices.Max(f.Quantiles[slices.Index(o.Levels, p)]); f.Maximum.Quantiles[i] < path {
				t.Fatalf("the %v path goes up to %v, that quantile of the maximum is %v", p, path, f.Maximum.Quantiles[i])
			}
		}
	})
}

func TestComponentsAddUpToThePointExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := weekly(rapid.IntRange(1, 500).Draw(t, "n"), rapid.Uint64().Draw(t, "seed"))
		scale := rapid.Float64Range(1e-9, 1e9).Draw(t, "scale")
		for i := range y {
			y[i] *= scale
		}
		y[rapid.IntRange(0, len(y)-1).Draw(t, "at")] *= rapid.SampledFrom([]float64{0, 1, 1000}).Draw(t, "spike")
		f, err := New(y, options(Fast()))
		if err != nil {
			t.Fatal(err)
		}
		parts, err := f.Components(y, []int{24, 168})
		if err != nil {
			t.Fatal(err)
		}
		for h, want := range f.Point {
			sum := 0.0
			for _, part := range parts {
				sum += part.Values[h]
			}
			if sum != want {
				t.Fatalf("step %d: components add up to %v, the point is %v", h+1, sum, want)
			}
		}
	})
}

// Not by a power of two, which New takes out of all values before it begins.
func TestScalingTheSeriesScalesTheForecast(t *testing.T) {
	y := weekly(700, 7)
	f, err := New(y, options(Standard()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range y {
		y[i] *= 1000
	}
	g, err := New(y, options(Standard()))
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range append([][]float64{f.Point, f.Maximum.Quantiles}, f.Quantiles...) {
		got := append([][]float64{g.Point, g.Maximum.Quantiles}, g.Quantiles...)[l]
		for i := range want {
			if math.Abs(got[i]-1000*want[i]) > 1e-6*got[i] {
				t.Fatalf("path %d, step %d: %v and %v", l, i+1, got[i], want[i])
			}
		}
	}
}

func TestTheOutermostQuantilesAreNumbers(t *testing.T) {
	for _, y := range [][]float64{make([]float64, 300), slices.Repeat([]float64{7}, 300), weekly(300, 1), {3}} {
		f, err := New(y, Options{Horizon: 3, Seasons: []int{24}, Levels: []float64{edge, 0.5, 1 - edge}, Tier: Fast()})
		if err != nil {
			t.Fatal(err)
		}
		for l, path := range f.Quantiles {
			for h, v := range path {
				if math.IsNaN(v) || math.IsInf(v, 0) || l > 0 && v < f.Quantiles[l-1][h] {
					t.Errorf("a series that ends in %v: quantile %v of step %d is %v", y[len(y)-1], f.Levels[l], h+1, v)
				}
			}
		}
	}
}

func TestPoorSeriesAreForecastSimplyAndWarnedOf(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   string
	}{
		{"one point", []float64{7}, "all values are 7"},
		{"all zero", make([]float64, 400), "all values are 0"},
		{"half a day", weekly(12, 1), "fewer than two of the shortest season"},
		{"four days", weekly(96, 1), "fewer than two of the longest season"},
		{"a little more than two days", weekly(100, 1), "2 past forecasts to learn from"},
	} {
		f, err := New(c.values, options(Fast()))
		if err != nil || !strings.Contains(strings.Join(f.Warnings, "\n"), c.want) {
			t.Errorf("%s: %v, %q, want a warning with %q", c.name, err, f.Warnings, c.want)
		}
		for _, v := range f.Point {
			if top := slices.Max(c.values); !(v >= 0 && v <= most*top) {
				t.Errorf("%s: forecast %v of a series up to %v", c.name, v, top)
				break
			}
		}
	}
}

// Hours that are never counted are not hours without errors, and neither are weeks
// of which nothing was counted.
func TestWhatNobodySawIsNotSure(t *testing.T) {
	nights, lately := weekly(29*24, 3), weekly(29*24, 3)
	for i := range nights {
		if i%24 < 8 {
			nights[i] = math.NaN()
		}
		if i >= 14*24 { // all that is rehearsed
			lately[i] = math.NaN()
		}
	}
	f, err := New(nights, options(Fast()))
	if err != nil {
		t.Fatal(err)
	}
	width := func(h int) float64 { return f.Quantiles[2][h] - f.Quantiles[0][h] }
	if width(3) < 0.2*width(16) {
		t.Errorf("the interval of an hour that was never counted is %v wide, that of one that was %v", width(3), width(16))
	}
	if f, err = New(lately, options(Fast())); err != nil {
		t.Fatal(err)
	}
	if !(width(16) > 0) || len(f.Past) > 0 || !strings.Contains(strings.Join(f.Warnings, "\n"), "too few observed to rehearse") {
		t.Errorf("after two weeks without a count: %v wide, %d rehearsals, warnings %q", width(16), len(f.Past), f.Warnings)
	}
}

// Where nothing of the last weeks was observed there are no past errors, which is
// not to have been right.
func TestNothingObservedOfLateIsNotCertain(t *testing.T) {
	y := weekly(900, 5)
	for i := 450; i < len(y); i++ {
		y[i] = math.NaN()
	}
	f, err := New(y, options(Fast()))
	if err != nil {
		t.Fatal(err)
	}
	if f.Quantiles[2][12] < 1.01*f.Point[12] || f.Maximum.Quantiles[2] < 1.01*slices.Max(f.Point) || !strings.Contains(strings.Join(f.Warnings, "\n"), "too few observed to rehearse") {
		t.Errorf("from %v up to %v, maximum up to %v, warnings %q", f.Point[12], f.Quantiles[2][12], f.Maximum.Quantiles[2], f.Warnings)
	}
}

func BenchmarkNew(b *testing.B) {
	y := weekly(960, 4)
	for _, tier := range []Tier{Fast(), Standard()} {
		b.Run(tier.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := New(y, options(tier)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
