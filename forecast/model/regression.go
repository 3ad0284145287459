package model

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Regression is a trend that may change its slope, waves of the seasons and the
// regressors of the problem, found by an elastic net, and another model of what is
// left. It is for long seasons and for what is known ahead.
//
//	y_t = a + b t + Σ d_j max(0, t - c_j) + Σ waves + Σ r_i x_i,t + what is left
//
// How much coefficients cost is found as in [Smooth], by forecasts over the whole
// horizon: from half of what is known on, once a horizon and at every origin, each
// cost is tried, and the one that has been off least is taken. The trend goes on
// with its last slope; on 53 of M4's hourly series, some weeks long, three changes
// made the error larger by an eighth, so they are for longer ones. Where less than
// three horizons are known the last season is repeated.
type Regression struct {
	Label     string
	Changes   int     // of slope that are looked for before the first origin, evenly spread; as densely after it
	Harmonics []int   // waves of each season of the problem, shortest first; at most half its length are taken
	Mix       float64 // α of the net, from 0, ridge regression, to 1, the lasso
	HalfLife  float64 // steps after which a value counts half; 0: never
	Rest      Model   // of what is left; nil: nothing of it is forecast
}

// Name is the label.
func (m Regression) Name() string { return m.Label }

// The costs that are tried: λ from the one that leaves nothing down, each stride
// of the one before. 0.7^19 is a thousandth.
const (
	costs  = 20
	stride = 0.7
)

// Forecast carries the products of the columns from origin to origin.
func (m Regression) Forecast(p *Problem, paths [][]float64) {
	first, last := p.Origins[0], p.Origins[len(p.Origins)-1]
	stops := tries((first+1)/2, first, p.Horizon)
	before := len(stops)
	if before == 0 {
		for k, o := range p.Origins {
			repeat(p.Values[:o], p.cycle(o), paths[k])
		}
		return
	}
	stops = append(stops, p.Origins...)
	d := m.design(p)
	target := d.columns[len(d.columns)-1]
	products := newSums(len(d.columns), cmp.Or(m.HalfLife, math.Inf(1)))
	losses := make([][costs]float64, len(stops)) // of the horizon after each stop
	piece := make([][]float64, len(d.columns))
	fit, left := make([]float64, len(target)), make([]float64, last)
	from := 0
	for i, stop := range stops {
		for j, c := range d.columns {
			piece[j] = c[from:stop]
		}
		products.add(piece, from, p)
		from = stop
		n := newNet(products, m.Mix)
		for j, since := range d.since {
			if since > stop {
				n.sizes[j] = 0
			}
		}
		best := cheapest(losses[:i], stops, stop-p.Horizon)
		b, lambda := make([]float64, len(d.since)), n.most()
		for c := range costs {
			n.descend(b, lambda)
			lambda *= stride
			if stop+p.Horizon <= last {
				d.fit(n.coefficients(b), fit, stop, stop+p.Horizon)
				losses[i][c] = off(target, fit, stop, p)
			}
			if i < before || c != best {
				continue
			}
			d.fit(n.coefficients(b), fit, 0, stop+p.Horizon)
			path := paths[i-before]
			clear(path)
			if m.Rest != nil {
				floats.SubTo(left[:stop], target[:stop], fit[:stop])
				m.Rest.Forecast(p.rest(left, stop), [][]float64{path})
			}
			floats.Add(path, fit[stop:stop+p.Horizon])
			floats.AddConst(d.center, path)
		}
	}
}

// tries are the steps from from on whose horizon lies before to.
func tries(from, to, horizon int) (at []int) {
	for t := from; t > 0 && t+horizon <= to; t += horizon {
		at = append(at, t)
	}
	return at
}

// cheapest is the place of the cost with the least losses, of the stops up to until.
func cheapest(losses [][costs]float64, stops []int, until int) int {
	var sum [costs]float64
	for k, loss := range losses {
		if stops[k] <= until {
			floats.Add(sum[:], loss[:])
		}
	}
	return floats.MinIdx(sum[:])
}

// off is the sum of the absolute errors of a fit over the horizon from a step on.
func off(target, fit []float64, from int, p *Problem) (sum float64) {
	for t := from; t < from+p.Horizon; t++ {
		if !p.filled(t) {
			sum += math.Abs(target[t] - fit[t])
		}
	}
	return sum
}
