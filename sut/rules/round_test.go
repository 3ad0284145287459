package rules

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestHalvesAreRoundedUp(t *testing.T) {
	for _, c := range []struct{ a, b, d, want int64 }{
		{0, 1, 3, 0}, {1, 1, 2, 1}, {1, 1, 3, 0}, {2, 1, 3, 1}, {3, 1, 2, 2}, {5, 1, 2, 3}, {4587, 60, 100, 2752}, {4_999_999, 1, 10_000_000, 0},
		{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64}, {math.MaxInt64, 1, 1, math.MaxInt64}, {1, 1, math.MaxInt64, 0},
	} {
		if got := Round(c.a, c.b, c.d); got != c.want {
			t.Errorf("Round(%d x %d / %d) = %d, want %d", c.a, c.b, c.d, got, c.want)
		}
	}
}

// The standard library's fractions round half away from zero, which is half up for what is not negative.
func TestRoundingAgreesWithFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(0, math.MaxInt64).Draw(t, "a")
		b := rapid.Int64Range(0, math.MaxInt64).Draw(t, "b")
		d := rapid.Int64Range(max(1, b/2), math.MaxInt64).Draw(t, "d")
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(d))
		want, _ := new(big.Int).SetString(exact.FloatString(0), 10)
		defer func() {
			if r := recover(); r != nil && want.IsInt64() {
				t.Errorf("Round(%d x %d / %d) panics, want %s", a, b, d, want)
			}
		}()
		if got := Round(a, b, d); !want.IsInt64() || got != want.Int64() {
			t.Errorf("Round(%d x %d / %d) = %d, want %s", a, b, d, got, want)
		}
	})
}
