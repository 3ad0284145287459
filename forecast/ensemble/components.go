package ensemble

import (
	"fmt"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/stl"
)

// A Component is a part of the point forecast, one value a step.
type Component struct {
	Name   string
	Values []float64
}

// fine is the grid that points and components lie on, as a power of two below
// the power of two over the largest value known. Numbers of 44 bits below it and
// a few above add up without rounding, in any order.
const fine = -44

// onGrid rounds a value that has been divided by 2^exponent.
func onGrid(v float64) float64 {
	return math.Ldexp(math.Round(math.Ldexp(v, -fine)), fine)
}

// Components tells what the point forecast of values is made of: the level that
// they ended at, each season as it was last, and what the models expect beyond,
// "change". They add up to Point exactly. values and seasons are those that New
// was given; the split is by STL, and seasons of which fewer than two came are
// part of the change. It costs more than the forecast, so that New leaves it out.
func (f Forecast) Components(values []float64, seasons []int) ([]Component, error) {
	var told Forecast
	known, _, err := told.known(values, seasons)
	if err != nil {
		return nil, err
	}
	for i := range known {
		known[i] = math.Ldexp(known[i], -f.exponent)
	}
	seasons = slices.DeleteFunc(slices.Clone(seasons), func(m int) bool { return 2*m >= len(known) })
	level := mean(known[max(0, len(known)-len(f.Point)):])
	all := []Component{{"level", nil}}
	var last [][]float64 // cycle of each season
	if len(seasons) > 0 {
		parts, err := stl.Decompose(known, stl.Seasons(seasons...), stl.Options{})
		if err != nil {
			return nil, fmt.Errorf("components: %w", err)
		}
		level = parts.Trend[len(known)-1]
		for i, m := range seasons {
			last = append(last, parts.Seasonal[i][len(known)-m:])
			all = append(all, Component{fmt.Sprintf("season of %d", m), nil})
		}
	}
	all = append(all, Component{"change", nil})
	for h, point := range f.Point {
		rest := math.Ldexp(point, -f.exponent)
		for i := range all {
			v := rest
			switch {
			case i == 0:
				v = onGrid(level)
			case i <= len(last):
				v = onGrid(last[i-1][h%seasons[i-1]])
			}
			rest -= v
			all[i].Values = append(all[i].Values, math.Ldexp(v, f.exponent))
		}
	}
	return all, nil
}
