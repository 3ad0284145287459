package series

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// phases are the mean of each of m phases and how many values each had.
func phases(x []float64, m int) (means, counts []float64) {
	means, counts = make([]float64, m), make([]float64, m)
	for i, v := range x {
		if !math.IsNaN(v) {
			means[i%m] += v
			counts[i%m]++
		}
	}
	for p := range means {
		means[p] /= max(1, counts[p])
	}
	return means, counts
}

// stability of the m phases of x, a moving average over m of which is out. A phase
// that never came, as a night that is never counted, is left out. P is 1 if some
// phase came once, or fewer than two came.
func stability(x []float64, m int) Season {
	season := Season{Length: m, P: 1, R: correlation(x, m)}
	means, counts := phases(x, m)
	came := 0.0
	for _, count := range counts {
		if count > 0 {
			came++
		}
	}
	if came < 2 || slices.Contains(counts, 1) {
		return season
	}
	sum, n := 0.0, 0.0
	for p, mean := range means {
		sum += mean * counts[p]
		n += counts[p]
	}
	var between, within float64
	for p, mean := range means {
		between += counts[p] * (mean - sum/n) * (mean - sum/n)
	}
	noise := make([]float64, len(x))
	for i, v := range x {
		noise[i] = v - means[i%m]
		if !math.IsNaN(v) {
			within += noise[i] * noise[i]
		}
	}
	switch {
	case between <= 1e-12*n: // of ranks in [-1, 1]: nothing is left but rounding
		return season
	case within <= between/largestF:
		season.F, season.P = largestF, 0
		return season
	}
	between /= came - 1
	within /= n - came
	season.F = between / within
	chance := func(inflation float64) float64 {
		return distuv.F{D1: (came - 1) / inflation, D2: (n - came) / inflation}.Survival(season.F)
	}
	if season.P = chance(1); season.P > level/n { // not even were the noise independent, which costs no transform to know
		return season
	}
	inflation := 1.0
	for _, r := range autocorrelation(noise)[1:m] {
		inflation += 2 * r * r
	}
	season.P = chance(inflation)
	return season
}

// correlation of x with itself m bins later, of the pairs that both have a value.
func correlation(x []float64, m int) float64 {
	var mean, top, square, n, pairs float64
	for _, v := range x {
		if !math.IsNaN(v) {
			mean += v
			n++
		}
	}
	mean /= n
	for i, v := range x {
		if math.IsNaN(v) {
			continue
		}
		square += (v - mean) * (v - mean)
		if i >= m && !math.IsNaN(x[i-m]) {
			top += (v - mean) * (x[i-m] - mean)
			pairs++
		}
	}
	if pairs == 0 || square == 0 {
		return 0
	}
	return max(-1, min(1, top/pairs/(square/n)))
}

// without is x less the profile that it has over m phases.
func without(x []float64, m int) []float64 {
	means, _ := phases(detrended(x, m), m)
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v - means[i%m]
	}
	return out
}
