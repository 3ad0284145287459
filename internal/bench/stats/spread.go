package stats

import (
	"math"
	"slices"
)

// A Spread is a figure over the repeats. Without any it is NaN throughout.
type Spread struct{ Median, Least, Most float64 }

// SpreadOf leaves out repeats that have no figure, which are NaN.
func SpreadOf(values []float64) Spread {
	values = slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(values) == 0 {
		return Spread{math.NaN(), math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	n := len(values)
	return Spread{(values[(n-1)/2] + values[n/2]) / 2, values[0], values[n-1]}
}

// Between is the ends of a spread.
func (s Spread) Between(unit string) string {
	if math.IsNaN(s.Median) {
		return "-"
	}
	return Number(s.Least) + " .. " + With(s.Most, unit)
}

// Times is the spread of k times the figure.
func (s Spread) Times(k float64) Spread { return Spread{k * s.Median, k * s.Least, k * s.Most} }
