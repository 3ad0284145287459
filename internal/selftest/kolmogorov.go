package selftest

import (
	"math"
	"slices"
)

// distance is Kolmogorov's between the distribution of samples and the even one on [0, 1]: the largest difference, at any
// point, between the share of the samples up to there and the share that should be. It sorts samples.
func distance(samples []float64) float64 {
	slices.Sort(samples)
	n, d := float64(len(samples)), 0.0
	for i, u := range samples {
		d = max(d, u-float64(i)/n, float64(i+1)/n-u)
	}
	return d
}

// critical is the distance that n even samples exceed one time in a hundred.
//
//	P(√n · D > x) ≈ 2 exp(-2x²) = 0.01 at x = 1.6276
//
// Source: Kolmogorov, Sulla determinazione empirica di una legge di distribuzione (1933); the first term of his series,
// with Stephens' correction for finite n (EDF statistics for goodness of fit, 1974).
func critical(n int) float64 {
	root := math.Sqrt(float64(n))
	return math.Sqrt(-math.Log(0.005)/2) / (root + 0.12 + 0.11/root)
}
