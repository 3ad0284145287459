package model

import (
	"math"
	"slices"
)

// A Problem is a series and the origins from which it is to be forecast. What
// a model says at an origin it has learnt from the values before it and from
// nothing else. Many origins cost a model little more than one: sums and states
// are carried from each to the next.
type Problem struct {
	Values  []float64 // no NaN
	Filled  []bool    // true: the value was not observed and is not to be learnt from; nil: all were
	Seasons []int     // lengths in steps, > 1, shortest first
	Origins []int     // rising; at origin o, Values[:o] is known; the last may be len(Values)
	Horizon int       // steps to forecast from each origin

	logs *Problem // made when first asked for
	in   scale
}

// A Model makes point forecasts. It is serial, keeps nothing between calls and
// gives the same values for the same problem.
type Model interface {
	// Name is unique among the models that are combined.
	Name() string
	// Forecast fills one path an origin, each Horizon long. Where the known
	// part is too short for the model it repeats the last season.
	Forecast(p *Problem, paths [][]float64)
}

// season is the i-th season, 0 if there is none.
func (p *Problem) season(i int) int {
	if i < len(p.Seasons) {
		return p.Seasons[i]
	}
	return 0
}

// cycle is the longest season of which two lie before the origin, and 1 without any.
func (p *Problem) cycle(origin int) int {
	for _, m := range slices.Backward(p.Seasons) {
		if 2*m <= origin {
			return m
		}
	}
	return 1
}

func (p *Problem) filled(t int) bool { return p.Filled != nil && p.Filled[t] }

// A scale takes values to logarithms and back. The zero value leaves them.
type scale struct {
	logs         bool
	shift, least float64
}

// shiftBelow and shift: logs of a series that comes near zero see its nights and
// nothing else, so a tenth of the mean is added to all of it.
const (
	shiftBelow = 0.02
	shift      = 0.1
)

// Logs is the same problem in logarithms, ln(y + c): c is 0 for a series that
// stays above 2 % of its mean and a tenth of the mean else. It is decided by
// what lies before the first origin.
func (p *Problem) Logs() *Problem {
	if p.logs != nil {
		return p.logs
	}
	known := p.Values
	if len(p.Origins) > 0 {
		known = known[:p.Origins[0]]
	}
	s := scale{logs: true, least: math.SmallestNonzeroFloat32}
	if mean := mean(known); mean > 0 {
		if slices.Min(known) <= shiftBelow*mean {
			s.shift = shift * mean
		}
		s.least = shiftBelow * mean
	}
	z := make([]float64, len(p.Values))
	for i, y := range p.Values {
		z[i] = math.Log(max(y+s.shift, s.least))
	}
	p.logs = &Problem{Values: z, Filled: p.Filled, Seasons: p.Seasons, Origins: p.Origins, Horizon: p.Horizon, in: s}
	return p.logs
}

// most is how many times its largest value so far a series may become by a
// forecast in logarithms: recursions there explode on spiky series.
const most = 3

// inLogs is a model on the logarithms of a series.
type inLogs struct{ Model }

// InLogs is the model on the logarithms of a series, back on its own scale. No
// value is more than three times the largest before the origin.
func InLogs(m Model) Model { return inLogs{m} }

func (m inLogs) Name() string { return m.Model.Name() + " in logs" }

func (m inLogs) Forecast(p *Problem, paths [][]float64) {
	logs := p.Logs()
	m.Model.Forecast(logs, paths)
	top, seen := 0.0, 0
	for k, o := range p.Origins {
		for ; seen < o; seen++ {
			top = max(top, p.Values[seen])
		}
		limit := math.Log(most*top + logs.in.shift)
		for i, z := range paths[k] {
			paths[k][i] = math.Exp(min(z, limit)) - logs.in.shift
		}
	}
}

func mean(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total / float64(len(x))
}
