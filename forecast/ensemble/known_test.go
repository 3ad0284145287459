package ensemble

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRefusesWhatIsNoCount(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   string
	}{
		{"nothing", nil, "none observed"},
		{"only holes", []float64{math.NaN(), math.NaN()}, "none observed"},
		{"a negative value", []float64{1, -3}, "value 2 of 2 is -3"},
		{"infinity", []float64{math.Inf(1)}, "is +Inf"},
		{"more than quantiles can be made of", []float64{1, 1e301}, "value 2 of 2 is 1e+301: want a count from 0 to 1e+300"},
	} {
		if _, err := New(c.values, options(Fast())); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// By hand: a day of three, a week of six.
func TestHolesAreFilledFromBefore(t *testing.T) {
	nan := math.NaN()
	y := []float64{1, nan, 3, 4, nan, 6, nan, 8, nan, 10, 11, nan}
	fill(y, []int{3, 6})
	if want := []float64{1, 1, 3, 4, 4, 6, 1, 8, 3, 10, 11, 6}; !slices.Equal(y, want) {
		t.Errorf("got  %v\nwant %v", y, want)
	}
}

func TestFillingNeverLooksAhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := weekly(rapid.IntRange(1, 300).Draw(t, "n"), rapid.Uint64().Draw(t, "seed"))
		for _, at := range rapid.SliceOf(rapid.IntRange(0, len(y)-1)).Draw(t, "holes") {
			if at > 0 {
				y[at] = math.NaN()
			}
		}
		until := rapid.IntRange(1, len(y)).Draw(t, "until")
		part := slices.Clone(y[:until])
		fill(y, []int{7, 24})
		if fill(part, []int{7, 24}); !slices.Equal(part, y[:until]) {
			t.Fatalf("the first %d values are filled otherwise when the rest is known", until)
		}
	})
}
