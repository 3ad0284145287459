package backtest

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Estimate is a mean and the half width of its 95 % confidence interval;
// NaN for fewer than two values.
type Estimate struct {
	Mean Figure `json:"mean"`
	Wide Figure `json:"wide"`
}

// Between is the mean of values that are independent of each other, such as one
// of each series or of each window, by Student's t; what is NaN is left out.
func Between(values []float64) Estimate {
	var seen []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			seen = append(seen, v)
		}
	}
	n := float64(len(seen))
	if n < 2 {
		return Estimate{Figure(mean(seen)), Figure(math.NaN())}
	}
	m, sd := stat.MeanStdDev(seen, nil)
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975)
	return Estimate{Figure(m), Figure(t * sd / math.Sqrt(n))}
}

// Share is the 95 % interval in which the probability lies of what came k times
// of n: by Clopper and Pearson, which is never too narrow.
// Source: The use of confidence or fiducial limits illustrated in the case of
// the binomial, Biometrika 26 (1934).
func Share(k, n int) (low, high float64) {
	low, high = 0, 1
	if k > 0 {
		low = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(0.025)
	}
	if k < n {
		high = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(0.975)
	}
	return low, high
}
