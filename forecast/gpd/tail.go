package gpd

import (
	"fmt"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/series"
)

// Options of a tail. Zero takes the words in brackets.
type Options struct {
	Threshold float64 // share of the points under the threshold, in [0.5, 1) [0.95]
	Gap       int     // points that tell clusters apart [1: every run of exceedances is one]
	Moments   bool    // fit by weighted moments, not by likelihood
	Penalty   Penalty // of the likelihood [Usual; an SD of +Inf is none]; with Moments not looked at
}

// A Tail is how often and how far points go beyond a threshold.
type Tail struct {
	Distribution Distribution // of the largest excess of a cluster
	Threshold    float64
	Points       int // seen, the missing left out
	Exceedances  int
	Clusters     int
}

// Fit finds the tail of points, in order of time, |y| ≤ 1e100, NaN missing. It needs
// ten clusters over the threshold whose peaks differ.
func Fit(y []float64, o Options) (Tail, error) {
	if o.Threshold == 0 {
		o.Threshold = 0.95
	}
	if !(o.Threshold >= 0.5 && o.Threshold < 1) || o.Gap < 0 {
		return Tail{}, fmt.Errorf("gpd: threshold at %g, gap %d: want a share of 0.5 to 1 and a gap of 0 or more", o.Threshold, o.Gap)
	}
	if o.Penalty == (Penalty{}) {
		o.Penalty = Usual()
	}
	var sorted []float64
	for t, v := range y {
		if math.Abs(v) > limit {
			return Tail{}, fmt.Errorf("gpd: point %d is %g: want at most %g in size", t, v, limit)
		}
		if !math.IsNaN(v) {
			sorted = append(sorted, v)
		}
	}
	if len(sorted) == 0 {
		return Tail{}, fmt.Errorf("gpd: no point of %d is there: want some that are not missing", len(y))
	}
	slices.Sort(sorted)
	t := Tail{Points: len(sorted), Threshold: series.Quantile(sorted, o.Threshold)}
	peaks, exceedances := Peaks(y, t.Threshold, max(o.Gap, 1))
	t.Clusters, t.Exceedances = len(peaks), exceedances
	if t.Clusters < least {
		return Tail{}, fmt.Errorf("gpd: %d clusters over %g in %d points: want %d or more; lower the threshold, shorten the gap or give more points", t.Clusters, t.Threshold, t.Points, least)
	}
	for i := range peaks {
		peaks[i] -= t.Threshold
	}
	var err error
	if o.Moments {
		t.Distribution, err = WeightedMoments(peaks)
	} else {
		t.Distribution, err = MaximumLikelihood(peaks, o.Penalty)
	}
	return t, err
}

// Peaks are the largest points of each cluster over the threshold; a cluster ends
// when gap points in a row, at least one, do not exceed it or are missing. With them
// comes the number of all exceedances.
func Peaks(y []float64, threshold float64, gap int) (peaks []float64, exceedances int) {
	under := gap
	for _, v := range y {
		if !(v > threshold) {
			under++
			continue
		}
		exceedances++
		if under >= gap || len(peaks) == 0 {
			peaks = append(peaks, v)
		} else if last := &peaks[len(peaks)-1]; v > *last {
			*last = v
		}
		under = 0
	}
	return peaks, exceedances
}

// Return is the level that a cluster exceeds once in so many points on average; the
// threshold if that is more often than the threshold is exceeded.
func (t Tail) Return(points float64) float64 {
	return t.Threshold + t.Distribution.Quantile(min(1, 1/(t.rate()*points)))
}

// Max is the level that the largest of so many coming points stays under with
// probability p, in (0, 1). ok is false, and the threshold is given, if the level
// lies under it, where this package knows nothing.
//
//	P(max ≤ x) = exp(-N·P(X > x - u)),   N the clusters expected in these points
func (t Tail) Max(p, points float64) (level float64, ok bool) {
	over := -math.Log(p) / (t.rate() * points)
	if !(over < 1) {
		return t.Threshold, false
	}
	return t.Threshold + t.Distribution.Quantile(over), true
}

// Rate is how many clusters a point go beyond x; the rate over the threshold if x lies
// under it. For points of different kinds P(max ≤ x) = exp(-Σ Rate(x_i)), x_i being
// where x lies among those of kind i.
func (t Tail) Rate(x float64) float64 { return t.rate() * t.Distribution.Over(x-t.Threshold) }

// rate is clusters a point.
func (t Tail) rate() float64 { return float64(t.Clusters) / float64(t.Points) }
