package steady

import (
	"math"

	"github.com/peakday/peakday/engine/hist"
)

// batch is the 5 of MSER-5: values are averaged by so many, which quiets them enough for the rule to see a trend.
const batch = 5

// leastBatches is how many averages the rule needs to tell a warm-up from noise.
const leastBatches = 10

// Cut is the number of values at the start of a series that belong to its warm-up, by MSER-5: the cut after which the mean of
// the rest has the smallest standard error. With averages Z of 5 values each, of which d are cut and m - d stay, it is the d
// that makes least
//
//	Σ (Z(i) - mean)² / (m - d)²,  i > d
//
// ok is false where the series gives no answer: fewer than 50 values, or a best cut in its second half, which means that it
// has not come to rest. White, An effective truncation heuristic for bias reduction in simulation output (1997); Hoad,
// Robinson and Davies, Automating warm-up length estimation (2008) for five, the half and for leaving out the last cuts,
// where so few averages are left that their error looks small by chance.
func Cut(values []float64) (n int, ok bool) {
	averages := make([]float64, len(values)/batch)
	for i := range averages {
		averages[i] = mean(values[i*batch : (i+1)*batch])
	}
	m := len(averages)
	if m < leastBatches {
		return 0, false
	}
	// From the end, each average joins the mean and the sum of squares of those after it (Welford 1962).
	best, least := 0, math.Inf(1)
	center, squares := 0.0, 0.0
	for d := m - 1; d >= 0; d-- {
		left := float64(m - d)
		delta := averages[d] - center
		center += delta / left
		squares += delta * (averages[d] - center)
		if score := squares / (left * left); m-d >= batch && score <= least {
			best, least = d, score
		}
	}
	if best > m/2 {
		return 0, false
	}
	return best * batch, true
}

// Settled is what is left of the windows of a plateau without its warm-up, by Cut of their means. Windows in which nothing
// ended do not count. ok is false where the plateau has not come to rest or is too short to tell; then all are given back.
//
// Three steady series in ten lose some windows to Cut because those were busy by chance, and to leave out the busy ones flatters
// the quantiles. So a cut stays uncut unless its mean stands out from the rest at the 1 % level.
func Settled(windows []*hist.Histogram) (rest []*hist.Histogram, ok bool) {
	var means []float64
	var at []int
	for i, w := range windows {
		if w.Count() > 0 {
			means, at = append(means, w.Mean().Seconds()), append(at, i)
		}
	}
	n, ok := Cut(means)
	if !ok || n == 0 || !standsOut(means[:n], means[n:]) {
		return windows, ok
	}
	return windows[at[n]:], true
}

// standsOut compares the mean of a beginning with that of the rest. Values that follow each other are alike, so the variance of
// a mean comes from ten batches of the rest: that of n values is about the batches' times their size over n.
func standsOut(start, rest []float64) bool {
	const k = 10
	size := len(rest) / k
	batches := make([]float64, k)
	for i := range batches {
		batches[i] = mean(rest[len(rest)-(k-i)*size:][:size])
	}
	center := mean(rest)
	perValue := spread(batches, center) * float64(size)
	deviation := math.Sqrt(perValue * (1/float64(len(start)) + 1/float64(len(rest))))
	return math.Abs(mean(start)-center) > student(0.99, k-1)*deviation
}

func mean(x []float64) (m float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	return m
}
