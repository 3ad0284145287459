package main

import (
	"math"
	"slices"
)

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
