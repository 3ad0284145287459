package ets

import "math"

// Forecast is the mean and the variance of each of the h coming points. A variance
// that float64 does not hold, as errors of thousands of percent bring, is +Inf; a
// mean that it does not hold is the one before.
//
// For additive errors and seasons (Hyndman et al. 2008, section 6.3), with
// c_j = α + β(φ + … + φ^j) + γ[j is a whole number of periods],
//
//	additive error        v_h = σ²(1 + c_1² + … + c_{h-1}²)
//	multiplicative error  v_h = (1 + σ²)θ_h - μ_h²,  θ_h = μ_h² + σ² Σ c_j² θ_{h-j}
//
// A multiplicative season is taken from the moments of level, slope and season
// together, see product.
func (m Model) Forecast(h int) (mean, variance []float64) {
	mean, variance = m.moments(h)
	last := m.level
	for i := range mean {
		if math.IsNaN(variance[i]) {
			variance[i] = math.Inf(1)
		}
		if math.IsNaN(mean[i]) || math.IsInf(mean[i], 0) {
			mean[i] = last
		}
		last = mean[i]
	}
	return mean, variance
}

func (m Model) moments(h int) (mean, variance []float64) {
	mean, variance = make([]float64, max(h, 0)), make([]float64, max(h, 0))
	if m.Form.Season == Multiplicative {
		for phase := 0; phase < min(m.Period, h); phase++ {
			m.product(phase, mean, variance)
		}
		return mean, variance
	}
	phi := m.phi()
	q, power := m.level, m.slope
	c2 := make([]float64, len(mean)) // c_{j+1}²
	c := m.Params.Alpha
	fall := 1.0
	for j := range mean {
		power *= phi
		q += power
		mean[j] = q
		fall *= phi
		if m.Form.Trend != None {
			c += m.Params.Beta * fall
		}
		full := c
		if m.Form.Season == Additive {
			mean[j] += m.season[j%m.Period]
			if (j+1)%m.Period == 0 {
				full += m.Params.Gamma
			}
		}
		c2[j] = full * full
	}
	if m.Form.Error == Multiplicative {
		m.relative(mean, c2, variance)
		return mean, variance
	}
	sum := 1.0
	for j := range variance {
		variance[j] = m.Sigma2 * sum
		sum += c2[j]
	}
	return mean, variance
}

// relative is the recursion of θ.
func (m Model) relative(mean, c2, variance []float64) {
	theta := make([]float64, len(mean))
	for i := range mean {
		sum := 0.0
		for j := 1; j <= i; j++ {
			sum += c2[j-1] * theta[i-j]
		}
		theta[i] = mean[i]*mean[i] + m.Sigma2*sum
		variance[i] = (1+m.Sigma2)*theta[i] - mean[i]*mean[i]
	}
}

func (m Model) phi() float64 {
	switch m.Form.Trend {
	case None:
		return 0
	case Additive:
		return 1
	}
	return m.Params.Phi
}

// product gives the points of one phase of a multiplicative season. Let x = (l, b)
// and s the season of this phase. At every step x becomes (F + eG)x, and where the
// phase comes round s becomes (1 + γe)s, e the same error with moments σ², 0, 3σ⁴.
// So a = E[s·x] and A = E[s²·xxᵀ] are carried on exactly:
//
//	elsewhere          a ← Fa               A ← FAFᵀ + σ²GAGᵀ
//	at the phase       a ← (F + γσ²G)a      A ← (1 + γ²σ²)FAFᵀ + 2γσ²(FAGᵀ + GAFᵀ) + (σ² + 3γ²σ⁴)GAGᵀ
//
// and y = (1 + e)·w'x·s with w = (1, φ) has the mean w'a and the square
// (1 + σ²)w'Aw.
func (m Model) product(phase int, mean, variance []float64) {
	phi, v, gamma := m.phi(), m.Sigma2, m.Params.Gamma
	beta := m.Params.Beta
	if m.Form.Trend == None {
		beta = 0
	}
	f := matrix{1, phi, 0, phi}
	g := matrix{m.Params.Alpha, m.Params.Alpha * phi, beta, beta * phi}
	s := m.season[phase]
	a := [2]float64{s * m.level, s * m.slope}
	A := matrix{a[0] * a[0], a[0] * a[1], a[1] * a[0], a[1] * a[1]}
	for h := range mean {
		at := h%m.Period == phase
		if at {
			mean[h] = a[0] + phi*a[1]
			square := A[0] + 2*phi*A[1] + phi*phi*A[3]
			variance[h] = max((1+v)*square-mean[h]*mean[h], 0)
		}
		u := 0.0
		if at {
			u = gamma
		}
		a = [2]float64{
			(f[0]+u*v*g[0])*a[0] + (f[1]+u*v*g[1])*a[1],
			(f[2]+u*v*g[2])*a[0] + (f[3]+u*v*g[3])*a[1],
		}
		ff, gg, fg := f.times(A).timesT(f), g.times(A).timesT(g), f.times(A).timesT(g)
		for i := range A {
			turned := fg[[...]int{0, 2, 1, 3}[i]]
			A[i] = (1+u*u*v)*ff[i] + 2*u*v*(fg[i]+turned) + (v+3*u*u*v*v)*gg[i]
		}
	}
}

// A matrix is 2 by 2, by rows.
type matrix [4]float64

func (a matrix) times(b matrix) matrix {
	return matrix{a[0]*b[0] + a[1]*b[2], a[0]*b[1] + a[1]*b[3], a[2]*b[0] + a[3]*b[2], a[2]*b[1] + a[3]*b[3]}
}

func (a matrix) timesT(b matrix) matrix { return a.times(matrix{b[0], b[2], b[1], b[3]}) }
