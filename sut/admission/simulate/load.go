package simulate

import (
	"math"
	"math/rand/v2"
	"time"
)

// A Load is a rate of arrivals over time: straight lines between its points,
// and nothing after the last. Two points at one instant are a step.
type Load []Point

// Point is a rate, in arrivals a second, at an instant in seconds.
type Point struct{ At, Rate float64 }

// end is the instant of the last point.
func (l Load) end() float64 { return l[len(l)-1].At }

// next draws the first Poisson arrival after at, +Inf if there is none: by
// thinning (Lewis, Shedler 1979) under the bound of each line in turn.
func (l Load) next(at float64, chance *rand.Rand) float64 {
	for i := 1; i < len(l); i++ {
		from, to := l[i-1], l[i]
		bound := max(from.Rate, to.Rate)
		if to.At <= at || bound == 0 {
			continue
		}
		at = max(at, from.At)
		for {
			at += chance.ExpFloat64() / bound
			if at >= to.At {
				at = to.At
				break
			}
			rate := from.Rate + (to.Rate-from.Rate)*(at-from.At)/(to.At-from.At)
			if chance.Float64()*bound < rate {
				return at
			}
		}
	}
	return math.Inf(1)
}

// Clients says what a client does that was refused, or answered too late.
type Clients struct {
	Retries int // at most so often
	Manners Manners
}

// Manners is when a client comes back.
type Manners uint8

const (
	Naive   Manners = iota // after half a second, each time
	Backoff                // after 1, 2, 4 ... seconds, give or take a half
	Polite                 // when Retry-After says; Backoff if nothing was said
)

// pause is the seconds until the client tries again after its try-th try, from 1.
func (m Manners) pause(try int, retryAfter time.Duration, chance *rand.Rand) float64 {
	switch {
	case m == Naive:
		return 0.5
	case m == Polite && retryAfter > 0:
		return retryAfter.Seconds() + chance.Float64()
	}
	return (0.5 + chance.Float64()) * float64(int(1)<<(try-1))
}
