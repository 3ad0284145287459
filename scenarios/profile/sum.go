package profile

import "time"

// A Sum is profiles at once: a day and the campaigns that fall into it. Its rate is the sum of their rates; those that end
// before the longest add nothing from there.
type Sum []Profile

// Length is that of the longest.
func (s Sum) Length() time.Duration {
	length := time.Duration(0)
	for _, p := range s {
		length = max(length, p.Length())
	}
	return length
}

// Rate is the sum of the rates at t.
func (s Sum) Rate(t time.Duration) float64 {
	rate := 0.0
	for _, p := range s {
		rate += p.Rate(t)
	}
	return rate
}

// Count is the sum of the counts up to t.
func (s Sum) Count(t time.Duration) float64 {
	count := 0.0
	for _, p := range s {
		count += p.Count(t)
	}
	return count
}
