package model

import (
	"slices"
)

// A Ridge is a seasonal autoregression: each value is a linear function of some
// before it, found by least squares in which older rows count less and large
// coefficients cost. It is a seasonal ARIMA without moving averages, in closed
// form.
//
//	min  Σ 0.5^((o-t)/HalfLife) (z_t - a - Σ b_l z_{t-l})²  +  Penalty · var(z) · Σ b_l²
//
// where z is the series or a difference of it. Forecasts are fed back. Sources:
// Hoerl, Kennard, Ridge regression, Technometrics 12 (1970); Doornik, Castle,
// Hendry, Card forecasts for M4, International Journal of Forecasting 36 (2020),
// for how far two seasonal lags go.
type Ridge struct {
	Label      string
	Lags       LagSet
	Difference []int   // seasons to take differences over, as places in Problem.Seasons; -1 is a step
	HalfLife   float64 // steps
	Penalty    float64
}

// Name is the label.
func (m Ridge) Name() string { return m.Label }

// leastRows is how many rows a coefficient needs before the first origin. Lags
// that leave fewer are left out.
const leastRows = 2

// Forecast carries the sums of squares from origin to origin.
func (m Ridge) Forecast(p *Problem, paths [][]float64) {
	steps := m.steps(p)
	lags := m.Lags(p.season(0), p.season(1))
	z, lost := difference(p.Values, steps)
	first := p.Origins[0]
	lags = slices.DeleteFunc(lags, func(l int) bool { return lost+l+leastRows*len(lags) > first })
	if len(lags) == 0 {
		for k, o := range p.Origins {
			repeat(p.Values[:o], p.cycle(o), paths[k])
		}
		return
	}
	center := mean(z[lost:first]) // for the digits; the constant of the regression finds the rest
	for t := lost; t < len(z); t++ {
		z[t] -= center
	}
	columns := make([][]float64, len(lags)+1) // the value itself last
	sums := newSums(len(columns), m.HalfLife)
	from := lost + lags[len(lags)-1]
	var moments moments
	seen := lost
	ahead := make([]float64, 0, len(z)+p.Horizon)
	for k, o := range p.Origins {
		if from < o {
			for i, l := range append(lags, 0) {
				columns[i] = z[from-l : o-l]
			}
			sums.add(columns, from, p)
			from = o
		}
		for ; seen < o; seen++ {
			moments.add(z[seen])
		}
		b := sums.ridge(m.Penalty * moments.variance())
		ahead = append(ahead[:0], z[:o]...)
		for range p.Horizon {
			f := b[0]
			for i, l := range lags {
				f += b[i+1] * ahead[len(ahead)-l]
			}
			ahead = append(ahead, f)
		}
		for i := range paths[k] {
			paths[k][i] = ahead[o+i] + center
		}
		integrate(p.Values[:o], steps, paths[k])
	}
}

// steps are the lengths of the differences, in the order they are taken.
func (m Ridge) steps(p *Problem) []int {
	var steps []int
	for _, d := range m.Difference {
		length := 1
		if d >= 0 {
			length = p.season(d)
		}
		if length > 0 && 4*length <= p.Origins[0] {
			steps = append(steps, length)
		}
	}
	return steps
}

// difference is values less those a step before, for each step; the first lost
// of them mean nothing.
func difference(values []float64, steps []int) (z []float64, lost int) {
	z = slices.Clone(values)
	for _, m := range steps {
		lost += m
		for t := len(z) - 1; t >= lost; t-- {
			z[t] -= z[t-m]
		}
	}
	return z, lost
}

// integrate turns a path of differences into one of values.
func integrate(known []float64, steps []int, path []float64) {
	for i := len(steps) - 1; i >= 0; i-- {
		z, _ := difference(known, steps[:i])
		m := steps[i]
		for j := range path {
			if j < m {
				path[j] += z[len(z)-m+j]
			} else {
				path[j] += path[j-m]
			}
		}
	}
}

// moments give a running variance of values near zero.
type moments struct{ n, sum, squares float64 }

func (m *moments) add(x float64) {
	m.n++
	m.sum += x
	m.squares += x * x
}

func (m *moments) variance() float64 {
	mean := m.sum / m.n
	return max(0, m.squares/m.n-mean*mean)
}
