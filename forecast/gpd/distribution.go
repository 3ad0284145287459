package gpd

import "math"

// A Distribution is the generalised Pareto distribution of an excess x ≥ 0:
//
//	P(X > x) = (1 + ξx/β)^(-1/ξ),   exp(-x/β) if ξ = 0
//
// up to the end -β/ξ if ξ < 0.
type Distribution struct {
	Scale float64 // β, > 0, in the unit of the excess
	Shape float64 // ξ
}

// Over is the probability of more than x: 1 for x ≤ 0, 0 beyond the end.
func (d Distribution) Over(x float64) float64 {
	if x <= 0 {
		return 1
	}
	return math.Exp(-d.hazard(x))
}

// Quantile is the excess that is exceeded with probability over, in (0, 1]: 0 at 1,
// the end, or +Inf, at 0.
func (d Distribution) Quantile(over float64) float64 {
	return d.Scale * power(-math.Log(over), d.Shape)
}

// LogLik is the log of the density of all excesses together; -Inf if one lies
// beyond the end.
func (d Distribution) LogLik(excesses []float64) float64 {
	sum := -float64(len(excesses)) * math.Log(d.Scale)
	for _, x := range excesses {
		sum -= (1 + d.Shape) * d.hazard(x)
	}
	if math.IsNaN(sum) {
		return math.Inf(-1)
	}
	return sum
}

// hazard is -ln P(X > x) = ln(1 + ξx/β)/ξ.
func (d Distribution) hazard(x float64) float64 {
	r := x / d.Scale
	if math.Abs(d.Shape)*r < 1e-12 {
		return r
	}
	if d.Shape*r <= -1 {
		return math.Inf(1)
	}
	return math.Log1p(d.Shape*r) / d.Shape
}

// power is (e^(hξ) - 1)/ξ, the excess in scales at a hazard h.
func power(h, shape float64) float64 {
	if math.Abs(shape)*h < 1e-12 || shape == 0 {
		return h
	}
	return math.Expm1(h*shape) / shape
}
