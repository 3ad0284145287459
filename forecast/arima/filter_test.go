package arima

import (
	"math"
	"slices"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// The likelihood of points with holes, from the filter and from the density of a
// normal vector with the autocovariances of the process (its weights on past shocks
// multiplied out).
func TestLikelihoodIsTheNormalDensity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := rapid.IntRange(0, 3).Draw(t, "p"), rapid.IntRange(0, 3).Draw(t, "q")
		partial := rapid.SliceOfN(rapid.Float64Range(-0.8, 0.8), p+q, p+q).Draw(t, "partial")
		y := rapid.SliceOfN(rapid.Float64Range(-5, 5), 4, 12).Draw(t, "y")
		gone := rapid.SliceOfN(rapid.Bool(), len(y), len(y)).Draw(t, "gone")
		gone[0] = false
		f := fit{order: Order{P: p, Q: q}, missing: gone, scale: 5}
		for _, g := range gone {
			if !g {
				f.seen++
			}
		}
		s := f.at(partial, y)
		n := float64(f.seen)
		variance := s.squares / n
		if variance < 1e-6 {
			return
		}
		if want := density(y, gone, f.g.process, variance); math.Abs(s.minus2-want) > 1e-6*(1+math.Abs(want)) {
			t.Fatalf("-2 ln L is %v, the density's %v", s.minus2, want)
		}
	})
}

// density is -2 ln of the normal density of the points that are not gone.
func density(y []float64, gone []bool, p process, variance float64) float64 {
	const far = 3000
	weights := make([]float64, far)
	z := slices.Clone(p.theta)
	for i := range weights {
		weights[i] = z[0]
		p.step(z)
	}
	var at []int
	for i := range y {
		if !gone[i] {
			at = append(at, i)
		}
	}
	S := mat.NewSymDense(len(at), nil)
	v := mat.NewVecDense(len(at), nil)
	for a, i := range at {
		v.SetVec(a, y[i])
		for b := range a + 1 {
			lag, sum := i-at[b], 0.0
			for k := 0; k+lag < far; k++ {
				sum += weights[k] * weights[k+lag]
			}
			S.SetSym(a, b, variance*sum)
		}
	}
	var c mat.Cholesky
	c.Factorize(S)
	var x mat.VecDense
	if err := c.SolveVecTo(&x, v); err != nil {
		return math.NaN()
	}
	return c.LogDet() + mat.Dot(v, &x) + float64(len(at))*math.Log(2*math.Pi)
}

// A series run through what was fitted to it is forecast as by the fit; and one
// that goes on as was forecast goes on being forecast so.
func TestFilterOfTheSameIsTheFit(t *testing.T) {
	for _, o := range []Order{{P: 2, Q: 1, Constant: true}, {P: 1, D: 1, Q: 1}} {
		y := oracletest.Column(t, "walk", "y")
		m, err := Fit(y, o, []Season{{24, 2}})
		if err != nil {
			t.Fatal(err)
		}
		want, wantV := m.Forecast(30)
		same, err := m.Filter(y)
		if err != nil {
			t.Fatal(err)
		}
		if got, gotV := same.Forecast(30); !slices.Equal(got, want) || !slices.Equal(gotV, wantV) {
			t.Errorf("%v: filtered %v, fitted %v", o, got, want)
		}
		later, err := m.Filter(append(y, want[:10]...))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := later.Forecast(20)
		for i := range got {
			if oracletest.Off(got[i], want[10+i]) > 1e-9 {
				t.Errorf("%v: step %d is %v ten steps later, want %v", o, i+1, got[i], want[10+i])
			}
		}
	}
}
