package ensemble

import (
	"math"
	"testing"
)

// By hand, with a mean forecast of 1: 0.95 and the least of 0.05 are 1, and 32 times of
// any of the three is twice the error.
func TestWhatErrorsAreComparedBy(t *testing.T) {
	f := Forecast{Point: []float64{0.5, 1.5}}
	expected := f.expected()
	for _, c := range []struct {
		name           string
		h              int
		height, spread float64
		want           float64
	}{
		{"the next step", 0, 0.95, 0.95, 1},
		{"far ahead", 31, 0.95, 0.95, 2},
		{"a high step", 0, 31.95, 0.95, 2},
		{"a step that members are far apart about", 0, 0.95, 31.95, 2},
	} {
		if got := expected(c.h, c.height, c.spread); math.Abs(got-c.want) > 1e-8 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
