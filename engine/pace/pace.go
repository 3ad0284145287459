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

// A Schedule gives due instants one by one, in order. It is not safe for concurrent use: each loop walks its own, made from
// the same curve and seed.
type Schedule struct {
	total uint64
	given uint64
	last  time.Duration
	level func(k uint64) float64                                      // the value of Count at which arrival k is due; never falls
	at    func(level float64, from time.Duration) (due time.Duration) // the first instant ≥ from at which Count reaches it
}

// Even spreads arrivals over c: arrival k is due where Count(t) = k + ½.
func Even(c Curve) *Schedule {
	return &Schedule{total: Total(c), level: half, at: inverse(c)}
}

func half(k uint64) float64 { return float64(k) + 0.5 }

func inverse(c Curve) func(float64, time.Duration) time.Duration {
	return func(level float64, from time.Duration) time.Duration { return invert(c, level, from) }
}

// Poisson draws the due instants at random with the density of c. It takes one number from r per arrival.
//
// The instants must come out sorted without being kept, so the uniform order statistics are made in order: the share of
// the range left above the next of m remaining points is V^(1/m) of what was left (Bentley, Saxe, Generating sorted
// lists of random numbers, 1980).
func Poisson(c Curve, r *rand.Rand) *Schedule {
	total, integral := Total(c), c.Count(c.Length())
	left := 0.0 // log of the share above the last point
	level := func(k uint64) float64 {
		left += math.Log(1-r.Float64()) / float64(total-k)
		return -math.Expm1(left) * integral
	}
	return &Schedule{total: total, level: level, at: inverse(c)}
}

// Total is the number of arrivals, given or still to come.
func (s *Schedule) Total() uint64 { return s.total }

// Next is the next due instant, from the start; ok is false when there are no more. Instants never fall and stay within
// the curve's length.
func (s *Schedule) Next() (due time.Duration, ok bool) {
	if s.given == s.total {
		return 0, false
	}
	s.last = s.at(s.level(s.given), s.last)
	s.given++
	return s.last, true
}

// Skip passes over the next n arrivals, or those that are left, for less than Next costs. Where loop i of n sends every
// n-th arrival, it skips i and then n-1 after each Next; together the loops send what one alone would.
func (s *Schedule) Skip(n uint64) {
	for range min(n, s.total-s.given) {
		s.level(s.given)
		s.given++
	}
}
