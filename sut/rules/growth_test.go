package rules

import (
	"testing"

	"pgregory.net/rapid"
)

// A power cut off below cannot tell 100.5 from a little less; 1.005 x 100 fen are 101 all the same.
func TestAHalfFenOfInterestIsRoundedUp(t *testing.T) {
	g := newGrowth(60_000)
	for _, c := range []struct {
		account int64
		n       int
		want    int64
	}{{100, 1, 101}, {300, 1, 302}, {20_000, 2, 20_201}, {99, 1, 99}, {100, 0, 100}, {0, 1200, 0}} {
		if got := g.project(c.account, c.n); got != c.want {
			t.Errorf("%d after %d months at 6 %%: %d, want %d", c.account, c.n, got, c.want)
		}
	}
}

func TestTheTableOfPowersAgreesWithFractions(t *testing.T) {
	rates := map[int64]growth{}
	for _, yearly := range []int64{0, 1, 26_200, 60_000, maxInterest} {
		rates[yearly] = newGrowth(yearly)
	}
	rapid.Check(t, func(t *rapid.T) {
		g := rates[rapid.SampledFrom([]int64{0, 1, 26_200, 60_000, maxInterest}).Draw(t, "yearly")]
		account := rapid.Int64Range(0, maxMoney).Draw(t, "account")
		n := rapid.IntRange(0, maxGrowth-1).Draw(t, "months")
		if got, want := g.project(account, n), g.exact(account, n); got != want {
			t.Errorf("%d after %d months at %d ppm: %d, exactly %d", account, n, g.yearly, got, want)
		}
	})
}
