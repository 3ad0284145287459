package arima

import "math"

// coefficients turns partial correlations in (-1, 1) into those of a stationary
// autoregression, by Durbin and Levinson's recursion.
func coefficients(partial []float64) []float64 {
	phi := make([]float64, len(partial))
	before := make([]float64, len(partial))
	for k, r := range partial {
		copy(before, phi[:k])
		for i := range k {
			phi[i] = before[i] - r*before[k-1-i]
		}
		phi[k] = r
	}
	return phi
}

// partials is the way back; ok is false if the autoregression is not stationary.
func partials(phi []float64) (partial []float64, ok bool) {
	rest := append([]float64(nil), phi...)
	partial = make([]float64, len(phi))
	before := make([]float64, len(phi))
	for k := len(phi) - 1; k >= 0; k-- {
		r := rest[k]
		if !(math.Abs(r) < 1) {
			return nil, false
		}
		partial[k] = r
		copy(before, rest[:k])
		for i := range k {
			rest[i] = (before[i] + r*before[k-1-i]) / (1 - r*r)
		}
	}
	return partial, true
}

// inside is whether all roots of 1 - φ_1 x - … lie farther out than radius: those
// of the polynomial in x·radius farther than 1.
func inside(phi []float64, radius float64) bool {
	scaled, power := make([]float64, len(phi)), 1.0
	for i, v := range phi {
		power *= radius
		scaled[i] = v * power
	}
	_, ok := partials(scaled)
	return ok
}

func negative(x []float64) []float64 {
	n := make([]float64, len(x))
	for i, v := range x {
		n[i] = -v
	}
	return n
}
