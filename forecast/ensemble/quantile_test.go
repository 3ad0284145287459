package ensemble

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestMaximumQuantileByHand(t *testing.T) {
	m := Maximum{Levels: []float64{0.5, 0.9}, Quantiles: []float64{100, 500}}
	for _, c := range []struct {
		name    string
		p, want float64
	}{
		{"a level is its quantile", 0.9, 500},
		{"-ln(1-p) is ln 2 and ln 10; half way in logs is a root of five above", 1 - 1/math.Sqrt(20), 100 * math.Sqrt(5)},
		{"beyond, a fifth of the rest is five times as much again", 0.98, 2500},
	} {
		if got := m.Quantile(c.p); math.Abs(got/c.want-1) > 1e-12 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := (Maximum{Levels: m.Levels, Quantiles: []float64{0, 0}}).Quantile(0.99); got != 0 {
		t.Errorf("of nothing: %v, want 0", got)
	}
}

func TestMaximumQuantilesRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := New(weekly(rapid.IntRange(1, 400).Draw(t, "n"), rapid.Uint64().Draw(t, "seed")), options(Fast()))
		if err != nil {
			t.Fatal(err)
		}
		last := 0.0
		for k := range 999 {
			p := float64(k+1) / 1000
			v := f.Maximum.Quantile(p)
			if !(v >= last*(1-1e-12)) || math.IsInf(v, 0) {
				t.Fatalf("%v at %v after %v", v, p, last)
			}
			last = v
		}
		for i, p := range f.Maximum.Levels {
			if got, want := f.Maximum.Quantile(p), f.Maximum.Quantiles[i]; math.Abs(got-want) > 1e-9*want {
				t.Fatalf("at %v %v, want %v", p, got, want)
			}
		}
	})
}
