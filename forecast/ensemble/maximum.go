package ensemble

import (
	"math"

	"github.com/peakday/peakday/forecast/series"
)

// A Maximum is the largest value of the horizon.
type Maximum struct {
	Levels    []float64 // 0.5, 0.9, 0.95 and 0.99
	Quantiles []float64 // one a level, rising
	Step      int       // the likeliest, from 1: that in which the point is highest

	// Steps is how likely each step holds the maximum: how often it did when
	// the past errors were laid on the point.
	Steps []float64
}

// maximum is the highest point times exp(s · needed), where s is how far off
// highest points usually were:
//
//	s = max( R^0.5 · E^0.3 · 0.06^0.2, R - 0.08 )
//
// R is the mean of |ln(highest value / highest point)| over the rehearsals, E the
// usual error of the highest step over its point, 0.06 the middle of R over the
// series that learnt needed. R alone is of few values and must be drawn to what
// is usual; but where it is large it is to be believed: without R - 0.08 the 95 %
// quantile held for 63 % of windows of Twitter's volume, with it for 87 %. More of
// E and less of the middle makes the pinball loss better by a tenth and the
// quantile higher by a quarter. The maximum of bounds of each step is no bound of
// the maximum.
func (f *Forecast) maximum(usual []float64) {
	f.Maximum = Maximum{Levels: []float64{0.5, 0.9, 0.95, 0.99}, Steps: f.steps()}
	top, at := series.Max(f.Point)
	f.Maximum.Step = at + 1
	ratio, n := 0.0, 0.0
	for _, r := range f.Past {
		y, _ := series.Max(r.Actual)
		p, _ := series.Max(r.Path)
		if y > 0 && p > 0 {
			ratio += math.Abs(math.Log(y / p))
			n++
		}
	}
	const (
		middle = 0.06
		wild   = 0.08
		ground = 1e-4
	)
	step := usual[at] / max(top, math.SmallestNonzeroFloat32)
	if n == 0 {
		ratio, n = step, 1
	}
	ratio /= n
	s := max(math.Sqrt(ratio+ground)*math.Pow(step+ground, 0.3)*math.Pow(middle, 0.2), ratio-wild)
	if step == 0 && ratio == 0 {
		s = 0 // it was never off
	}
	for _, p := range f.Maximum.Levels {
		f.Maximum.Quantiles = append(f.Maximum.Quantiles, min(top*math.Exp(s*NeededByMaximum(p)), math.MaxFloat64/2))
	}
}

// NeededByMaximum is how many s the maximum was above the highest point at most
// in share p of the cases, learnt as [Needed] is.
func NeededByMaximum(p float64) float64 {
	return interpolate([]knot{{0, -1}, {0.5, 0.23}, {0.9, 1.65}, {0.95, 2.21}, {0.99, 3.74}}, p)
}

// steps counts where the maximum is when each past error is laid on the point.
func (f *Forecast) steps() []float64 {
	share := make([]float64, len(f.Point))
	path := make([]float64, len(f.Point))
	add := func() {
		if _, at := series.Max(path); at >= 0 {
			share[at] += 1 / float64(len(f.Past)+1)
		}
	}
	copy(path, f.Point)
	add()
	for _, r := range f.Past {
		for h, y := range r.Actual {
			path[h] = f.Point[h]
			if !math.IsNaN(y) {
				path[h] += y - r.Path[h]
			}
		}
		add()
	}
	return share
}
