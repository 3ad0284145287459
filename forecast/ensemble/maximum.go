package ensemble

import (
	"math"

	"github.com/peakday/peakday/forecast/series"
)

// A Maximum is the largest value of the horizon.
type Maximum struct {
	Levels    []float64 // 0.5, 0.9, 0.95 and 0.99, which is extrapolated
	Quantiles []float64 // one a level, rising
	Step      int       // in which the point is highest, from 1: the best single guess, see Steps

	// Steps is how likely each step holds the maximum: how often it did when
	// the past errors were laid on the point. Its mode may be another step than
	// Step and is the worse guess: within an hour for 81 to 83 % of the windows of
	// M4 hourly, the highest point for 83.
	Steps []float64
}

// maximum is the highest point times exp(m + s · needed). m is how far, in logs,
// highest values were above highest points on average, R_o at rehearsal o, drawn to
// zero by the share of others; s is how far off they usually were from that:
//
//	s = max( R^0.5 · E^0.3 · 0.06^0.2, R - 0.08 ),   R = mean |R_o - m|
//
// E is the usual error of the highest step over its point, 0.06 the middle of R over
// the series that learnt needed. R alone is of few values and must be drawn to what
// is usual; but where it is large it is to be believed: without R - 0.08 the 95 %
// quantile held for 63 % of windows of Twitter's volume, with it for some 80 %. More of
// E and less of the middle makes the pinball loss better by a tenth and the
// quantile higher by a quarter. The maximum of bounds of each step is no bound of
// the maximum.
//
// Fourteen rehearsals know nothing of what comes once in a hundred: half of the say
// of the 0.99 quantile has the tail of the errors of all steps.
//
// Each quantile is learnt for itself, so that of a step may lie above that of the
// maximum: at 0.95 in one of six windows of M4 hourly. Raised to it, the 0.95 quantile
// held on 0.3 % more of the windows and lay 14.0 % above the maximum instead of 13.0.
func (f *Forecast) maximum(usual []float64) {
	f.Maximum = Maximum{Levels: []float64{0.5, 0.9, 0.95, 0.99}, Steps: f.steps()}
	top, at := series.Max(f.Point)
	f.Maximum.Step = at + 1
	var above []float64
	for _, r := range f.Past {
		y, known := r.Peak()
		p, _ := series.Max(r.Path)
		if known && y > 0 && p > 0 {
			above = append(above, math.Log(y/p))
		}
	}
	const (
		middle = 0.06
		wild   = 0.08
		ground = 1e-4
	)
	step := usual[at] / max(top, math.SmallestNonzeroFloat32)
	m := mean(above) * (1 - OthersShare(len(above)))
	ratio := step
	if len(above) > 0 {
		ratio = 0
		for _, r := range above {
			ratio += math.Abs(r-m) / float64(len(above))
		}
	}
	s := max(math.Sqrt(ratio+ground)*math.Pow(step+ground, 0.3)*math.Pow(middle, 0.2), ratio-wild)
	if step == 0 && ratio == 0 {
		s = 0 // it was never off
	}
	const highest = 16 // e^16, nine million times the point: the next is no number for values of 10^300
	for _, p := range f.Maximum.Levels {
		f.Maximum.Quantiles = append(f.Maximum.Quantiles, top*math.Exp(min(m+s*NeededByMaximum(p), highest)))
	}
	last := len(f.Maximum.Levels) - 1
	if by, ok := f.tail(f.Maximum.Levels[last], usual); ok {
		q := f.Maximum.Quantiles
		q[last] = max(q[last-1], math.Sqrt(q[last])*math.Sqrt(by))
	}
}

// NeededByMaximum is how many s the maximum was above the highest point at most
// in share p of the cases, learnt as [Needed] is.
func NeededByMaximum(p float64) float64 {
	return interpolate([]knot{{0, -1}, {0.5, 0.1}, {0.9, 1.51}, {0.95, 2.08}, {0.99, 3.6}}, p)
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
