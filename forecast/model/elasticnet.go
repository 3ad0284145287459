package model

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// A net is a regression whose coefficients cost: what is regressed and the
// regressors each less their mean and over their deviation, as correlations.
//
//	min  ½ (1 - 2 c'b + b'Gb)  +  λ ( α Σ|b_j| + (1-α)/2 Σ b_j² )
//
// α = 1 is the lasso, which leaves most regressors out; α = 0 is ridge
// regression, which shares what they have in common. What does not vary has the
// coefficient 0. Source: Friedman, Hastie, Tibshirani, Regularization Paths for
// Generalized Linear Models via Coordinate Descent, Journal of Statistical
// Software 33 (2010), section 2.
type net struct {
	gram  [][]float64 // G
	with  []float64   // c
	means []float64   // of the regressors
	sizes []float64   // deviation of what is regressed over that of each regressor; 0 for one that does not vary
	level float64     // mean of what is regressed
	alpha float64
}

// flat is the variance over the mean square below which a column counts as constant.
const flat = 1e-12

func newNet(s *sums, alpha float64) *net {
	p := s.side - 2
	n := &net{gram: make([][]float64, p), with: make([]float64, p), means: make([]float64, p), sizes: make([]float64, p), alpha: alpha}
	weight := s.products[0]
	moment := func(i, j int) float64 { // i >= j, both from 1 on
		return s.products[i*s.side+j]/weight - s.products[i*s.side]/weight*(s.products[j*s.side]/weight)
	}
	deviations := make([]float64, s.side)
	for i := 1; i < s.side; i++ {
		if v := moment(i, i); v > flat*s.products[i*s.side+i]/weight {
			deviations[i] = math.Sqrt(v)
		}
	}
	n.level = s.products[(p+1)*s.side] / weight
	for i := range p {
		n.gram[i] = make([]float64, p)
		n.means[i] = s.products[(i+1)*s.side] / weight
		if deviations[i+1] == 0 || deviations[p+1] == 0 {
			continue
		}
		n.sizes[i] = deviations[p+1] / deviations[i+1]
		n.with[i] = moment(p+1, i+1) / (deviations[p+1] * deviations[i+1])
		n.gram[i][i] = 1
		for j := range i {
			if deviations[j+1] > 0 {
				n.gram[i][j] = moment(i+1, j+1) / (deviations[i+1] * deviations[j+1])
				n.gram[j][i] = n.gram[i][j]
			}
		}
	}
	return n
}

// most is the λ above which all coefficients are 0; ridge regression has none,
// and takes that of a mix of a thousandth.
func (n *net) most() float64 {
	top := 0.0
	for _, c := range n.with {
		top = max(top, math.Abs(c))
	}
	return top / max(n.alpha, 1e-3)
}

const (
	settled = 1e-4 // change of a coefficient, in deviations, that ends the descent
	rounds  = 1000 // at most: regressors that are nearly the same settle slowly
)

// descend moves b to the least of the objective, one coefficient at a time:
//
//	b_j ← S(c_j - Σ_{k≠j} G_jk b_k, λα) / (1 + λ(1-α)),   S(x, t) = sign(x) max(|x| - t, 0)
//
// All are visited until none moves, those that are not 0 more often.
func (n *net) descend(b []float64, lambda float64) {
	left := slices.Clone(n.with) // c - Gb
	for j, v := range b {
		if v != 0 {
			floats.AddScaled(left, -v, n.gram[j])
		}
	}
	visit := func(all bool) (moved float64) {
		for j, old := range b {
			if n.sizes[j] == 0 || old == 0 && !all {
				continue
			}
			x := left[j] + old
			b[j] = math.Copysign(max(math.Abs(x)-lambda*n.alpha, 0), x) / (1 + lambda*(1-n.alpha))
			if d := b[j] - old; d != 0 {
				floats.AddScaled(left, -d, n.gram[j])
				moved = max(moved, math.Abs(d))
			}
		}
		return moved
	}
	for range rounds {
		if visit(true) < settled {
			return
		}
		for range rounds {
			if visit(false) < settled {
				break
			}
		}
	}
}

// coefficients are those of the columns as they came, the constant first.
func (n *net) coefficients(b []float64) []float64 {
	own := make([]float64, len(b)+1)
	own[0] = n.level
	for j, v := range b {
		own[j+1] = v * n.sizes[j]
		own[0] -= own[j+1] * n.means[j]
	}
	return own
}
