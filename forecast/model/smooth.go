package model

import (
	"cmp"
	"math"
	"slices"
)

// A Smooth is exponential smoothing with two seasons and an autoregressive
// error (Taylor 2003): level l, day s and week w move by shares of the error of
// one step; φ carries what is left of it on.
//
//	ŷ_t = l + s_t + w_t + φ e,   ε = y - ŷ
//	l += α ε,  s_t += γ ε,  w_t += ω ε,  e = y - (l + s_t + w_t)
//
// Its parameters are those of Grid whose forecasts over the whole horizon, from
// an origin every few steps, were off least so far (absolute error, older
// origins counting less); the forecast is the mean of the Keep best. One step
// ahead, the usual measure, picks parameters that follow noise.
//
// Source: Taylor, Short-term electricity demand forecasting using double
// seasonal exponential smoothing, Journal of the Operational Research Society
// 54 (2003).
type Smooth struct {
	Label string
	Grid  []Gains
	Keep  int
}

// Gains are the parameters of a Smooth, each in [0, 1).
type Gains struct{ Level, Day, Week, Error float64 }

// Name is the label.
func (m Smooth) Name() string { return m.Label }

const (
	tryEvery  = 5    // steps between the origins of the fit; prime to the seasons, so that each phase is tried
	tryMemory = 400  // steps after which an error counts half
	firstWeek = 0.35 // share of a week's deviations that starts the week's season; two weeks add up
)

// Forecast runs every parameter of the grid once, and the best again.
func (m Smooth) Forecast(p *Problem, paths [][]float64) {
	first := p.Origins[0]
	start, ok := begin(p.Values[:first], p.season(0), p.season(1), p.Horizon)
	if !ok {
		for k, o := range p.Origins {
			repeat(p.Values[:o], p.cycle(o), paths[k])
		}
		return
	}
	losses := make([][]float64, len(m.Grid))
	state := start.copy()
	for i, g := range m.Grid {
		losses[i] = make([]float64, len(p.Origins))
		start.into(&state)
		state.try(g, p, losses[i])
	}
	chosen := make([][]int, len(m.Grid)) // origins, by place, that a parameter is used at
	order := make([]int, len(m.Grid))
	keep := min(m.Keep, len(m.Grid))
	for k := range p.Origins {
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(losses[a][k], losses[b][k]) })
		for _, i := range order[:keep] {
			chosen[i] = append(chosen[i], k)
		}
		clear(paths[k])
	}
	for i, at := range chosen {
		if len(at) == 0 {
			continue
		}
		start.into(&state)
		for _, k := range at {
			state.run(m.Grid[i], p, p.Origins[k])
			state.ahead(m.Grid[i].Error, 1/float64(keep), paths[k])
		}
	}
}

// smoothing is the state of a Smooth before step t.
type smoothing struct {
	t           int
	level, left float64
	day, week   []float64 // by t modulo their length; one zero where there is no season
}

// begin starts from the first two seasons of each kind; ok is false where
// nothing would be left to fit.
func begin(known []float64, day, week, horizon int) (s smoothing, ok bool) {
	spare := horizon + 4*tryEvery
	weeks := 2
	if weeks*week+spare > len(known) {
		weeks = 1
	}
	if weeks*week+spare > len(known) {
		week = 0
	}
	if 2*day+spare > len(known) || spare > len(known) {
		return s, false
	}
	lead := max(week, 2*day, 1)
	s = smoothing{level: mean(known[:lead]), day: make([]float64, max(day, 1)), week: make([]float64, max(week, 1))}
	if day > 0 {
		for t := range lead / day * day {
			s.day[t%day] += (known[t] - s.level) / float64(lead/day)
		}
	}
	for t := range weeks * week {
		s.week[t%week] += firstWeek * (known[t] - s.level - s.day[t%len(s.day)])
	}
	return s, true
}

func (s smoothing) copy() smoothing {
	s.day, s.week = slices.Clone(s.day), slices.Clone(s.week)
	return s
}

// into copies a state into another of the same seasons.
func (s smoothing) into(to *smoothing) {
	day, week := to.day, to.week
	copy(day, s.day)
	copy(week, s.week)
	*to = s
	to.day, to.week = day, week
}

// run learns the values up to step to. A value that was filled in is not news.
func (s *smoothing) run(g Gains, p *Problem, to int) {
	if len(s.day) == 1 {
		g.Day = 0
	}
	if len(s.week) == 1 {
		g.Week = 0
	}
	d, w := s.t%len(s.day), s.t%len(s.week)
	for ; s.t < to; s.t++ {
		base := s.level + s.day[d] + s.week[w]
		if p.filled(s.t) {
			s.left *= g.Error
		} else {
			e := p.Values[s.t] - base
			news := e - g.Error*s.left
			s.level += g.Level * news
			s.day[d] += g.Day * news
			s.week[w] += g.Week * news
			s.left = e
		}
		if d++; d == len(s.day) {
			d = 0
		}
		if w++; w == len(s.week) {
			w = 0
		}
	}
}

// ahead adds share of the forecast from here to path.
func (s *smoothing) ahead(phi, share float64, path []float64) {
	d, w, left := s.t%len(s.day), s.t%len(s.week), s.left
	for i := range path {
		left *= phi
		path[i] += share * (s.level + s.day[d] + s.week[w] + left)
		if d++; d == len(s.day) {
			d = 0
		}
		if w++; w == len(s.week) {
			w = 0
		}
	}
}

// try fills in, for each origin of the problem, the mean absolute error over
// the horizon from the tries that were over by then. What was filled in is no error.
func (s *smoothing) try(g Gains, p *Problem, losses []float64) {
	path := make([]float64, p.Horizon)
	at := max(len(s.week), len(s.day)) // the start has seen these
	last := p.Origins[len(p.Origins)-1]
	decay := math.Exp2(-tryEvery / float64(tryMemory))
	sum, weight, k := 0.0, 0.0, 0
	for ; at+p.Horizon <= last; at += tryEvery {
		for ; p.Origins[k] < at+p.Horizon; k++ {
			losses[k] = sum / weight
		}
		s.run(g, p, at)
		clear(path)
		s.ahead(g.Error, 1, path)
		sum, weight = decay*sum, decay*weight
		for i, f := range path {
			if !p.filled(at + i) {
				sum += math.Abs(p.Values[at+i] - f)
				weight++
			}
		}
	}
	for ; k < len(losses); k++ {
		losses[k] = sum / weight
	}
}

// Coarse is a grid of twelve for the fast tier.
func Coarse() []Gains {
	return []Gains{
		{0.01, 0.05, 0.10, 0.90}, {0.01, 0.15, 0.10, 0.95}, {0.03, 0.03, 0.20, 0.70}, {0.03, 0.20, 0.20, 0.90},
		{0.002, 0.05, 0.20, 0.97}, {0.002, 0.02, 0.05, 0.90}, {0.10, 0.10, 0.10, 0.50}, {0.20, 0.20, 0.20, 0.20},
		{0.005, 0.30, 0.10, 0.80}, {0.005, 0.01, 0.30, 0.95}, {0.05, 0.02, 0.05, 0.97}, {0.30, 0.05, 0.15, 0.50},
	}
}

// Fine is n points spread evenly over the logarithms of the gains and over
// what is carried on: a Halton sequence in bases 2, 3, 5 and 7.
func Fine(n int) []Gains {
	between := func(from, to, u float64) float64 { return from * math.Pow(to/from, u) }
	grid := make([]Gains, n)
	for i := range grid {
		grid[i] = Gains{
			Level: between(0.001, 0.95, halton(i+1, 2)),
			Day:   between(0.005, 0.95, halton(i+1, 3)),
			Week:  between(0.01, 0.5, halton(i+1, 5)),
			Error: 1 - between(0.01, 1, halton(i+1, 7)),
		}
	}
	return grid
}

// halton is the i-th of the van der Corput sequence in a base, in (0, 1).
func halton(i, base int) float64 {
	x, f := 0.0, 1.0
	for ; i > 0; i /= base {
		f /= float64(base)
		x += f * float64(i%base)
	}
	return x
}
