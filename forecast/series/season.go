package series

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Season is a cycle that was found in a series.
type Season struct {
	Length int     // bins
	F      float64 // variance between the phases over the variance within them
	P      float64 // chance of so large an F, or larger, without a season
	R      float64 // autocorrelation at the length, in [-1, 1], once trend, longer waves and the seasons found before are out
}

const (
	// level is the chance of finding a season where none is, over all periods
	// that the length of the series can tell apart.
	level = 0.05
	// leastCycles of a season must have come: with fewer a trend or a slow wave looks like one.
	leastCycles = 4
	// mostCandidates is how many peaks of the periodogram are looked at.
	mostCandidates = 12
	// mostSeasons is how many are found at most.
	mostSeasons = 4
	// longestSeries is how many of the newest bins are looked at: six weeks of minutes.
	longestSeries = 1 << 16
	// leastR is the autocorrelation under which a season, however sure, is of no
	// use to a forecast: the sidebands of a day that differs from day to day.
	leastR = 0.3
)

// FindSeasons finds the seasons of a series, shortest first; none is a nil
// slice. Throttled bins and holes are left out. It works on ranks, so that a
// few wild days decide nothing and scale does not matter.
//
//  1. Candidates are the hour, day and week where the step is known and
//     divides them, 24 and 168 where it is not, and the highest ordinates of the periodogram, each moved to
//     the nearest hill of the autocorrelation, which tells long periods apart
//     where the periodogram cannot (Vlachos, Yu, Castelli, On periodicity
//     detection and structural similarity, SDM 2005).
//  2. The shortest that passes is taken: its moving average is taken out and
//     its phases are compared by the F of a one-way analysis of variance, the
//     test for stable seasonality of X-11 (Shiskin, Young, Musgrave, 1967).
//     Noise that remembers has fewer degrees of freedom than bins; both are
//     divided by 1 + 2 Σ r², r the autocorrelation within the phases
//     (Bartlett, 1946). The level is 5 % over all ordinates of the periodogram,
//     and the autocorrelation at the length must be 0.3.
//  3. Its profile is taken out and the rest searched again. So 48 is not found
//     where 24 explains it, and 168 is found only for what the week adds.
//  4. A season is dropped if twice its length was found too, as near as half a
//     step of the periodogram tells: two rushes a day make 24 hours and not 12.
//
// At least four cycles must have come. It costs a few transforms of the length
// of the series a season; of more than 65,536 bins it looks at the newest.
func FindSeasons(s Series) []Season {
	x := ranks(s)
	if x == nil {
		return nil
	}
	var found []Season
	for len(found) < mostSeasons {
		season, rest := shortest(x, s.Step, found)
		if season.Length == 0 {
			break
		}
		found = append(found, season)
		x = rest
	}
	slices.SortFunc(found, func(a, b Season) int { return cmp.Compare(a.Length, b.Length) })
	var kept []Season
	for i, short := range found {
		if !slices.ContainsFunc(found[i+1:], func(long Season) bool {
			return near(2*short.Length, long.Length, 2*len(x))
		}) {
			kept = append(kept, short)
		}
	}
	return kept
}

// near tells lengths that n bins cannot tell apart: frequencies within 1/n.
func near(m, length, n int) bool { return max(m-length, length-m) <= length*length/n }

// shortest season of x beside those found and what is left without it; a length
// of 0 if there is none.
func shortest(x []float64, step time.Duration, found []Season) (Season, []float64) {
	// Of lengths nearer than the periodogram can tell apart the best is tested.
	var best Season
	var test []float64
	for _, m := range candidates(x, step) {
		if best.Length > 0 && m > best.Length+1 && !near(best.Length, m, len(x)) {
			break
		}
		if slices.ContainsFunc(found, func(f Season) bool { return max(m-f.Length, f.Length-m) <= 1 || near(m, f.Length, len(x)) }) {
			continue
		}
		y := detrended(x, m)
		season := stability(y, m)
		if season.P < level/float64(len(x)/2) && season.R > leastR && season.F > best.F {
			best, test = season, y
		}
	}
	if best.Length == 0 {
		return best, x
	}
	return best, without(x, test, best.Length)
}

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
	var lengths []int
	for _, d := range []time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour} {
		if step > 0 && d%step == 0 {
			lengths = append(lengths, int(d/step))
		}
		if step == 0 {
			lengths = append(lengths, int(d/time.Hour))
		}
	}
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

// stability of the m phases of x, a moving average over m of which is out. P is
// 1 if some phase came less than twice.
func stability(x []float64, m int) Season {
	season := Season{Length: m, P: 1, R: correlation(x, m)}
	means, counts := phases(x, m)
	if slices.Min(counts) < 2 {
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
	if within <= 1e-12*between {
		season.F, season.P = math.MaxFloat64, 0
		return season
	}
	between /= float64(m - 1)
	within /= n - float64(m)
	season.F = between / within
	chance := func(inflation float64) float64 {
		return distuv.F{D1: float64(m-1) / inflation, D2: (n - float64(m)) / inflation}.Survival(season.F)
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

// without is x less the profile that test has over m phases.
func without(x, test []float64, m int) []float64 {
	means, _ := phases(test, m)
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v - means[i%m]
	}
	return out
}
