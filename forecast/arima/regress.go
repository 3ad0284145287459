package arima

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A Season is a sum of waves whose longest has the period.
type Season struct {
	Period    float64 // points, > 1, whole or not
	Harmonics int     // waves: of Period, Period/2, Period/3, …; at most Period/2
}

// A wave of the regression.
type wave struct {
	turns float64 // a point
	sine  bool
}

// waves of all seasons, each frequency once: the 7th of a week of hours is the
// first of a day. At half a turn a point there is no sine.
func waves(seasons []Season) (all []wave) {
	var known []float64
	for _, s := range seasons {
	harmonics:
		for k := 1; k <= s.Harmonics; k++ {
			turns := float64(k) / s.Period
			for _, t := range known {
				if math.Abs(t-turns) < 1e-9 {
					continue harmonics
				}
			}
			known = append(known, turns)
			if turns < 0.5-1e-9 {
				all = append(all, wave{turns, true})
			}
			all = append(all, wave{turns, false})
		}
	}
	return all
}

// at is the wave at point t = 0, 1, …, which R and the model count from 1.
func (w wave) at(t int) float64 {
	angle := 2 * math.Pi * math.Mod(w.turns*float64(t+1), 1)
	if w.sine {
		return math.Sin(angle)
	}
	return math.Cos(angle)
}

// regressors at points from, …, to-1, a column each: the constant first.
func (o Order) regressors(all []wave, from, to int) (columns [][]float64) {
	if o.Constant {
		c := make([]float64, to-from)
		for i := range c {
			c[i] = 1
			if o.D == 1 {
				c[i] = float64(from + i + 1)
			}
		}
		columns = append(columns, c)
	}
	for _, w := range all {
		c := make([]float64, to-from)
		for i := range c {
			c[i] = w.at(from + i)
		}
		columns = append(columns, c)
	}
	return columns
}

// least solves y = Xb in least squares, X given by columns; false if they depend on
// each other.
func least(columns [][]float64, y []float64) ([]float64, bool) {
	if len(columns) == 0 {
		return nil, true
	}
	n, k := len(y), len(columns)
	if n < k {
		return nil, false
	}
	x := mat.NewDense(n, k, nil)
	size := make([]float64, k)
	for j, c := range columns {
		for _, v := range c {
			size[j] = max(size[j], math.Abs(v))
		}
		if size[j] == 0 {
			return nil, false
		}
		for i, v := range c {
			x.Set(i, j, v/size[j])
		}
	}
	var qr mat.QR
	qr.Factorize(x)
	if !(qr.Cond() < 1e10) {
		return nil, false
	}
	var b mat.VecDense
	if err := qr.SolveVecTo(&b, false, mat.NewVecDense(n, y)); err != nil {
		return nil, false
	}
	out := make([]float64, k)
	for j := range out {
		out[j] = b.AtVec(j) / size[j]
	}
	return out, true
}

// minus is y without the regression.
func minus(y []float64, columns [][]float64, b []float64) []float64 {
	rest := append([]float64(nil), y...)
	for j, c := range columns {
		for i := range rest {
			rest[i] -= b[j] * c[i]
		}
	}
	return rest
}
