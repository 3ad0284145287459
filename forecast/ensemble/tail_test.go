package ensemble

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// A rehearsal that ends with a large error and the next that begins with one were off
// twice: the tail is the same as if they had been so at midday.
func TestTailPartsRehearsals(t *testing.T) {
	f := Forecast{Point: slices.Repeat([]float64{1}, 24)}
	usual := slices.Repeat([]float64{0.1}, 24)
	quantile := func(first, last int) float64 {
		var errors [][]float64
		for k := range 14 {
			by := make([]float64, 24)
			by[first], by[last] = 1+float64(k*k%5), 2+float64(k*k%7)
			errors = append(errors, by)
		}
		x, ok := f.tail(0.99, usual, errors)
		if !ok {
			t.Fatal("no tail")
		}
		return x
	}
	if ends, midday := quantile(0, 23), quantile(10, 12); ends != midday {
		t.Errorf("the 0.99 quantile is %v with errors at both ends, %v with them at midday", ends, midday)
	}
}

// Of errors whose law is known the quantile of the largest of 48 is known too,
// F⁻¹(p^(1/48)). Tails that are too short fail, and tails that are too long.
func TestTailOfTheMaximumFollowsTheErrors(t *testing.T) {
	const rehearsals, horizon, point, size, p = 14, 48, 1000.0, 20.0, 0.99
	src := rand.NewPCG(3, 4)
	for _, c := range []struct {
		name       string
		law        interface{ Quantile(p float64) float64 }
		draw       func() float64
		from, upto float64 // of the true distance from the point
	}{
		{"errors that end", distuv.Uniform{Min: -1, Max: 1}, distuv.Uniform{Min: -1, Max: 1, Src: src}.Rand, 0.9, 1.1},
		{"normal errors", distuv.UnitNormal, distuv.Normal{Sigma: 1, Src: src}.Rand, 0.8, 1.2},
		{"errors with an exponential tail", distuv.Laplace{Scale: 1}, distuv.Laplace{Scale: 1, Src: src}.Rand, 0.8, 1.2},
		{"errors with a tail like a power", distuv.StudentsT{Sigma: 1, Nu: 3}, distuv.StudentsT{Sigma: 1, Nu: 3, Src: src}.Rand, 0.6, 1.4},
	} {
		var found []float64
		for range 200 {
			f := Forecast{Point: slices.Repeat([]float64{point}, horizon)}
			errors := make([][]float64, rehearsals)
			for i := range errors {
				for range horizon {
					errors[i] = append(errors[i], c.draw())
				}
			}
			x, ok := f.tail(p, slices.Repeat([]float64{size}, horizon), errors)
			if !ok {
				t.Fatalf("%s: no tail", c.name)
			}
			found = append(found, x)
		}
		slices.Sort(found)
		got := (found[len(found)/2] - point) / (size * c.law.Quantile(math.Pow(p, 1./horizon)))
		t.Logf("%s: %.3f of the true distance in the middle", c.name, got)
		if got < c.from || got > c.upto {
			t.Errorf("%s: the quantile is %.3f of the true distance from the point, want %g to %g", c.name, got, c.from, c.upto)
		}
	}
}
