package ensemble

import (
	"math"

	"github.com/peakday/peakday/forecast/series"
)

// A Maximum is the largest value of the horizon. Its quantiles are
//
//	top · exp(m + s · NeededByMaximum(p))
//
// but the last, of which half is extrapolated from the errors of all steps. None is
// lower than the highest of the path at p. top is the highest point, m how far highest
// values were above highest points in n rehearsals, and s how far they strayed from that:
//
//	R_k = ln(highest value / highest point) of rehearsal k
//	m   = mean R_k · (1 - OthersShare(n))
//	s   = max( R^(5/6), 2 R - 0.15 ),   R = mean |R_k - m|
type Maximum struct {
	Levels    []float64 // 0.5, 0.9, 0.95 and 0.99, which is extrapolated
	Quantiles []float64 // one a level, rising
	Step      int       // in which the point is highest, from 1, the first of equals: the best single guess, see Steps

	// Steps is how likely each step holds the maximum: how often it did when the
	// past errors were laid on the point, where equals share. Its mode may be another
	// step than Step and is the worse guess: within an hour for 81 to 83 % of the
	// windows of M4 hourly, the highest point for 83.
	Steps []float64

	above, off float64 // m and s
}

// maximum is never lower than the highest of the paths: all steps stay under a height
// no more often than one of them does. R is of few values: where it is large it is less
// than it seems, on M4. But what strays by half and more is traffic of events, and is to
// be believed: without the second term of s the 0.95 quantile of the standard tier held
// on 67 of the 81 windows of real traffic, with it on 73 and lay 1 % higher on M4 (go
// run ./forecast/bench m4 traffic). The highest path alone is no bound of the maximum,
// and without it that quantile had to lie 1 % of the maximum higher to hold as often.
//
// Fourteen rehearsals know nothing of what comes once in a hundred: half of the say
// of the 0.99 quantile has the tail of the errors of all steps.
func (f *Forecast) maximum(usual, own []float64, errors [][]float64) {
	f.Maximum = Maximum{Levels: []float64{0.5, 0.9, 0.95, 0.99}, Steps: f.steps()}
	m := &f.Maximum
	top, at := series.Max(f.Point)
	m.Step = at + 1
	var above []float64
	for _, r := range f.Past {
		y, known := r.Peak()
		p, _ := series.Max(r.Path)
		if known && y > 0 && p > 0 {
			above = append(above, math.Log(y/p))
		}
	}
	m.above = mean(above) * (1 - OthersShare(len(above)))
	off := 0.0
	for _, r := range above {
		off += math.Abs(r-m.above) / float64(len(above))
	}
	m.off = max(math.Pow(off, 5./6), 2*off-0.15)
	const highest = 16 // e^16, nine million times the point: e^18 is no number for points of 3·10^300
	for i, p := range m.Levels {
		q := top * math.Exp(min(m.above+m.off*NeededByMaximum(p), highest))
		if i == len(m.Levels)-1 {
			if by, ok := f.tail(p, usual, errors); ok {
				q = math.Sqrt(q) * math.Sqrt(by)
			}
			q = max(q, m.Quantiles[i-1])
		}
		width := width(2*p-1, own, len(f.Past))
		for h, v := range f.Point {
			q = max(q, v+width*usual[h])
		}
		m.Quantiles = append(m.Quantiles, q)
	}
}

// Off is how many s a highest value was above what the highest point lets expect,
//
//	( ln(highest / point) - m ) / s
func (m Maximum) Off(highest, point float64) float64 {
	return (math.Log(highest/point) - m.above) / m.off
}

// NeededByMaximum is what [Maximum.Off] was at most in share p of the cases, learnt as
// [Needed] is where the paths leave it a say.
func NeededByMaximum(p float64) float64 {
	return interpolate([]knot{{0.5, 0}, {0.9, 0.9}, {0.95, 1.1}, {0.99, 1.6}}, p)
}

// steps counts where the maximum is when each past error is laid on the point. Of
// equals, such as the steps in which nothing is expected, each is as likely.
func (f *Forecast) steps() []float64 {
	share := make([]float64, len(f.Point))
	path := make([]float64, len(f.Point))
	add := func() {
		top, _ := series.Max(path)
		equals := 0
		for _, v := range path {
			if v == top {
				equals++
			}
		}
		for h, v := range path {
			if v == top {
				share[h] += 1 / float64(equals*(len(f.Past)+1))
			}
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
