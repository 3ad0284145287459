package ensemble

import (
	"math"
	"slices"
)

// Quantile is what the largest value of the horizon stays under with
// probability p, in (0, 1): straight between the nearest two of the Levels in
// ln(value) over -ln(1 - p), and on beyond them, as the tail of the maximum was
// learnt (see [NeededByMaximum]).
func (m Maximum) Quantile(p float64) float64 {
	some := slices.IndexFunc(m.Quantiles, func(q float64) bool { return q > 0 })
	switch {
	case some < 0 || some > 0 && p <= m.Levels[some-1]:
		return 0
	case some > 0 && p <= m.Levels[some] || some == len(m.Levels)-1:
		return m.Quantiles[some] // no logarithm leads up from 0
	}
	var curve []knot
	for i, level := range m.Levels[some:] {
		curve = append(curve, knot{level, math.Log(m.Quantiles[some+i])})
	}
	return min(math.Exp(interpolate(curve, p)), math.MaxFloat64/2)
}
