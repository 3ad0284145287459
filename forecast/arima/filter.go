package arima

import "math"

// gains are how much of an error each state takes on at each point. They depend on
// the process and on which points are missing, not on their values, so one set
// serves the series and all regressors.
type gains struct {
	process process
	each    []float64 // m numbers a row
	row     []int     // of each point; -1: missing, no update
	scale   []float64 // √F, the deviation of the point's error
	logs    float64   // Σ ln F over the observed
	seen    int       // observed points

	P, ph, column []float64 // variance of the state, at the end before the next point
}

// still is the change of a gain that is none. As many points as the state is large
// must go by without: shocks that come back after q points move it every q-th only.
const still = 1e-13

// prepare finds the gains for points that are there or missing.
func (g *gains) prepare(p process, missing []bool) {
	m := p.size()
	g.process = p
	g.P = p.spread()
	g.each, g.row, g.scale = g.each[:0], g.row[:0], g.scale[:0]
	g.logs, g.seen = 0, 0
	g.ph, g.column = resize(g.ph, m), resize(g.column, m)
	steady, quiet, last, lastF := false, 0, -1, 0.0
	for _, gone := range missing {
		if gone {
			g.row, g.scale = append(g.row, -1), append(g.scale, 0)
			p.stepSpread(g.P, g.column)
			steady, quiet, last = false, 0, -1
			continue
		}
		g.seen++
		if steady {
			g.row, g.scale = append(g.row, last), append(g.scale, math.Sqrt(lastF))
			g.logs += math.Log(lastF)
			continue
		}
		F := g.update()
		row := len(g.each)/m - 1
		g.row, g.scale = append(g.row, row), append(g.scale, math.Sqrt(F))
		g.logs += math.Log(F)
		quiet++
		if last < 0 || math.Abs(F-lastF) >= still || !near(g.each[row*m:], g.each[last*m:(last+1)*m]) {
			quiet = 0
		}
		steady = quiet > m
		last, lastF = row, F
		p.stepSpread(g.P, g.column)
	}
}

// update appends the gains of one point and takes what it tells off the variance.
func (g *gains) update() (F float64) {
	m := g.process.size()
	for i := range m {
		g.ph[i] = g.process.expected(g.P[i*m : i*m+m])
	}
	F = g.process.expected(g.ph)
	for i := range m {
		g.each = append(g.each, g.ph[i]/F)
	}
	for i := range m {
		for j := range m {
			g.P[i*m+j] -= g.ph[i] * g.ph[j] / F
		}
	}
	return F
}

func near(a, b []float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > still {
			return false
		}
	}
	return true
}

// run writes to errors the one-step errors of y over their deviation, for the
// points after the first d, those that are missing left out. It returns the state
// before the next point.
func (g *gains) run(y []float64, errors []float64) (z, standard []float64) {
	d, m := len(g.process.delta), g.process.size()
	z = g.process.begin(y[:d])
	standard = errors[:0]
	for i, v := range y[d:] {
		if row := g.row[i]; row >= 0 {
			v -= g.process.expected(z)
			standard = append(standard, v/g.scale[i])
			for j, k := range g.each[row*m : row*m+m] {
				z[j] += k * v
			}
		}
		g.process.step(z)
	}
	return z, standard
}

func resize(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}
