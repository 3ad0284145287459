package ets

import (
	"errors"
	"math"

	"github.com/peakday/peakday/forecast/simplex"
)

// searched is the longest period whose initial seasons are searched for: at 24 the
// search takes fifteen times as long.
const searched = 12

// Fit finds the parameters of the greatest likelihood by search from the averages
// of the cycles. It needs |y| ≤ 1e100, NaN for missing, two points more than the
// form has parameters, and all > 0 for a multiplicative form.
func Fit(y []float64, f Form, period int) (Model, error) {
	if err := f.check(y, period); err != nil {
		return Model{}, err
	}
	if f.Season == None {
		period = 1
	}
	s := begin(y, f, period)
	r := runner{f: f, y: y, season: make([]float64, len(s.initial.Season))}
	p := s.initial
	p.Season = make([]float64, len(s.initial.Season))
	cost := func(x []float64) float64 {
		if !s.params(x, &p) {
			return math.Inf(1)
		}
		sum := r.run(p)
		if !sum.ok {
			return math.Inf(1)
		}
		return sum.minus2
	}
	best := s.search(cost)
	if best == nil {
		return Model{}, errors.New("ets: " + f.String() + " has no likelihood from any start; take additive parts")
	}
	s.params(best, &p)
	return Filter(y, f, period, p)
}

// Select fits every form that the series allows and returns that of the least
// AICc. With a period under 2, or less than two periods, seasons are left out.
func Select(y []float64, period int) (Model, error) {
	best, err := Fit(y, Form{Error: Additive}, 1)
	if err != nil {
		return Model{}, err
	}
	for _, e := range []Component{Additive, Multiplicative} {
		for _, trend := range []Component{None, Additive, Damped} {
			for _, season := range []Component{None, Additive, Multiplicative} {
				m, err := Fit(y, Form{e, trend, season}, period)
				if err == nil && m.AICc < best.AICc {
					best = m
				}
			}
		}
	}
	return best, nil
}

// A space maps the coordinates of the simplex to parameters: angles for what has
// bounds, steps of scale for the states.
type space struct {
	f       Form
	period  int
	initial Params
	scale   float64 // of the states
}

// search starts from a slow and a quick smoothing; with a season, where a search takes
// long, from the better of them.
func (s space) search(cost func([]float64) float64) (best []float64) {
	least := math.Inf(1)
	for _, angle := range []float64{0.3, 0.9} { // α of 0.09 and of 0.61
		x, step := s.start(angle)
		value := cost(x)
		if s.f.Season == None {
			x, value = simplex.Minimize(cost, x, step, 300*len(x))
		}
		if value < least {
			best, least = x, value
		}
	}
	if best == nil || s.f.Season == None {
		return best
	}
	_, step := s.start(0)
	best, _ = simplex.Minimize(cost, best, step, 300*len(best))
	return best
}

func (s space) start(angle float64) (x, step []float64) {
	x, step = []float64{angle}, []float64{0.2}
	if s.f.Trend != None {
		x, step = append(x, 0.3), append(step, 0.2)
	}
	if s.f.Season != None {
		x, step = append(x, 0.3), append(step, 0.2)
	}
	if s.f.Trend == Damped {
		x, step = append(x, 1.2), append(step, -0.3)
	}
	x, step = append(x, 0), append(step, 0.3)
	if s.f.Trend != None {
		x, step = append(x, 0), append(step, 0.03)
	}
	if s.f.Season != None && s.period <= searched {
		for range s.period - 1 {
			x, step = append(x, 0), append(step, 0.1)
		}
	}
	return x, step
}

// params writes what x means to p; false if a multiplicative season would not be
// positive.
func (s space) params(x []float64, p *Params) bool {
	next := func() float64 {
		v := x[0]
		x = x[1:]
		return v
	}
	within := func(low, high float64) float64 {
		v := math.Sin(next())
		return low + (high-low)*v*v
	}
	const edge = 1e-4
	p.Alpha = within(edge, 1-edge)
	if s.f.Trend != None {
		p.Beta = within(0, p.Alpha)
	}
	if s.f.Season != None {
		p.Gamma = within(0, 1-p.Alpha)
	}
	if s.f.Trend == Damped {
		p.Phi = within(0.8, 0.98)
	}
	p.Level = s.initial.Level + s.scale*next()
	if s.f.Trend != None {
		p.Slope = s.initial.Slope + s.scale*next()
	}
	copy(p.Season, s.initial.Season)
	if s.f.Season == None || s.period > searched {
		return true
	}
	unit := s.scale
	if s.f.Season == Multiplicative {
		unit = 1
	}
	moved := 0.0
	for i := range p.Season[1:] {
		d := unit * next()
		p.Season[i+1] += d
		moved += d
	}
	p.Season[0] -= moved
	if s.f.Season == Multiplicative {
		for _, v := range p.Season {
			if v <= 0 {
				return false
			}
		}
	}
	return true
}
