package model

import (
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/series"
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

	// Regressors are known ahead: what they say of a step, a model may know long
	// before. Only [Regression] asks them.
	Regressors []series.Regressor

	logs  *Problem // made when first asked for
	shift float64  // that was added before logarithms were taken
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

// rest is the problem of what is left of the values before one origin.
func (p *Problem) rest(left []float64, origin int) *Problem {
	return &Problem{Values: left[:origin], Filled: p.Filled, Seasons: p.Seasons, Origins: []int{origin}, Horizon: p.Horizon, Regressors: p.Regressors}
}

func (p *Problem) filled(t int) bool { return p.Filled != nil && p.Filled[t] }

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
	level := mean(known)
	least := max(shiftBelow*level, math.SmallestNonzeroFloat32)
	added := 0.0
	if len(known) > 0 && slices.Min(known) <= shiftBelow*level {
		added = shift * level
	}
	z := make([]float64, len(p.Values))
	for i, y := range p.Values {
		z[i] = math.Log(max(y+added, least))
	}
	p.logs = &Problem{Values: z, Filled: p.Filled, Seasons: p.Seasons, Origins: p.Origins, Horizon: p.Horizon, Regressors: p.Regressors, shift: added}
	return p.logs
}

// inLogs is a model on the logarithms of a series.
type inLogs struct{ Model }

// InLogs is the model on the logarithms of a series, back on its own scale.
// Recursions in logarithms explode on spiky series: a value may be huge, but it
// is finite.
func InLogs(m Model) Model { return inLogs{m} }

func (m inLogs) Name() string { return m.Model.Name() + " in logs" }

// largest is the last whole number whose exponential is finite.
const largest = 709

func (m inLogs) Forecast(p *Problem, paths [][]float64) {
	logs := p.Logs()
	m.Model.Forecast(logs, paths)
	for _, path := range paths {
		for i, z := range path {
			path[i] = math.Exp(min(z, largest)) - logs.shift
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
