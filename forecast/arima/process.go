package arima

import "math"

// A process is an ARIMA in the form of a filter. Its state z has r = max(p, q+1)
// values of the ARMA part (Harvey's form), then the last d points:
//
//	y_t = z_1 + δ_1 y_{t-1} + … + δ_d y_{t-d}
//
// with δ the weights of (1-B)^d. Shocks have variance 1.
type process struct {
	phi, theta []float64 // φ_1…φ_r, and 1, θ_1…θ_{r-1}; zero past their order
	delta      []float64
}

func newProcess(ar, ma []float64, d int) process {
	r := max(len(ar), len(ma)+1)
	p := process{phi: make([]float64, r), theta: make([]float64, r)}
	copy(p.phi, ar)
	p.theta[0] = 1
	copy(p.theta[1:], ma)
	p.delta = [...][]float64{{}, {1}, {2, -1}}[d]
	return p
}

// size of the state.
func (p process) size() int { return len(p.phi) + len(p.delta) }

// expected is the next point.
func (p process) expected(z []float64) float64 {
	y := z[0]
	for i, d := range p.delta {
		y += d * z[len(p.phi)+i]
	}
	return y
}

// step moves the state on by one point, without shock.
func (p process) step(z []float64) {
	r := len(p.phi)
	y, w := p.expected(z), z[0]
	for i := range r - 1 {
		z[i] = p.phi[i]*w + z[i+1]
	}
	z[r-1] = p.phi[r-1] * w
	for i := len(z) - 1; i > r; i-- {
		z[i] = z[i-1]
	}
	if len(z) > r {
		z[r] = y
	}
}

// begin is the state before the first point after d known ones, latest last.
func (p process) begin(known []float64) []float64 {
	z := make([]float64, p.size())
	for i, y := range known {
		z[len(z)-1-i] = y
	}
	return z
}

// spread is the variance of that state: the stationary one of the ARMA part, none
// of what is known. It sums V + TVTᵀ + T²VT²ᵀ + …, V that of one shock, by doubling.
func (p process) spread() []float64 {
	r, m := len(p.phi), p.size()
	t, v, tv, next := make([]float64, r*r), make([]float64, r*r), make([]float64, r*r), make([]float64, r*r)
	for i := range r {
		t[i*r] = p.phi[i]
		if i+1 < r {
			t[i*r+i+1] = 1
		}
		for j := range r {
			v[i*r+j] = p.theta[i] * p.theta[j]
		}
	}
	for range 60 { // 2^60 terms; near the edge of stationarity thousands count
		multiply(tv, t, v, r, false)
		multiply(next, tv, t, r, true)
		grown := 0.0
		for i := range v {
			v[i] += next[i]
			grown = max(grown, math.Abs(next[i])/(math.Abs(v[0])+1e-300))
		}
		if grown < 1e-17 || math.IsNaN(grown) {
			break
		}
		multiply(next, t, t, r, false)
		t, next = next, t
	}
	full := make([]float64, m*m)
	for i := range r {
		copy(full[i*m:i*m+r], v[i*r:i*r+r])
	}
	return full
}

// multiply writes a·b, or a·bᵀ, to out.
func multiply(out, a, b []float64, r int, transposed bool) {
	for i := range r {
		for j := range r {
			sum := 0.0
			for k := range r {
				if transposed {
					sum += a[i*r+k] * b[j*r+k]
				} else {
					sum += a[i*r+k] * b[k*r+j]
				}
			}
			out[i*r+j] = sum
		}
	}
}

// stepSpread moves a variance on: TPTᵀ and the variance of the new shock.
func (p process) stepSpread(P, column []float64) {
	m := p.size()
	for i := range m { // P is symmetric: a row is a column
		p.step(P[i*m : i*m+m])
	}
	for j := range m {
		for i := range m {
			column[i] = P[i*m+j]
		}
		p.step(column)
		for i := range m {
			P[i*m+j] = column[i]
		}
	}
	for i, a := range p.theta {
		for j, b := range p.theta {
			P[i*m+j] += a * b
		}
	}
}
