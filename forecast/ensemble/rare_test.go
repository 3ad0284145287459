package ensemble

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// A peak of nothing, and one of many times what ever came, are told.
func TestMaximaThatNobodyShouldTrustAreWarnedOf(t *testing.T) {
	once, wild := make([]float64, 400), make([]float64, 400)
	once[10] = 50
	for i := range wild {
		wild[i] = math.Exp(8 * math.Sin(float64(i*i)))
	}
	for want, y := range map[string][]float64{
		"nothing is expected in any step: the quantiles are those of all that came, and of the maximum in windows of 24 steps (16 in the history), whatever the hour": once, "times the largest value known: it is extrapolated": wild,
	} {
		if f := forecastBy(t, y, []int{24}, 24, parrots(4, always(1))); !strings.Contains(strings.Join(f.Warnings, "\n"), want) {
			t.Errorf("maximum %v, warnings %q, want one with %q", f.Maximum.Quantiles, f.Warnings, want)
		}
	}
}

// Of 16 windows one brings 50: by hand 0 in nine of ten and 50 at the 0.99 quantile, near enough.
func TestWhatComesNowAndThenHasItsQuantiles(t *testing.T) {
	once := make([]float64, 16*24)
	once[10] = 50
	f, err := New(once, Options{Horizon: 24, Levels: []float64{0.5, 0.999}, Tier: Fast()})
	if err != nil {
		t.Fatal(err)
	}
	// Type 7 of 15 zeros and 50 is 0 up to 14/15, and rises to 50 at 1.
	want := []float64{0, 0, 50 * (15*0.95 - 14), 50 * (15*0.99 - 14)}
	for i, q := range f.Maximum.Quantiles {
		if math.Abs(q-want[i]) > 1e-9 {
			t.Errorf("maximum %v, want %v", f.Maximum.Quantiles, want)
			break
		}
	}
	for p, want := range map[float64]float64{0.3: 0, 0.9: 0, 0.92: want[2], 0.95: want[2], 0.99: want[3]} {
		if got := f.Maximum.Quantile(p); math.Abs(got-want) > 1e-9 {
			t.Errorf("the maximum stays under %v with %v, want %v", got, p, want)
		}
	}
	if f.Maximum.Quantile(0.999) < want[3] || f.Quantiles[0][0] != 0 || !(f.Quantiles[1][0] > 0) {
		t.Errorf("beyond it %v, paths %v and %v", f.Maximum.Quantile(0.999), f.Quantiles[0][0], f.Quantiles[1][0])
	}
}

// Nothing tells the steps of the day apart: each may bring the next peak.
func TestStepsThatTieShareTheMaximum(t *testing.T) {
	once, seven, short := make([]float64, 16*24), slices.Repeat([]float64{7}, 16*24), make([]float64, 10)
	once[10], short[3] = 50, 1
	for name, c := range map[string]struct {
		values []float64
		within float64
	}{"one event in sixteen days": {once, 1. / 15}, "constant": {seven, 1e-9}, "all zero": {make([]float64, 300), 1e-9}, "one event in ten hours": {short, 1e-9}} {
		f := forecastBy(t, c.values, []int{24}, 24, Fast())
		for h, share := range f.Maximum.Steps {
			if math.Abs(share-1./24) > c.within {
				t.Errorf("%s: step %d has %v of the maximum, want 1/24", name, h+1, share)
			}
		}
	}
	f := forecastBy(t, short, nil, 24, Fast())
	if got := strings.Join(f.Warnings, "\n"); !strings.Contains(got, "in windows of 10 steps (1 in the history)") {
		t.Errorf("a history shorter than the horizon: warnings %q", got)
	}
}

// A hole a day after the only one is filled as that day was, and nothing came in it.
func TestWhatWasFilledInDidNotCome(t *testing.T) {
	once := make([]float64, 16*24)
	once[10], once[34] = 50, math.NaN()
	o := Options{Horizon: 24, Seasons: []int{24}, Levels: []float64{0.5, 0.999}, Tier: Fast()}
	hole, err := New(once, o)
	if err != nil {
		t.Fatal(err)
	}
	once[34] = 0
	whole, err := New(once, o)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(hole.Maximum.Quantiles, whole.Maximum.Quantiles) || math.Abs(hole.Quantiles[1][0]-whole.Quantiles[1][0]) > 0.2 {
		t.Errorf("maximum %v and path at %v, without the hole %v and %v", hole.Maximum.Quantiles, hole.Quantiles[1][0], whole.Maximum.Quantiles, whole.Quantiles[1][0])
	}
}
