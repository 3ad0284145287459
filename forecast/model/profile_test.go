package model

import (
	"math"
	"slices"
	"testing"
)

// By hand. Two weeks of two days of two hours: the days' hours are 3 on average and
// the week is 2 below and above them, seen twice and drawn to zero by a third sight.
// Two days of which the newer, four steps later, counts twice: (2·3 + 0)/3.
func TestProfileByHand(t *testing.T) {
	for _, c := range []struct {
		name    string
		profile Profile
		p       *Problem
		want    []float64
	}{
		{"a week is drawn to its days", Profile{HalfLife: 1e12, Shrink: 1}, &Problem{Values: []float64{1, 3, 5, 3, 1, 3, 5, 3}, Seasons: []int{2, 4}}, []float64{3 - 4.0/3, 3, 3 + 4.0/3, 3}},
		{"a day counts half of the next", Profile{HalfLife: 4}, &Problem{Values: []float64{0, 0, 0, 0, 3, 3, 3, 3}, Seasons: []int{4}}, []float64{2, 2, 2, 2}},
	} {
		for i, got := range c.profile.usual(c.p, 8) {
			if math.Abs(got-c.want[i]) > 1e-9 {
				t.Errorf("%s: step %d is %v, want %v", c.name, i, got, c.want[i])
			}
		}
	}
}

// An hour of the week that was never observed is that of the day.
func TestProfileOfAnHourNeverObserved(t *testing.T) {
	filled := make([]bool, 500)
	for i := range filled {
		filled[i] = i%168 == 20
	}
	p := &Problem{Values: weekly(500, 7), Filled: filled, Seasons: []int{24, 168}}
	var seen []float64
	for i := 44; i < 500; i += 24 {
		if !filled[i] {
			seen = append(seen, p.Values[i])
		}
	}
	if got, want := (Profile{HalfLife: 1e9}).usual(p, 500)[20], mean(seen); !(math.Abs(got-want) < 1e-3) {
		t.Errorf("hour 20 of the week is %v, want %v, the mean of that hour", got, want)
	}
}

// An hour of the day that was never observed is as high as the others are on average.
func TestProfileOfAnHourOfTheDayNeverObserved(t *testing.T) {
	p := &Problem{Values: slices.Repeat([]float64{5}, 240), Filled: make([]bool, 240), Seasons: []int{24}}
	for i := 20; i < 240; i += 24 {
		p.Values[i], p.Filled[i] = 1000, true
	}
	if got := (Profile{HalfLife: 1e9}).usual(p, 240)[20]; !(math.Abs(got-5) < 1e-9) {
		t.Errorf("hour 20 is %v, want 5 like all that were observed", got)
	}
}
