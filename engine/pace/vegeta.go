package pace

import (
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Vegeta drives a vegeta.Attacker along a curve with even arrivals, to check one tool with the other. It keeps no state. Give
// Attack a duration of 0: the pacer stops after the last arrival, where a duration would cut off those that are late.
type Vegeta struct{ Curve Curve }

var _ vegeta.Pacer = Vegeta{}

// Pace is the wait until hit number hits is due, zero or less when it is late. stop is true after the last one.
func (v Vegeta) Pace(elapsed time.Duration, hits uint64) (wait time.Duration, stop bool) {
	if hits >= Total(v.Curve) {
		return 0, true
	}
	return invert(v.Curve, half(hits), 0) - elapsed, false
}

// Rate is the offered load in hits per second.
func (v Vegeta) Rate(elapsed time.Duration) float64 { return v.Curve.Rate(elapsed) }
