package arima

import "math"

// most is the largest p and q that Select tries.
const most = 5

// Select finds the differences by [Differences] of the series without its waves,
// then walks from four small models to whichever neighbour, one step in p, q or
// both or with the constant changed, has the least AICc, until none is better.
// Models within a hundredth of the edge of stationarity or invertibility are passed
// over. It needs what Fit needs for (0,0,0) with constant.
func Select(y []float64, seasons []Season) (Model, error) {
	f, err := newFit(y, Order{Constant: true}, seasons)
	if err != nil {
		return Model{}, err
	}
	rest := f.y
	if b, ok := f.regression(nil); ok {
		rest = minus(f.y, f.columns, b)
	}
	w := walk{y: y, seasons: seasons, tried: map[Order]bool{}}
	d := Differences(rest)
	for _, o := range []Order{{2, d, 2, d < 2}, {0, d, 0, d < 2}, {1, d, 0, d < 2}, {0, d, 1, d < 2}, {0, d, 0, false}} {
		w.try(o)
	}
	for moved := w.found; moved; {
		moved = false
		at := w.best.Order
		for _, o := range neighbours(at) {
			moved = w.try(o) || moved
		}
	}
	if !w.found {
		return Fit(y, Order{Constant: true}, seasons)
	}
	return w.best, nil
}

func neighbours(o Order) (all []Order) {
	for _, move := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, -1}, {1, -1}, {-1, 1}} {
		n := o
		n.P, n.Q = o.P+move[0], o.Q+move[1]
		if n.P >= 0 && n.Q >= 0 && n.P <= most && n.Q <= most {
			all = append(all, n)
		}
	}
	if o.D < 2 {
		o.Constant = !o.Constant
		all = append(all, o)
	}
	return all
}

// A walk holds the best model so far.
type walk struct {
	y       []float64
	seasons []Season
	tried   map[Order]bool
	best    Model
	found   bool
}

// try says whether the model is the best so far.
func (w *walk) try(o Order) bool {
	if w.tried[o] {
		return false
	}
	w.tried[o] = true
	m, err := Fit(w.y, o, w.seasons)
	if err != nil || w.found && m.AICc >= w.best.AICc || !inside(m.AR, 1.01) || !inside(negative(m.MA), 1.01) {
		return false
	}
	w.best, w.found = m, true
	return true
}

// Differences is how often, at most twice, a series is differenced until the KPSS
// test at 5 % no longer takes its level for wandering. Missing points are left out.
func Differences(y []float64) (d int) {
	x := make([]float64, 0, len(y))
	for _, v := range y {
		if !math.IsNaN(v) {
			x = append(x, v)
		}
	}
	for d < 2 && kpss(x) > 0.463 { // critical value, Kwiatkowski et al. 1992, table 1
		x = difference(x, 1)
		d++
	}
	return d
}

// kpss is the statistic for a level: the squares of the sums of what lies above the
// mean, over n² times the variance of the sums, from ⌊3√n/13⌋ lags with falling
// (Bartlett's) weights. 0 if x does not vary.
func kpss(x []float64) float64 {
	n := float64(len(x))
	mean := 0.0
	for _, v := range x {
		mean += v / n
	}
	sum, squares, variance := 0.0, 0.0, 0.0
	for _, v := range x {
		sum += v - mean
		squares += sum * sum
		variance += (v - mean) * (v - mean)
	}
	lags := int(3 * math.Sqrt(n) / 13)
	for lag := 1; lag <= lags; lag++ {
		c := 0.0
		for t := lag; t < len(x); t++ {
			c += (x[t] - mean) * (x[t-lag] - mean)
		}
		variance += 2 * (1 - float64(lag)/float64(lags+1)) * c
	}
	if !(variance > 0) {
		return 0
	}
	return squares / (n * variance)
}
