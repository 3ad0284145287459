package main

import (
	"math"
	"slices"
	"testing"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// Asked again, and of fewer members, a memory says what the models themselves say.
func TestAMemorySaysWhatTheModelsSay(t *testing.T) {
	y := make([]float64, 700)
	for i := range y {
		y[i] = math.Round(100 + 60*math.Sin(2*math.Pi*float64(i)/day) + float64(i*i%37))
	}
	known := series.Series{Values: y}
	fast := ensemble.Fast().Members
	m := &memory{models: fast, said: map[place][]model.Model{}}
	for _, picked := range [][]int{m.every(), {0, 3, 4}} {
		tier := ensemble.Tier{Power: 3}
		for _, i := range picked {
			tier.Members = append(tier.Members, fast[i])
		}
		want, err := own(tier)(known)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.method(picked, 3)(known)
		if err != nil || !slices.Equal(got.Point, want.Point) || !slices.Equal(got.Maximum.Quantiles, want.Maximum.Quantiles) {
			t.Errorf("members %v: got %v, %v, want %v", picked, got.Point, err, want.Point)
		}
	}
}
