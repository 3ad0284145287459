package series

import (
	"cmp"
	"math"
	"slices"
)

// ranks of the values in [-1, 1], equal ones sharing theirs, NaN where there is
// no value; nil if fewer than leastCycles cycles of 2 came or all are equal.
func ranks(s Series) []float64 {
	skip := max(0, s.Len()-longestSeries)
	x := make([]float64, s.Len()-skip)
	var order []int
	for i := range x {
		x[i] = math.NaN()
		if s.State(skip+i) == Value {
			order = append(order, i)
		}
	}
	values := s.Values[skip:]
	if len(order) < 2*leastCycles {
		return nil
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && values[order[j]] == values[order[i]] {
			j++
		}
		if j-i == len(order) {
			return nil
		}
		for _, at := range order[i:j] {
			x[at] = float64(i+j)/float64(len(order)) - 1
		}
		i = j
	}
	return x
}

// scaled are the values of which ranks has the ranks, over the highest, so that
// squares are numbers.
func scaled(s Series) []float64 {
	x := s.Observed(max(0, s.Len()-longestSeries), s.Len())
	top, _ := Max(x)
	for i := range x {
		x[i] /= top
	}
	return x
}

// detrended is x less its moving average over m bins, an even m with half
// weight at both ends so that a cycle of m is left whole. At the ends the
// average is over what there is. NaN stays NaN.
func detrended(x []float64, m int) []float64 {
	sums, seen := make([]float64, len(x)+1), make([]float64, len(x)+1)
	for i, v := range x {
		sums[i+1], seen[i+1] = sums[i], seen[i]
		if !math.IsNaN(v) {
			sums[i+1], seen[i+1] = sums[i]+v, seen[i]+1
		}
	}
	window := func(i, before, after int) (sum, n float64) {
		lo, hi := i-before, i+after+1
		if lo < 0 { // a whole cycle still, moved inside
			lo, hi = 0, min(len(x), before+after+1)
		} else if hi > len(x) {
			lo, hi = max(0, len(x)-before-after-1), len(x)
		}
		return sums[hi] - sums[lo], seen[hi] - seen[lo]
	}
	out := make([]float64, len(x))
	for i, v := range x {
		a, na := window(i, m/2, (m-1)/2)
		b, nb := window(i, (m-1)/2, m/2)
		out[i] = v - (a+b)/(na+nb)
	}
	return out
}
