package stl

import (
	"math"
	"slices"
)

// one is a single STL of a filled series; its slices are reused by the next.
type one struct {
	season, trend []float64
	robust        []float64 // weights of the last reweighing

	ofSeason, ofSlow, ofTrend smoother

	extended   []float64 // smoothed cycle-subseries, one period longer at either end
	a, b       []float64 // moving averages and loess
	sub, subW  []float64 // one cycle-subseries and its weights
	subOut     []float64
	weights    []float64 // robust times observed
	remainders []float64
}

// decompose finds one season and the trend. observed is nil, or 0 where y was
// filled and 1 elsewhere.
func (s *one) decompose(y, observed []float64, season Season, o Options) {
	n, p := len(y), season.Period
	s.prepare(n, season, o)
	inner, outer := 2, 0
	if o.Robust {
		inner, outer = 1, 15
	}
	clear(s.trend)
	s.robust = s.robust[:0]
	weights := observed
	for round := 0; ; round++ {
		for range inner {
			s.inner(y, weights, p)
		}
		if round == outer {
			break
		}
		s.reweigh(y, observed)
		weights = s.weights
	}
	if season.Window == 0 {
		average(s.season, p)
	}
}

func (s *one) prepare(n int, season Season, o Options) {
	p := season.Period
	window := odd(season.Window)
	if season.Window == 0 {
		window = 10*n + 1
	}
	trend := odd(o.Trend)
	if o.Trend == 0 {
		trend = odd(int(math.Ceil(1.5 * float64(p) / (1 - 1.5/float64(window)))))
	}
	s.ofSeason.prepare(window, 0, (n+p-1)/p)
	s.ofTrend.prepare(trend, 1, n)
	s.ofSlow.prepare(odd(p), 1, n)
	for _, b := range []*[]float64{&s.season, &s.trend, &s.a, &s.b, &s.weights, &s.remainders, &s.extended, &s.sub, &s.subW, &s.subOut} {
		*b = slices.Grow((*b)[:0], n+2*p)[:n]
	}
	s.extended = s.extended[:n+2*p]
	s.a, s.b = s.a[:n+2*p], s.b[:n+2*p]
}

// odd is the next odd number from q on, at least 3.
func odd(q int) int { return max(q, 3) | 1 }

// inner is one round: the season of the series without trend, the trend of the
// series without season.
func (s *one) inner(y, weights []float64, p int) {
	n := len(y)
	for t := range y {
		s.a[t] = y[t] - s.trend[t]
	}
	s.subseries(s.a[:n], weights, p)
	slow := movingMean(s.extended, p, s.a)
	slow = movingMean(slow, p, s.b)
	slow = movingMean(slow, 3, s.a)
	s.ofSlow.smooth(slow, nil, s.b[:n])
	for t := range y {
		s.season[t] = s.extended[p+t] - s.b[t]
		s.a[t] = y[t] - s.season[t]
	}
	s.ofTrend.smooth(s.a[:n], weights, s.trend)
}

// subseries smooths every p-th point of y for each phase, from one period before
// the first point to one after the last.
func (s *one) subseries(y, weights []float64, p int) {
	for phase := range p {
		k := 0
		for t := phase; t < len(y); t += p {
			s.sub[k] = y[t]
			if weights != nil {
				s.subW[k] = weights[t]
			}
			k++
		}
		sub, out := s.sub[:k], s.subOut[:k]
		var w []float64
		if weights != nil {
			w = s.subW[:k]
		}
		s.ofSeason.smooth(sub, w, out)
		q := min(s.ofSeason.window, k)
		s.extended[phase] = s.ofSeason.or(out[0], -1, 0, q-1, sub, w)
		for i, v := range out {
			s.extended[phase+(i+1)*p] = v
		}
		s.extended[phase+(k+1)*p] = s.ofSeason.or(out[k-1], float64(k), k-q, k-1, sub, w)
	}
}

// movingMean writes the means of every q neighbours to out, len(x)-q+1 of them.
func movingMean(x []float64, q int, out []float64) []float64 {
	sum := 0.0
	for _, v := range x[:q] {
		sum += v
	}
	out = out[:len(x)-q+1]
	out[0] = sum / float64(q)
	for i := 1; i < len(out); i++ {
		sum += x[i+q-1] - x[i-1]
		out[i] = sum / float64(q)
	}
	return out
}

// reweigh gives each point the bisquare of its remainder over six medians.
func (s *one) reweigh(y, observed []float64) {
	s.robust = s.robust[:0]
	sorted := s.remainders[:0]
	for t := range y {
		r := math.Abs(y[t] - s.season[t] - s.trend[t])
		s.robust = append(s.robust, r)
		if observed == nil || observed[t] > 0 {
			sorted = append(sorted, r)
		}
	}
	slices.Sort(sorted)
	m := len(sorted)
	limit := 3 * (sorted[m/2] + sorted[m-m/2-1])
	for t, r := range s.robust {
		w := bisquare(r, limit)
		s.robust[t] = w
		if observed != nil {
			w *= observed[t]
		}
		s.weights[t] = w
	}
}

func bisquare(r, limit float64) float64 {
	switch {
	case r <= 0.001*limit:
		return 1
	case r > 0.999*limit:
		return 0
	}
	u := r / limit
	return (1 - u*u) * (1 - u*u)
}

// average makes a season the same in every cycle.
func average(season []float64, p int) {
	for phase := range p {
		sum, k := 0.0, 0
		for t := phase; t < len(season); t += p {
			sum += season[t]
			k++
		}
		for t := phase; t < len(season); t += p {
			season[t] = sum / float64(k)
		}
	}
}
