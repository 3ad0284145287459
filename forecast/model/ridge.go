package model

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/lapack/lapack64"
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
	sums := newSums(lags, m.HalfLife)
	from := lost + lags[len(lags)-1]
	var moments moments
	seen := lost
	ahead := make([]float64, 0, len(z)+p.Horizon)
	for k, o := range p.Origins {
		sums.add(z, from, o, p)
		from = o
		for ; seen < o; seen++ {
			moments.add(z[seen])
		}
		b := sums.solve(m.Penalty * moments.variance())
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

// sums are the weighted products of the columns of a regression: a constant,
// the lags, and the value itself last.
type sums struct {
	columns  []int // lag of each column but the constant; 0 is the value itself
	decay    float64
	products []float64 // lower triangle of a square, row by row
	weighted []float64
	weights  []float64
}

func newSums(lags []int, halfLife float64) *sums {
	columns := append(slices.Clone(lags), 0)
	side := len(columns) + 1
	return &sums{columns: columns, decay: math.Exp2(-1 / halfLife), products: make([]float64, side*side)}
}

// add takes in the rows from from up to to. A column over them is a piece of z.
func (s *sums) add(z []float64, from, to int, p *Problem) {
	n := to - from
	if n <= 0 {
		return
	}
	floats.Scale(math.Pow(s.decay, float64(n)), s.products)
	s.weights = slices.Grow(s.weights[:0], n)[:n]
	s.weighted = slices.Grow(s.weighted[:0], n)[:n]
	w := 1.0
	for i := n - 1; i >= 0; i-- {
		s.weights[i] = w
		if p.filled(from + i) {
			s.weights[i] = 0
		}
		w *= s.decay
	}
	side := len(s.columns) + 1
	s.products[0] += floats.Sum(s.weights)
	for i, lag := range s.columns {
		floats.MulTo(s.weighted, s.weights, z[from-lag:to-lag])
		row := s.products[(i+1)*side:]
		row[0] += floats.Sum(s.weighted)
		for j := 0; j <= i; j++ {
			row[j+1] += floats.Dot(s.weighted, z[from-s.columns[j]:to-s.columns[j]])
		}
	}
}

// solve gives the constant and the coefficients. A constant series gives
// nothing but its constant.
func (s *sums) solve(penalty float64) []float64 {
	side := len(s.columns) + 1
	n := side - 1
	a := make([]float64, n*n)
	for i := range n {
		copy(a[i*n:i*n+i+1], s.products[i*side:i*side+i+1])
		a[i*n+i] += penalty
	}
	const ground = 1e-9 // of the largest on the diagonal: keeps what is singular solvable
	a[0] -= penalty
	b := slices.Clone(s.products[n*side : n*side+n])
	top := 0.0
	for i := range n {
		top = max(top, a[i*n+i])
	}
	for i := range n {
		a[i*n+i] += ground * top
	}
	sym := blas64.Symmetric{N: n, Stride: n, Data: a, Uplo: blas.Lower}
	t, ok := lapack64.Potrf(sym)
	if !ok {
		clear(b)
		return b
	}
	lapack64.Potrs(t, blas64.General{Rows: n, Cols: 1, Stride: 1, Data: b})
	return b
}
