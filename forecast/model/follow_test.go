package model

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// says is forecast whatever is asked.
type says float64

func (s says) Forecast(h int) (mean, variance []float64) {
	return slices.Repeat([]float64{float64(s)}, h), nil
}

// The first origin is refused, the second fitted, the third runs on with what the second
// found, and the fourth is forecast as no number.
func TestFollowFitsOnceWhereItCan(t *testing.T) {
	var fitted, ran []int
	p := &Problem{Values: []float64{1, 2, 3, 4, 5, 6, 7, 8}, Seasons: []int{2}, Origins: []int{2, 4, 6, 8}, Horizon: 2}
	paths := [][]float64{make([]float64, 2), make([]float64, 2), make([]float64, 2), make([]float64, 2)}
	follow(p, paths,
		func(known []float64) (says, error) {
			fitted = append(fitted, len(known))
			if len(known) < 3 {
				return 0, errors.New("too few")
			}
			return 40, nil
		},
		func(from says, known []float64) (says, error) {
			ran = append(ran, len(known))
			if len(known) == 8 {
				return says(math.Inf(1)), nil
			}
			return from + 1, nil
		})
	if !slices.Equal(fitted, []int{2, 4}) || !slices.Equal(ran, []int{6, 8}) {
		t.Errorf("fitted to %v values and run through %v, want 2 and 4, then 6 and 8", fitted, ran)
	}
	for k, want := range [][]float64{{2, 2}, {40, 40}, {41, 41}, {7, 8}} {
		if !slices.Equal(paths[k], want) {
			t.Errorf("origin %d: %v, want %v", p.Origins[k], paths[k], want)
		}
	}
}
