package model

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// sums are the weighted products of the columns of a regression with each other:
// a constant, the regressors, and last what is regressed. They grow row by row,
// the newest counting 1.
type sums struct {
	side     int       // columns, the constant among them
	decay    float64   // of the weights, a row
	products []float64 // lower triangle of a square, row by row
	weighted []float64
	weights  []float64
}

func newSums(columns int, halfLife float64) *sums {
	side := columns + 1
	return &sums{side: side, decay: math.Exp2(-1 / halfLife), products: make([]float64, side*side)}
}

// add takes in rows, given by columns without the constant; the first belongs to
// step from of the problem. Values that were filled in weigh nothing.
func (s *sums) add(columns [][]float64, from int, p *Problem) {
	n := len(columns[0])
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
	s.products[0] += floats.Sum(s.weights)
	for i, column := range columns {
		floats.MulTo(s.weighted, s.weights, column)
		row := s.products[(i+1)*s.side:]
		row[0] += floats.Sum(s.weighted)
		for j, other := range columns[:i+1] {
			row[j+1] += floats.Dot(s.weighted, other)
		}
	}
}

// ridge gives the constant and the coefficients that cost penalty times their
// square each. A constant series gives nothing but its constant.
func (s *sums) ridge(penalty float64) []float64 {
	n := s.side - 1
	a := make([]float64, n*n)
	for i := range n {
		copy(a[i*n:i*n+i+1], s.products[i*s.side:i*s.side+i+1])
		a[i*n+i] += penalty
	}
	const ground = 1e-9 // of the largest on the diagonal: keeps what is singular solvable
	a[0] -= penalty
	b := slices.Clone(s.products[n*s.side : n*s.side+n])
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
