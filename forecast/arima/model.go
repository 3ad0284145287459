package arima

import "fmt"

// An Order is how far the process remembers.
type Order struct {
	P, D, Q  int  // values, differences, shocks; D ≤ 2
	Constant bool // a mean if D = 0, a drift if D = 1; not with D = 2
}

// String is the usual name, such as ARIMA(2,1,1) with constant.
func (o Order) String() string {
	s := fmt.Sprintf("ARIMA(%d,%d,%d)", o.P, o.D, o.Q)
	if o.Constant {
		s += " with constant"
	}
	return s
}

// A Model has been fitted and stands at the end of its series.
type Model struct {
	Order   Order
	Seasons []Season
	AR, MA  []float64
	// Coefficients of the regression: the constant if there is one, then for each
	// wave sine and cosine. Time counts from 1 at the first point.
	Coefficients []float64

	Sigma2       float64 // of the shocks: sum of squares over points less coefficients
	LogLik, AICc float64 // of the points after the first D

	points int
	state  []float64
	spread []float64 // of the state, for shocks of variance 1
}

// Forecast is the mean and the variance of each of the h coming points.
func (m Model) Forecast(h int) (mean, variance []float64) {
	h = max(h, 0)
	mean, variance = make([]float64, h), make([]float64, h)
	p := newProcess(m.AR, m.MA, m.Order.D)
	z, P := append([]float64(nil), m.state...), append([]float64(nil), m.spread...)
	size := p.size()
	ph, column := make([]float64, size), make([]float64, size)
	columns := m.Order.regressors(waves(m.Seasons), m.points, m.points+h)
	for i := range mean {
		mean[i] = p.expected(z)
		for j, c := range columns {
			mean[i] += m.Coefficients[j] * c[i]
		}
		for j := range size {
			ph[j] = p.expected(P[j*size : j*size+size])
		}
		variance[i] = m.Sigma2 * p.expected(ph)
		p.step(z)
		p.stepSpread(P, column)
	}
	return mean, variance
}
