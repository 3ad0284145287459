package ensemble

import "math"

// Quantile is what the largest value of the horizon stays under with
// probability p, in (0, 1): straight between the nearest two of the Levels in
// ln(value) over -ln(1 - p), and on beyond them, as the tail of the maximum was
// learnt (see [NeededByMaximum]).
func (m Maximum) Quantile(p float64) float64 {
	if m.Quantiles[0] <= 0 {
		return 0 // nothing came and nothing is expected
	}
	curve := make([]knot, len(m.Levels))
	for i, level := range m.Levels {
		curve[i] = knot{level, math.Log(m.Quantiles[i])}
	}
	return min(math.Exp(interpolate(curve, p)), math.MaxFloat64/2)
}
