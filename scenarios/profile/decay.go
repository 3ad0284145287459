package profile

import (
	"math"
	"time"
)

// A Decay goes from one rate towards another; each half-life halves what is left of the distance.
type Decay struct {
	From, To float64 // arrivals per second, ≥ 0; To is approached and not reached
	Half     time.Duration
	For      time.Duration
}

// Length is For.
func (d Decay) Length() time.Duration { return d.For }

// Rate is To + (From - To) 2^(-t/Half).
func (d Decay) Rate(t time.Duration) float64 {
	if t < 0 || t > d.For {
		return 0
	}
	left := math.Exp2(-t.Seconds() / d.Half.Seconds())
	return d.From*left + d.To*(1-left)
}

// Count is, with τ = Half / ln 2 and x = t / τ,
//
//	τ (From (1 - e^-x) + To (x - (1 - e^-x)))
//
// whose terms are positive in a rise as in a fall.
func (d Decay) Count(t time.Duration) float64 {
	if t <= 0 {
		return 0
	}
	τ := d.Half.Seconds() / math.Ln2
	x := min(t, d.For).Seconds() / τ
	return τ * (d.From*-math.Expm1(-x) + d.To*beyond(x))
}

// beyond is x - (1 - e^-x) without the cancellation that leaves nothing of it for small x.
func beyond(x float64) float64 {
	if x > 0.01 {
		return x + math.Expm1(-x)
	}
	// The next term of the series is under 1e-14 of the first.
	return x * x * (1./2 - x*(1./6-x*(1./24-x*(1./120-x*(1./720-x/5040)))))
}
