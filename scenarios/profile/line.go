package profile

import (
	"math"
	"time"
)

// A Line goes straight from one rate to another; with both the same it is a hold.
type Line struct {
	From, To float64 // arrivals per second, ≥ 0
	For      time.Duration
}

// Hold is a constant rate.
func Hold(rate float64, length time.Duration) Line { return Line{rate, rate, length} }

// Length is For.
func (l Line) Length() time.Duration { return l.For }

// Rate is From + (To - From) t / For.
func (l Line) Rate(t time.Duration) float64 {
	if t < 0 || t > l.For || l.For <= 0 {
		return 0
	}
	// Counted from the lower end, so that both terms are positive and each step of rounding keeps the order.
	if l.To >= l.From {
		return l.From + (l.To-l.From)*(t.Seconds()/l.For.Seconds())
	}
	return l.To + (l.From-l.To)*((l.For-t).Seconds()/l.For.Seconds())
}

// Count is the trapezium under the line up to t.
func (l Line) Count(t time.Duration) float64 {
	if t <= 0 || l.For <= 0 {
		return 0
	}
	t = min(t, l.For)
	if l.To >= l.From {
		return t.Seconds() * (l.From + l.Rate(t)) / 2
	}
	// A falling line is the whole less what is still to come, which shrinks as t grows: rounding cannot make it fall.
	whole := l.For.Seconds() * (l.From + l.To) / 2
	return whole - (l.For-t).Seconds()*(l.Rate(t)+l.To)/2
}

// Near is the first instant at which Count reaches count, but for rounding; ok is false where it does not. With x = t / For
// a rising line has count = For (From x + (To - From) x² / 2); a falling one is solved from its end, as Count is. The roots
// are in the form that subtracts nothing.
func (l Line) Near(count float64) (t time.Duration, ok bool) {
	length := l.For.Seconds()
	if l.To >= l.From {
		root := l.From + math.Sqrt(l.From*l.From+2*(l.To-l.From)/length*count)
		return instant(2*count/root, l.For)
	}
	left := length*(l.From+l.To)/2 - count
	root := l.To + math.Sqrt(l.To*l.To+2*(l.From-l.To)/length*left)
	return instant(length-2*left/root, l.For)
}

// instant is a time in seconds as the next nanosecond; ok is false for no number and for one outside [0, length].
func instant(seconds float64, length time.Duration) (t time.Duration, ok bool) {
	if !(seconds >= 0 && seconds <= length.Seconds()) {
		return 0, false
	}
	return min(time.Duration(math.Ceil(seconds*1e9)), length), true
}
