package model

import "slices"

// A Usual is the median of the last weeks at the same hour, each week moved to
// the level of now: robust against what happened once.
//
//	f = level + median_k { y(h - k weeks) - level before week k }
//
// A level is the mean of the last Level shortest seasons, or no level is taken
// with 0. A series with one season has that for its week.
type Usual struct {
	Label string
	Weeks int // at most
	Level int // shortest seasons
}

// Name is the label.
func (m Usual) Name() string { return m.Label }

// Forecast takes as many weeks as there are. An hour that was observed in none is as
// it was filled in last.
func (m Usual) Forecast(p *Problem, paths [][]float64) {
	var found []float64
	level := m.Level * p.season(0)
	sums := make([]float64, len(p.Values)+1) // of all values before
	for t, v := range p.Values {
		sums[t+1] = sums[t] + v
	}
	for k, o := range p.Origins {
		known, week := p.Values[:o], p.cycle(o)
		for i := range paths[k] {
			found = found[:0]
			for back := (i/week + 1) * week; len(found) < m.Weeks && o+i-back >= 0; back += week {
				at := o + i - back
				if p.filled(at) {
					continue
				}
				move := 0.0
				if level > 0 {
					first := o - back // the origin of that week
					if first-level < 0 {
						break
					}
					move = (sums[o] - sums[o-level] - sums[first] + sums[first-level]) / float64(level)
				}
				found = append(found, known[at]+move)
			}
			paths[k][i] = median(found, known[o-week+i%week])
		}
	}
}

// median of values, or none where there are none. It sorts them.
func median(x []float64, none float64) float64 {
	n := len(x)
	if n == 0 {
		return none
	}
	slices.Sort(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}
