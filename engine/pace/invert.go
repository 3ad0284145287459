package pace

import "time"

// invert is the first nanosecond t ≥ from with Count(t) ≥ level, or Length where there is none.
func invert(c Curve, level float64, from time.Duration) time.Duration {
	if s, ok := c.(solver); ok {
		if t, ok := near(s, level, from); ok {
			return t
		}
	}
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

// A solver is a curve that knows where its count reaches a level, but for rounding.
type solver interface {
	Curve
	Near(count float64) (t time.Duration, ok bool)
}

// near tries the instant that c names, and its neighbours in case the rounding of Count differs by a nanosecond or two. Most
// arrivals are found here, with two values of Count.
func near(c solver, level float64, from time.Duration) (t time.Duration, ok bool) {
	if t, ok = c.Near(level); !ok {
		return 0, false
	}
	t = max(t, from)
	reached := c.Count(t) >= level
	for tries := 0; !reached && tries < 2; tries++ {
		t++
		reached = c.Count(t) >= level
	}
	for range 3 {
		if reached && (t == from || c.Count(t-1) < level) {
			return t, true
		}
		t--
	}
	return 0, false
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
