package series

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/dsp/fourier"
)

// autocorrelation at lags up to a quarter of the series, of the pairs that both
// have a value; 0 where fewer than half of the pairs do.
func autocorrelation(x []float64) []float64 {
	n := 1
	for n < 2*len(x) {
		n *= 2
	}
	values, known := make([]float64, n), make([]float64, n)
	sum, count := 0.0, 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum += v
			count++
		}
	}
	for i, v := range x {
		if !math.IsNaN(v) {
			values[i], known[i] = v-sum/count, 1
		}
	}
	fft := fourier.NewFFT(n)
	products := func(x []float64) []float64 {
		c := fft.Coefficients(nil, x)
		for i, v := range c {
			c[i] = complex(real(v)*real(v)+imag(v)*imag(v), 0)
		}
		return fft.Sequence(nil, c)
	}
	top, pairs := products(values), products(known)
	r := make([]float64, len(x)/leastCycles+1)
	for lag := range r {
		if enough := float64(len(x)-lag) / 2; pairs[lag] >= enough && top[0] > 0 {
			r[lag] = max(-1, min(1, top[lag]/pairs[lag]/(top[0]/pairs[0])))
		}
	}
	return r
}

// candidates are lengths worth a test, shortest first.
func candidates(x []float64, step time.Duration) []int {
	flat := detrended(x, len(x)/leastCycles)
	r := autocorrelation(flat)
	lengths := calendar(step)
	n := smooth(len(x))
	filled := make([]float64, n)
	for i, v := range flat[len(x)-n:] {
		if !math.IsNaN(v) {
			filled[i] = v
		}
	}
	power := fourier.NewFFT(n).Coefficients(nil, filled)
	order := make([]int, 0, len(power))
	total := 0.0
	for k := leastCycles; k < len(power); k++ {
		order = append(order, k)
		total += square(power[k])
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(square(power[b]), square(power[a])) })
	for _, k := range order[:min(len(order), mostCandidates)] {
		// Four times the mean is passed by chance at exp(-4) of the ordinates of white noise.
		if square(power[k]) > 4*total/float64(len(order)) {
			lengths = append(lengths, hill(r, n, k))
		}
	}
	slices.Sort(lengths)
	lengths = slices.Compact(lengths)
	return slices.DeleteFunc(lengths, func(m int) bool { return m < 2 || m >= len(r) })
}

// calendar is the hour, the day and the week in bins, where they are whole bins; bins of
// no known length are taken for hours.
func calendar(step time.Duration) (lengths []int) {
	step = cmp.Or(step, time.Hour)
	for _, d := range []time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
		if d%step == 0 {
			lengths = append(lengths, int(d/step))
		}
	}
	return lengths
}

// smooth is the largest length up to n that a transform is fast at: a product
// of 2, 3 and 5.
func smooth(n int) int {
	for ; ; n-- {
		rest := n
		for _, p := range []int{2, 3, 5} {
			for rest%p == 0 {
				rest /= p
			}
		}
		if rest == 1 {
			return n
		}
	}
}

func square(c complex128) float64 { return real(c)*real(c) + imag(c)*imag(c) }

// hill is the lag with the highest autocorrelation among the lengths that the
// ordinate k of n bins cannot tell apart, 0 if that is no hill.
func hill(r []float64, n, k int) int {
	lo, hi := n/(k+1), (n+k-2)/(k-1)
	best := 0
	for m := max(2, lo); m <= hi && m+1 < len(r); m++ {
		if r[m] >= r[m-1] && r[m] >= r[m+1] && r[m] > 0 && (best == 0 || r[m] > r[best]) {
			best = m
		}
	}
	return best
}
