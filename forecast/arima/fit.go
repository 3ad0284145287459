package arima

import (
	"fmt"
	"math"

	"github.com/peakday/peakday/forecast/simplex"
)

// limit keeps sums of squares within float64.
const limit = 1e100

// Fit finds the coefficients of the greatest likelihood. It needs |y| ≤ 1e100, NaN
// for missing, and five points more than there are coefficients.
func Fit(y []float64, o Order, seasons []Season) (Model, error) {
	f, err := newFit(y, o, seasons)
	if err != nil {
		return Model{}, err
	}
	b, ok := f.regression(nil)
	if !ok {
		return Model{}, fmt.Errorf("arima: %d waves cannot be told apart on %d points, %d of them missing; take fewer harmonics", len(f.waves), len(y), len(y)-f.seen)
	}
	rest := minus(f.y, f.columns, b)
	x := start(difference(rest, o.D), o.P, o.Q)
	if zero := make([]float64, len(x)); f.at(zero, rest).minus2 < f.at(x, rest).minus2 {
		x = zero
	}
	for i := range x {
		x[i] = math.Atanh(max(min(x[i], 0.98), -0.98))
	}
	step := make([]float64, len(x))
	before := math.Inf(1)
	for round := range 20 {
		for i := range step {
			step[i] = 0.2
			if round > 0 {
				step[i] = 0.02
			}
		}
		if len(x) > 0 {
			x, _ = simplex.Minimize(func(x []float64) float64 { return f.at(tanh(x), rest).minus2 }, x, step, 150*len(x))
		}
		g := f.gains(f.coefficients(tanh(x)))
		if b, ok = f.regression(g); !ok {
			return Model{}, fmt.Errorf("arima: %v leaves nothing of some waves; take fewer harmonics", o)
		}
		rest = minus(f.y, f.columns, b)
		now := f.at(tanh(x), rest).minus2
		if len(f.columns) == 0 || before-now < 1e-9*(1+math.Abs(now)) {
			break
		}
		before = now
	}
	ar, ma := f.coefficients(tanh(x))
	return f.model(ar, ma, b), nil
}

// Filter is the model at the end of another series, usually one that goes on: its
// coefficients stay, nothing is searched for. y is as for Fit.
func (m Model) Filter(y []float64) (Model, error) {
	f, err := newFit(y, m.Order, m.Seasons)
	if err != nil {
		return Model{}, err
	}
	return f.model(m.AR, m.MA, m.Coefficients), nil
}

func tanh(x []float64) []float64 {
	t := make([]float64, len(x))
	for i, v := range x {
		t[i] = math.Tanh(v)
	}
	return t
}

// A fit is the series with its regressors, from the first D points in a row on.
type fit struct {
	order   Order
	seasons []Season
	waves   []wave
	from    int // points of the series before the first used
	y       []float64
	missing []bool // of the points after the first D
	seen    int    // of those that are there
	columns [][]float64
	scale   float64 // of y, to tell an error from a rounding
	g       gains
	errors  []float64
}

func newFit(y []float64, o Order, seasons []Season) (*fit, error) {
	if o.P < 0 || o.Q < 0 || o.D < 0 || o.D > 2 || o.P > 30 || o.Q > 30 || o.D == 2 && o.Constant {
		return nil, fmt.Errorf("arima: %v: want orders of 0 to 30, 0 to 2 differences, a constant with at most one", o)
	}
	for _, s := range seasons {
		if !(s.Period > 1) || math.IsInf(s.Period, 1) || s.Harmonics < 1 || float64(s.Harmonics) > s.Period/2 {
			return nil, fmt.Errorf("arima: %d harmonics of a period of %g: want 1 to half the period", s.Harmonics, s.Period)
		}
		if s.Period > float64(len(y)) {
			return nil, fmt.Errorf("arima: %d points, a season of %g: want one period at least; leave the season out", len(y), s.Period)
		}
	}
	f := &fit{order: o, seasons: seasons, waves: waves(seasons)}
	for t, v := range y {
		if math.Abs(v) > limit {
			return nil, fmt.Errorf("arima: point %d is %g: want at most %g in size", t, v, limit)
		}
	}
	for f.from < len(y) && gap(y[f.from:], max(o.D, 1)) {
		f.from++
	}
	f.y = y[f.from:]
	for i, v := range f.y {
		if i >= o.D {
			f.missing = append(f.missing, math.IsNaN(v))
			if !math.IsNaN(v) {
				f.seen++
			}
		}
		if math.Abs(v) > f.scale {
			f.scale = math.Abs(v)
		}
	}
	f.columns = o.regressors(f.waves, f.from, len(y))
	if want := o.P + o.Q + len(f.columns) + 5; f.seen < want {
		return nil, fmt.Errorf("arima: %d points that are not missing: %v with %d waves wants %d or more", f.seen, o, len(f.waves), want)
	}
	return f, nil
}

// gap is whether one of the next n points is missing.
func gap(y []float64, n int) bool {
	for _, v := range y[:min(n, len(y))] {
		if math.IsNaN(v) {
			return true
		}
	}
	return false
}

func (f *fit) coefficients(partial []float64) (ar, ma []float64) {
	p := f.order.P
	return coefficients(partial[:p]), negative(coefficients(partial[p:]))
}

func (f *fit) gains(ar, ma []float64) *gains {
	f.g.prepare(newProcess(ar, ma, f.order.D), f.missing)
	return &f.g
}

// sums of a run through the series without its regression.
type sums struct{ squares, minus2 float64 }

// at is -2 ln likelihood, the variance of the shocks at its best.
func (f *fit) at(partial, rest []float64) sums {
	return f.sums(f.gains(f.coefficients(partial)), rest)
}

func (f *fit) sums(g *gains, rest []float64) sums {
	_, f.errors = g.run(rest, f.errors)
	var s sums
	for _, e := range f.errors {
		s.squares += e * e
	}
	// A series followed exactly has no likelihood: errors under a rounding of the
	// largest value count as one.
	n := float64(f.seen)
	rounding := 1e-15 * max(f.scale, 1e-130)
	variance := max(s.squares/n, rounding*rounding)
	s.minus2 = n*(math.Log(2*math.Pi*variance)+1) + g.logs
	return s
}

// regression is least squares between the errors of the series and those of each
// regressor, all run through the same filter; without one, between the points or
// their differences.
func (f *fit) regression(g *gains) ([]float64, bool) {
	if len(f.columns) == 0 {
		return nil, true
	}
	if g == nil {
		g = &gains{}
		g.prepare(newProcess(nil, nil, f.order.D), f.missing)
	}
	_, target := g.run(f.y, nil)
	var columns [][]float64
	for _, c := range f.columns {
		_, e := g.run(c, nil)
		columns = append(columns, e)
	}
	return least(columns, target)
}

func (f *fit) model(ar, ma, b []float64) Model {
	o := f.order
	rest := minus(f.y, f.columns, b)
	s := f.sums(f.gains(ar, ma), rest)
	z, _ := f.g.run(rest, nil)
	k := float64(o.P + o.Q + len(f.columns) + 1)
	n := float64(f.seen)
	return Model{
		Order: o, Seasons: f.seasons,
		AR: ar, MA: ma, Coefficients: b,
		Sigma2: s.squares / (n - k + 1),
		LogLik: -s.minus2 / 2,
		AICc:   s.minus2 + 2*k + 2*k*(k+1)/(n-k-1),
		points: f.from + len(f.y), state: z, spread: append([]float64(nil), f.g.P...),
	}
}
