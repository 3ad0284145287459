package steady

import (
	"fmt"
	"math"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Interval is a quantile and where the true one lies with the confidence that was asked for.
type Interval struct {
	At        time.Duration // the quantile of all that was measured
	Low, High time.Duration
	Batches   int // that the spread was taken from
}

// Width is half the interval as a share of the quantile: 0.05 means ± 5 %.
func (i Interval) Width() float64 {
	if i.At <= 0 {
		return math.Inf(1)
	}
	return float64(i.High-i.Low) / 2 / float64(i.At)
}

// sizes are the numbers of batches that are tried. More than ten gain little width and are less independent (Schmeiser,
// Batch size effects in the analysis of simulation output, 1982); under five the spread is hardly known.
var sizes = [...]int{10, 7, 5}

// inTail is how many values of a batch must lie beyond its quantile, so that it is more than its largest value.
const inTail = 10

// QuantileInterval is the q-quantile, 0 < q < 1, of windows in the order of time, with an interval of the level, such as
// 0.95. Windows are of equal length and hold what was measured in a steady state: see Settled.
//
// Answers that follow each other are alike: a queue that is long stays long for a while. So the spread comes from the
// quantiles of a few long batches of windows, which are nearly independent, and not from the answers. The logarithms of
// the quantiles are taken, since sojourn times spread by factors, and Student's t for their number. When neighbouring
// batches are alike still, by von Neumann's ratio, fewer and longer ones are taken.
//
// The error says that there is no interval, and how much more is needed.
func QuantileInterval(windows []*hist.Histogram, q, level float64) (Interval, error) {
	var all hist.Histogram
	for _, w := range windows {
		all.Merge(w)
	}
	tail := min(q, 1-q)
	related := 0
	for _, k := range sizes {
		if len(windows) < k || float64(all.Count())*tail < float64(inTail*k) {
			continue
		}
		logs := batchQuantiles(windows, k, q)
		if neumann(logs) < leastNeumann(k) {
			related = k
			continue
		}
		center := logOf(all.Quantile(q))
		half := student(level, k-1) * math.Sqrt(spread(logs, center)/float64(k))
		return Interval{
			At:  all.Quantile(q),
			Low: exp(center - half), High: exp(center + half),
			Batches: k,
		}, nil
	}
	if related > 0 {
		return Interval{}, fmt.Errorf("the quantile still drifts over %d batches of %d windows, so its error cannot be told; hold the load longer, four times as long to begin with", related, len(windows)/related)
	}
	least := sizes[len(sizes)-1]
	return Interval{}, fmt.Errorf("found %d values in %d windows, want %.0f in %d at least for an interval of the %v-quantile; hold the load longer",
		all.Count(), len(windows), math.Ceil(float64(inTail*least)/tail), least, q)
}

// batchQuantiles are the logarithms of the quantiles of k batches of as many windows each. Windows that are over are left out
// at the start.
func batchQuantiles(windows []*hist.Histogram, k int, q float64) []float64 {
	size := len(windows) / k
	windows = windows[len(windows)-k*size:]
	logs := make([]float64, k)
	for i := range logs {
		var b hist.Histogram
		for _, w := range windows[i*size : (i+1)*size] {
			b.Merge(w)
		}
		logs[i] = logOf(b.Quantile(q))
	}
	return logs
}

func logOf(d time.Duration) float64 { return math.Log(float64(max(d, 1))) }
func exp(log float64) time.Duration { return time.Duration(math.Round(math.Exp(min(log, 43)))) } // e^43 ns is 149 years

// spread is the variance about center, which is the quantile of all and not the mean of the batches: a quantile of few values
// is biased, and the distance between the two belongs to what is not known.
func spread(x []float64, center float64) (s float64) {
	for _, v := range x {
		s += (v - center) * (v - center)
	}
	return s / float64(len(x)-1)
}

// neumann is von Neumann's ratio: about 2 when neighbours have nothing in common, less when they are alike.
func neumann(x []float64) float64 {
	steps := 0.0
	for i := 1; i < len(x); i++ {
		steps += (x[i] - x[i-1]) * (x[i] - x[i-1])
	}
	if steps == 0 {
		return 2 // all are equal: no sign of drift
	}
	return steps / (spread(x, mean(x)) * float64(len(x)-1))
}

// leastNeumann is the 5 % point of the ratio of k independent values, from its mean 2 and variance 4(k-2)/(k²-1) (von
// Neumann, Annals of Mathematical Statistics 12, 1941; Bartels 1982 for how near the normal law is).
func leastNeumann(k int) float64 {
	n := float64(k)
	return 2 - 1.645*math.Sqrt(4*(n-2)/(n*n-1))
}

// student is the two-sided point of Student's t.
func student(level float64, degrees int) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(degrees)}.Quantile((1 + level) / 2)
}
