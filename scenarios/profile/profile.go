package profile

import "time"

// A Profile is an offered load from 0 to Length. Implementations are values that never change.
type Profile interface {
	// Rate is the arrival rate at t, per second; 0 outside [0, Length].
	Rate(t time.Duration) float64
	// Count is the integral of Rate from 0 to t: 0 before the start, the total after the end. It never falls.
	Count(t time.Duration) float64
	// Length is the time from start to end.
	Length() time.Duration
}
