// Package simplex finds the least of a function by the method of Nelder and Mead.
//
//	x, value := simplex.Minimize(f, []float64{0, 0}, []float64{1, 0.1}, 2000)
//
// It is gonum's, with what the fits of this folder share: a step of its own for
// each coordinate, values that are NaN or infinite taken as very bad, and a new
// simplex at the point found, until that gains nothing: a simplex that has gone
// flat looks like an end. The same start gives the same answer.
//
// The least found is a local one.
//
// Source: J. A. Nelder, R. Mead: A simplex method for function minimization. The
// Computer Journal 7 (1965) 308-313.
package simplex

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"
)

// bad stands for what is no number; it is far above any value a fit meets.
const bad = 1e200

// Minimize returns the best point found and its value, at worst start and f's
// value there. step, > 0, is the size of the first simplex in each coordinate. It
// asks f about evaluations times at most.
func Minimize(f func(x []float64) float64, start, step []float64, evaluations int) (best []float64, least float64) {
	x := make([]float64, len(start))
	best, least = slices.Clone(start), number(f(start))
	problem := optimize.Problem{Func: func(u []float64) float64 {
		for i := range x {
			x[i] = best[i] + step[i]*u[i]
		}
		return number(f(x))
	}}
	for left := evaluations; left > len(start); {
		settings := &optimize.Settings{
			FuncEvaluations: left,
			Converger:       &optimize.FunctionConverge{Absolute: 1e-9, Relative: 1e-11, Iterations: 20 + 10*len(start)},
		}
		method := &optimize.NelderMead{SimplexSize: 1}
		if left < evaluations {
			method.SimplexSize = 0.2
		}
		result, err := optimize.Minimize(problem, make([]float64, len(start)), settings, method)
		if result == nil || err != nil && !(result.F < least) {
			break
		}
		left -= result.FuncEvaluations
		gain := least - result.F
		if gain <= 0 {
			break
		}
		moved := slices.Clone(best)
		for i := range moved {
			moved[i] += step[i] * result.X[i]
		}
		best, least = moved, result.F
		if gain < 1e-6*(1+math.Abs(least)) {
			break
		}
	}
	return best, least
}

func number(v float64) float64 {
	if math.IsNaN(v) || v > bad {
		return bad
	}
	return max(v, -bad)
}
