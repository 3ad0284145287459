package profile

import "time"

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
