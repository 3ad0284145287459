package steady

import (
	"fmt"
	"math"

	"github.com/peakday/peakday/engine/hist"
	"gonum.org/v1/gonum/stat/distuv"
)

// RankInterval is the q-quantile of independent values with an interval of the level: the values at the ranks
// nq ± z √(nq(1-q)), between which the true quantile lies whatever their distribution (Conover, Practical Nonparametric
// Statistics, 1999, section 3.2). Answers of a service are seldom independent, and then it is too narrow: use it for what
// QuantileInterval has too few windows for, and say so. It needs ten values beyond the quantile.
func RankInterval(h *hist.Histogram, q, level float64) (Interval, error) {
	n := float64(h.Count())
	if n*min(q, 1-q) < inTail {
		return Interval{}, fmt.Errorf("found %d values, want %.0f at least for an interval of the %v-quantile", h.Count(), math.Ceil(inTail/min(q, 1-q)), q)
	}
	reach := distuv.UnitNormal.Quantile((1+level)/2) * math.Sqrt(n*q*(1-q))
	// Half a rank down, since Quantile rounds ranks up.
	low, high := math.Floor(n*q-reach), math.Ceil(n*q+reach)+1
	return Interval{
		At:    h.Quantile(q),
		Low:   h.Quantile((low - 0.5) / n),
		High:  h.Quantile((high - 0.5) / n),
		Level: level,
	}, nil
}
