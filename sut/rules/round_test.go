package rules

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestHalvesAreRoundedUp(t *testing.T) {
	for _, c := range []struct{ n, d, want int64 }{
		{0, 3, 0}, {1, 2, 1}, {1, 3, 0}, {2, 3, 1}, {3, 2, 2}, {5, 2, 3}, {4587_60, 100, 4588}, {4_999_999, 10_000_000, 0},
	} {
		if got := Round(big.NewInt(c.n), big.NewInt(c.d)); got != c.want {
			t.Errorf("Round(%d/%d) = %d, want %d", c.n, c.d, got, c.want)
		}
	}
}

// Half up is the whole number q with -d < 2(n - qd) <= d turned round: n lies in [qd - d/2, qd + d/2).
func TestARoundedNumberIsWithinHalfOfTheExactOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1<<40).Draw(t, "n")
		d := rapid.Int64Range(1, 1<<20).Draw(t, "d")
		q := Round(big.NewInt(n), big.NewInt(d))
		if off := 2 * (n - q*d); off < -d || off >= d {
			t.Errorf("Round(%d/%d) = %d is off by %d/%d halves", n, d, q, off, d)
		}
	})
}
