package stl

import "math"

// A smoother is a loess over points 1, 2, …, n with a window of q points: a
// weighted mean (degree 0) or line (degree 1) with tricube weights
//
//	w(d) = (1 - (d/h)³)³,   h the distance of the farthest point of the window
//
// evaluated every jump points and joined by straight lines between.
type smoother struct {
	window, degree, jump int

	kernel []float64 // w(0), w(1), …, w(h) of a centred window, h = (window-1)/2
	total  float64   // of a centred window
}

// prepare makes the smoother for series of up to n points.
func (s *smoother) prepare(window, degree, n int) {
	s.window, s.degree, s.jump = window, degree, (window+9)/10
	s.kernel, s.total = s.kernel[:0], 0
	if window > n {
		return // no window is ever full
	}
	h := (window - 1) / 2
	for d := 0; d <= h; d++ {
		w := tricube(float64(d), float64(h))
		s.kernel = append(s.kernel, w)
		s.total += 2 * w
	}
	s.total -= s.kernel[0]
}

// smooth writes the smooth of y to out. weights, if not nil, multiply the
// tricube's; where a window weighs nothing the point itself is its smooth.
func (s *smoother) smooth(y, weights, out []float64) {
	n := len(y)
	if n < 2 {
		copy(out, y)
		return
	}
	jump := min(s.jump, n-1)
	var left, right int
	for i := 0; i < n; i += jump {
		left, right = s.around(i, n)
		out[i] = s.or(y[i], float64(i), left, right, y, weights)
	}
	last := (n - 1) / jump * jump
	for i := 0; i < last; i += jump {
		join(out, i, i+jump)
	}
	if last < n-1 {
		// The authors' program keeps the window of the last jump point here.
		out[n-1] = s.or(y[n-1], float64(n-1), left, right, y, weights)
		join(out, last, n-1)
	}
}

// around is the window of the nearest points of i, its ends included.
func (s *smoother) around(i, n int) (left, right int) {
	if s.window >= n {
		return 0, n - 1
	}
	left = min(max(i-(s.window-1)/2, 0), n-s.window)
	return left, left + s.window - 1
}

func (s *smoother) or(point, x float64, left, right int, y, weights []float64) float64 {
	if v, ok := s.at(x, left, right, y, weights); ok {
		return v
	}
	return point
}

// at is the smooth at x, which need not lie within the window.
func (s *smoother) at(x float64, left, right int, y, weights []float64) (float64, bool) {
	h := max(x-float64(left), float64(right)-x)
	if s.window > len(y) {
		h += float64((s.window - len(y)) / 2)
	}
	if right-left == s.window-1 && 2*h == float64(s.window-1) {
		if weights == nil {
			return s.centred(y[left : right+1]), true
		}
		return s.centredWeighted(y[left:right+1], weights[left:right+1], len(y))
	}
	// Sums of w, wd, wd², wy, wdy with d the distance from x.
	var w0, w1, w2, y0, y1 float64
	for j := left; j <= right; j++ {
		d := float64(j) - x
		w := tricube(math.Abs(d), h)
		if weights != nil {
			w *= weights[j]
		}
		if w == 0 {
			continue
		}
		wd := w * d
		w0 += w
		w1 += wd
		w2 += wd * d
		y0 += w * y[j]
		y1 += wd * y[j]
	}
	return s.line(w0, w1, w2, y0, y1, len(y), h)
}

// line is the value at distance 0 of the weighted mean or line.
func (s *smoother) line(w0, w1, w2, y0, y1 float64, n int, h float64) (float64, bool) {
	if w0 <= 0 {
		return 0, false
	}
	mean, level := w1/w0, y0/w0
	if s.degree == 0 || h <= 0 {
		return level, true
	}
	// All weight on one point supports no line.
	spread := w2/w0 - mean*mean
	if least := 0.001 * float64(n-1); spread <= least*least {
		return level, true
	}
	return level - mean*(y1/w0-mean*level)/spread, true
}

// centred is the smooth in the middle of a full window without weights: there
// the line goes through the weighted mean, whatever its slope.
func (s *smoother) centred(y []float64) float64 {
	h := len(s.kernel) - 1
	sum := s.kernel[0] * y[h]
	for d := 1; d <= h; d++ {
		sum += s.kernel[d] * (y[h-d] + y[h+d])
	}
	return sum / s.total
}

// centredWeighted is the same with weights, which may make the window lopsided.
func (s *smoother) centredWeighted(y, weights []float64, n int) (float64, bool) {
	h := len(s.kernel) - 1
	w0 := s.kernel[0] * weights[h]
	y0 := w0 * y[h]
	var w1, w2, y1 float64
	for i := 1; i <= h; i++ {
		d := float64(i)
		before, after := s.kernel[i]*weights[h-i], s.kernel[i]*weights[h+i]
		both := before*y[h-i] + after*y[h+i]
		w0 += before + after
		w1 += d * (after - before)
		w2 += d * d * (before + after)
		y0 += both
		y1 += d * (after*y[h+i] - before*y[h-i])
	}
	return s.line(w0, w1, w2, y0, y1, n, float64(h))
}

// tricube cuts off a thousandth from the edge and is flat a thousandth from the
// middle, as in the authors' program.
func tricube(d, h float64) float64 {
	switch {
	case d > 0.999*h:
		return 0
	case d <= 0.001*h:
		return 1
	}
	r := d / h
	c := 1 - r*r*r
	return c * c * c
}

// join draws a straight line between two points of out.
func join(out []float64, from, to int) {
	slope := (out[to] - out[from]) / float64(to-from)
	for j := from + 1; j < to; j++ {
		out[j] = out[from] + slope*float64(j-from)
	}
}
