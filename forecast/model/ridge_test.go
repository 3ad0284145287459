package model

import (
	"math"
	"slices"
	"testing"
)

// By hand. A regression on one lag without penalty and with all rows alike is ordinary
// least squares: y_t = a + b y_{t-1} on 1, 2, 4, 5, 9 has rows (1,2), (2,4), (4,5),
// (5,9): b = (Σxy - 4 x̄ȳ)/(Σx² - 4 x̄²) = (75-60)/(46-36) = 1.5, a = 0.5. A third lag
// would leave two rows for two coefficients. Under a great penalty only the constant
// is left, which costs nothing: the mean of 2, 4, 5, 9.
func TestRidgeByHand(t *testing.T) {
	for _, c := range []struct {
		name    string
		lags    []int
		penalty float64
		want    []float64
	}{
		{"least squares", []int{1}, 0, []float64{14, 21.5}},
		{"a lag with too few rows is left out", []int{1, 3}, 0, []float64{14, 21.5}},
		{"a great penalty leaves the constant", []int{1}, 1e4, []float64{5, 5}},
	} {
		m := Ridge{Label: "ridge", Lags: func(int, int) []int { return slices.Clone(c.lags) }, HalfLife: 1e12, Penalty: c.penalty}
		got := forecast(m, &Problem{Values: []float64{1, 2, 4, 5, 9}, Origins: []int{5}, Horizon: 2})[0]
		if math.Abs(got[0]-c.want[0]) > 0.01 || math.Abs(got[1]-c.want[1]) > 0.01 {
			t.Errorf("%s: forecast %v, want %v", c.name, got, c.want)
		}
	}
}

func TestLagsOfADayAndAWeek(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want []int
	}{
		{"few", Few(24, 168), []int{1, 2, 24, 25, 168, 169}},
		{"round", Round(24, 168), []int{1, 2, 3, 4, 5, 6, 12, 23, 24, 25, 26, 47, 48, 49, 72, 96, 120, 143, 144, 145, 167, 168, 169}},
		{"full of a day of four and a week of eight", Full(4, 8), []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"without seasons", Round(0, 0), []int{1, 2, 3, 4, 5, 6}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}
