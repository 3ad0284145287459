package main

import (
	"math"
	"slices"
)

// A Spread is a figure over the repeats. Without any it is NaN throughout.
type Spread struct{ Median, Least, Most float64 }

// spread leaves out repeats that have no figure, which are NaN.
func spread(values []float64) Spread {
	values = slices.DeleteFunc(slices.Clone(values), math.IsNaN)
	if len(values) == 0 {
		return Spread{math.NaN(), math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	n := len(values)
	return Spread{(values[(n-1)/2] + values[n/2]) / 2, values[0], values[n-1]}
}

// Quantiles are of times, in seconds. What a tool does not say is NaN in memory, and absent in the record.
type Quantiles struct{ P50, P99, P999 float64 }

var unsaid = Quantiles{math.NaN(), math.NaN(), math.NaN()}

// quantiles are those of a sample, by nearest rank. It sorts the sample.
func quantiles(sample []float64) Quantiles {
	if len(sample) == 0 {
		return unsaid
	}
	slices.Sort(sample)
	rank := func(q float64) float64 {
		return sample[max(0, int(math.Ceil(q*float64(len(sample))))-1)]
	}
	return Quantiles{rank(0.5), rank(0.99), rank(0.999)}
}
