package pace

import (
	"math"
	"math/rand/v2"
	"time"
)

// A Curve is offered load over time, on [0, Length].
type Curve interface {
	Rate(t time.Duration) float64  // arrivals per second at t, ≥ 0
	Count(t time.Duration) float64 // ∫ Rate over [0, t], exact; never falls, Count(0) = 0
	Length() time.Duration
}

// Total is the number of arrivals that a schedule of c has: Count(Length), rounded.
func Total(c Curve) uint64 {
	return uint64(max(0, math.Floor(c.Count(c.Length())+0.5)))
}

// A Schedule gives due instants one by one, in order. It is not safe for concurrent use.
type Schedule struct {
	curve Curve
	total uint64
	given uint64
	last  time.Duration
	level func(k uint64) float64 // the value of Count at which arrival k is due; never falls
}

// Even spreads arrivals over c: arrival k is due where Count(t) = k + ½.
func Even(c Curve) *Schedule {
	return &Schedule{curve: c, total: Total(c), level: half}
}

func half(k uint64) float64 { return float64(k) + 0.5 }

// Poisson draws the due instants at random with the density of c. It takes one number from r per arrival.
//
// The instants must come out sorted without being kept, so the uniform order statistics are made in order: the share of
// the range left above the next of m remaining points is V^(1/m) of what was left (Bentley, Saxe, Generating sorted
// lists of random numbers, 1980).
func Poisson(c Curve, r *rand.Rand) *Schedule {
	total, integral := Total(c), c.Count(c.Length())
	left := 0.0 // log of the share above the last point
	return &Schedule{curve: c, total: total, level: func(k uint64) float64 {
		left += math.Log(1-r.Float64()) / float64(total-k)
		return -math.Expm1(left) * integral
	}}
}

// Next is the next due instant, from the start; ok is false when there are no more. Instants never fall and stay within
// the curve's length.
func (s *Schedule) Next() (due time.Duration, ok bool) {
	if s.given == s.total {
		return 0, false
	}
	s.last = Invert(s.curve, s.level(s.given), s.last)
	s.given++
	return s.last, true
}

// Invert is the first nanosecond t ≥ from with Count(t) ≥ level, or Length where there is none.
func Invert(c Curve, level float64, from time.Duration) time.Duration {
	low, below := from, c.Count(from)
	if below >= level {
		return from
	}
	high, above, ok := bracket(c, level, low, below)
	if !ok {
		return c.Length()
	}
	// Count(low) < level ≤ Count(high) holds throughout. The line through both ends finds the root of a straight stretch
	// at once; halving in turn bounds the steps where the curve bends.
	for halve := false; high-low > 1; halve = !halve {
		middle := low + (high-low)/2
		if !halve {
			line := low + time.Duration(float64(high-low)*(level-below)/(above-below))
			middle = min(max(line, low+1), high-1)
		}
		if count := c.Count(middle); count >= level {
			high, above = middle, count
		} else {
			low, below = middle, count
		}
	}
	return high
}

// bracket looks for an instant where level is reached, at a distance that doubles from twice what the rate promises.
func bracket(c Curve, level float64, low time.Duration, below float64) (high time.Duration, above float64, ok bool) {
	length := c.Length()
	step := time.Second
	if rate := c.Rate(low); rate > 0 {
		step = time.Duration(min(2e9*(level-below)/rate, float64(length))) + 1
	}
	for ; ; step *= 2 {
		if step >= length-low {
			above = c.Count(length)
			return length, above, above >= level
		}
		if above = c.Count(low + step); above >= level {
			return low + step, above, true
		}
	}
}
