package ensemble

import (
	"math"
	"testing"
)

// Fourteen times the highest value was a tenth above the highest point: half of
// that is expected again, and half is how far off it was.
func TestMaximumByHand(t *testing.T) {
	half := math.Log(1.1) / 2
	bound := 100 * math.Exp(half+NeededByMaximum(0.95)*math.Pow(half, 5./6))
	for _, c := range []struct {
		name  string
		usual float64 // error of the highest step
		want  float64
	}{
		{"above what the highest step may be", 0, bound},
		{"never below it", 40, 100 + 40*math.Sqrt(Needed(0.9))},
	} {
		f := Forecast{Point: []float64{100, 80}}
		for range mostOrigins {
			f.Past = append(f.Past, Rehearsal{Path: []float64{100, 80}, Actual: []float64{90, 110}})
		}
		f.maximum([]float64{c.usual, 0}, nil, nil)
		if got := f.Maximum.Quantiles[2]; math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if got, want := f.Maximum.Off(bound, 100), NeededByMaximum(0.95); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: the bound is %v off, want %v", c.name, got, want)
		}
	}
}

// What strays little is believed less than what strays much.
func TestWildMaximaAreBelieved(t *testing.T) {
	off := func(stray float64) float64 {
		f := Forecast{Point: []float64{100}}
		for k := range mostOrigins {
			came := 100 * math.Exp(stray)
			if k%2 == 1 {
				came = 100 * math.Exp(-stray)
			}
			f.Past = append(f.Past, Rehearsal{Path: []float64{100}, Actual: []float64{came}})
		}
		f.maximum([]float64{0}, nil, nil)
		return math.Log(f.Maximum.Quantiles[2] / 100)
	}
	for _, c := range []struct{ stray, s float64 }{{0.05, math.Pow(0.05, 5./6)}, {0.5, 0.85}, {1, 1.85}} {
		if got, want := off(c.stray), c.s*NeededByMaximum(0.95); math.Abs(got-want) > 1e-9 {
			t.Errorf("maxima that stray by %v: the bound lies %v above the point, want %v", c.stray, got, want)
		}
	}
}
