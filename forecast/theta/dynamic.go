package theta

import (
	"math"

	"github.com/peakday/peakday/forecast/simplex"
)

// A Dynamic is the dynamic optimised Theta model, fitted.
type Dynamic struct {
	Alpha  float64   // of the smoothing, in (0, 1)
	Theta  float64   // ≥ 1; the line counts 1 - 1/θ, so 1 is smoothing without a line
	Season []float64 // one value a phase from the first point on; nil: none found
	Sigma2 float64   // of the one-step errors without season

	points int
	state  state
	season season
}

// FitDynamic finds α, θ in [1, 5] and the first level of the least squared
// one-step error, from the third point on: before, there is no line. It needs what
// Fit needs.
func FitDynamic(y []float64, period int) (Dynamic, error) {
	s, rest, err := prepare(y, period)
	if err != nil {
		return Dynamic{}, err
	}
	first, scale := begin(rest)
	angle := func(v, low, high float64) float64 {
		sine := math.Sin(v)
		return low + (high-low)*sine*sine
	}
	d := Dynamic{Season: s.values, points: len(y), season: s}
	var seen int
	var squares float64
	run := func(x []float64) float64 {
		d.Alpha, d.Theta = angle(x[0], 1e-3, 1-1e-3), angle(x[1], 1, 5)
		d.state = state{level: first/d.Theta + scale*x[2], left: 1}
		seen, squares = 0, 0
		for _, v := range rest {
			expected := d.expected(d.state)
			if math.IsNaN(v) {
				v = expected
			} else if d.state.t >= 2 {
				squares += (v - expected) * (v - expected) / (scale * scale)
				seen++
			}
			d.state = d.next(d.state, v)
		}
		return squares
	}
	best, least := []float64(nil), math.Inf(1)
	for _, start := range []float64{0.35, 0.9} { // α of 0.12 and of 0.61
		x, value := simplex.Minimize(run, []float64{start, 0.5, 0}, []float64{0.2, 0.3, 0.2}, 600)
		if value < least {
			best, least = x, value
		}
	}
	run(best)
	d.Sigma2 = squares * scale * scale / float64(max(seen-3, 1))
	return d, nil
}

// begin is the first point there is and a scale for steps of the level.
func begin(y []float64) (first, scale float64) {
	first, low, high := math.NaN(), math.Inf(1), math.Inf(-1)
	for _, v := range y {
		if math.IsNaN(v) {
			continue
		}
		if math.IsNaN(first) {
			first = v
		}
		low, high = min(low, v), max(high, v)
	}
	if scale = high - low; scale == 0 {
		scale = max(math.Abs(first), 1)
	}
	return first, max(scale, 1e-140) // its square is a divisor
}

// A state is what the model knows after t points. All of it is linear in them.
type state struct {
	t     float64
	level float64
	left  float64 // (1-α)^t
	mean  float64 // of the points
	slope float64 // of their regression on 1, …, t
}

// expected is the next point (Fiorucci et al. 2016, equations of DOTM):
//
//	μ = l + (1 - 1/θ)·((1-α)^t·A + (1 - (1-α)^(t+1))/α·B),   A = mean - (t+1)/2·B
func (d Dynamic) expected(s state) float64 {
	a := s.mean - (s.t+1)/2*s.slope
	return s.level + (1-1/d.Theta)*(s.left*a+(1-s.left*(1-d.Alpha))/d.Alpha*s.slope)
}

// next draws the regression line anew with the point y.
func (d Dynamic) next(s state, y float64) state {
	t := s.t + 1
	n := state{t: t, level: d.Alpha*y + (1-d.Alpha)*s.level, left: s.left * (1 - d.Alpha)}
	n.mean = s.mean + (y-s.mean)/t
	if t > 1 {
		n.slope = ((t-2)*s.slope + 6/t*(y-s.mean)) / (t + 1)
	}
	return n
}

// Forecast is the mean and the variance of each of the h coming points. A mean is
// fed on as if it had come; a variance sums the squares of what each error before
// it adds, found by sending a unit error through the same recursion.
func (d Dynamic) Forecast(h int) (mean, variance []float64) {
	mean, variance = make([]float64, max(h, 0)), make([]float64, max(h, 0))
	s := d.state
	for j := range mean {
		mean[j] = d.expected(s)
		variance[j] += d.Sigma2
		d.shock(s, variance[j+1:])
		s = d.next(s, mean[j])
	}
	d.season.restore(d.points, mean, variance)
	return mean, variance
}

// shock adds what a unit error at the next point does to those after it.
func (d Dynamic) shock(s state, variance []float64) {
	nothing := state{t: s.t, left: s.left}
	s = d.next(nothing, 1)
	for j := range variance {
		moved := d.expected(s)
		variance[j] += d.Sigma2 * moved * moved
		s = d.next(s, moved)
	}
}
