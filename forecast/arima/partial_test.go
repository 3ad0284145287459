package arima

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Durbin and Levinson there and back.
func TestPartialsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Float64Range(-0.95, 0.95), 0, 5).Draw(t, "partial")
		got, ok := partials(coefficients(want))
		if !ok {
			t.Fatalf("%v is called not stationary", want)
		}
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-6 {
				t.Fatalf("%v comes back as %v", want, got)
			}
		}
	})
	for _, phi := range [][]float64{{1}, {-1.2}, {0.5, 0.5}, {2, -1}} {
		if _, ok := partials(phi); ok {
			t.Errorf("%v is called stationary", phi)
		}
	}
}
