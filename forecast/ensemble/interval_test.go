package ensemble

import (
	"math"
	"slices"
	"testing"

	"github.com/peakday/peakday/forecast/model"
)

// Three quarters of the say are 1 above the path, one quarter 3 below.
func TestSpreadByHand(t *testing.T) {
	voices := []Voice{{Path: []float64{10, 7}}, {Path: []float64{6, 7}}}
	if got, want := spread(voices, []float64{9, 7}, []float64{0.75, 0.25}), []float64{1.5, 0}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOwnErrorsHaveHalfOfTheSay(t *testing.T) {
	all := Needed(0.95)
	for _, c := range []struct {
		name       string
		own        []float64
		rehearsals int
		want       float64
	}{
		{"nothing was rehearsed", nil, 0, all},
		{"own errors are four times as long in the tail", slices.Repeat([]float64{4 * all}, 99), mostOrigins, 2 * all},
		{"never off", slices.Repeat([]float64{0}, 99), mostOrigins, 0},
	} {
		if got := width(0.95, c.own, c.rehearsals); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v wide, want %v", c.name, got, c.want)
		}
	}
}

// Every third value is missing, and filled as it was a season before: it did not stay
// the same, nobody saw it.
func TestHolesAreNoSeasonsWithoutChange(t *testing.T) {
	y, holes := weekly(3000, 6), weekly(3000, 6)
	for i := 1; i < len(holes); i += 3 {
		holes[i] = math.NaN()
	}
	change := func(values []float64) float64 {
		filled := fill(values, []int{25})
		return new(Forecast).change(&model.Problem{Values: values, Filled: filled, Seasons: []int{25}})
	}
	whole, some := change(y), change(holes)
	if math.Abs(some/whole-1) > 0.05 {
		t.Errorf("the usual change is %v with holes, %v without", some, whole)
	}
	if got := new(Forecast).change(&model.Problem{Values: []float64{3, 3}, Filled: []bool{false, true}}); got != 0 {
		t.Errorf("the change of one value is %v", got)
	}
}

// Errors of 10 in a steady forecast. Members that are now apart by as much as the
// floor count make the product twice what it was, and the usual error 2^(1/5) times.
func TestStepsAreLessSureWhereMembersDisagree(t *testing.T) {
	const horizon = 48
	height := slices.Repeat([]float64{0.5}, horizon)
	agreed := make([]float64, horizon)
	f := Forecast{Point: height, spread: slices.Clone(agreed)}
	for range mostOrigins {
		f.Past = append(f.Past, Rehearsal{height, slices.Repeat([]float64{0.4}, horizon), agreed})
	}
	f.spread[7] = 0.05 * 0.5
	usual, errors := f.usual(nil)
	if got, want := usual[7]/(usual[6]+usual[8])*2, math.Pow(2, 1./5); math.Abs(got/want-1) > 0.01 {
		t.Errorf("where members disagree the usual error is %.3f of its neighbours', want %.3f", got, want)
	}
	for _, h := range []int{0, 24, 47} {
		if math.Abs(usual[h]-0.1) > 0.03 || errors[0][h] > -0.7 || errors[0][h] < -1.3 {
			t.Errorf("step %d: usual error %.3f, past error %.3f of it, want near 0.1 and -1", h+1, usual[h], errors[0][h])
		}
	}
}

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
