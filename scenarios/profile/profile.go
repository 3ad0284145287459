package profile

import (
	"slices"
	"time"
)

// A Profile is an offered load from 0 to Length. Implementations are values that never change.
type Profile interface {
	// Rate is the arrival rate at t, per second; 0 outside [0, Length].
	Rate(t time.Duration) float64
	// Count is the integral of Rate from 0 to t: 0 before the start, the total after the end. It never falls.
	Count(t time.Duration) float64
	// Length is the time from start to end.
	Length() time.Duration
}

// A Sequence is profiles one after the other. At a joint the later one gives the rate.
type Sequence struct {
	pieces []Profile
	ends   []time.Duration // of each piece, from the start of the sequence
	counts []float64       // arrivals up to the end of each piece
}

// Concat puts profiles one after the other, without those of no length.
func Concat(pieces ...Profile) Sequence {
	var s Sequence
	end, count := time.Duration(0), 0.0
	for _, p := range pieces {
		if p.Length() <= 0 {
			continue
		}
		end += p.Length()
		count += p.Count(p.Length())
		s.pieces = append(s.pieces, p)
		s.ends = append(s.ends, end)
		s.counts = append(s.counts, count)
	}
	return s
}

// Length is the sum of the lengths.
func (s Sequence) Length() time.Duration {
	if len(s.ends) == 0 {
		return 0
	}
	return s.ends[len(s.ends)-1]
}

// Rate is that of the piece at t.
func (s Sequence) Rate(t time.Duration) float64 {
	if t < 0 || len(s.pieces) == 0 || t > s.Length() {
		return 0
	}
	i := min(s.at(t), len(s.pieces)-1)
	return s.pieces[i].Rate(t - s.start(i))
}

// Count is the whole of the pieces before t and the part of the one at t. It takes O(log n) for n pieces.
func (s Sequence) Count(t time.Duration) float64 {
	i := s.at(t)
	before := 0.0
	if i > 0 {
		before = s.counts[i-1]
	}
	if t < 0 || i == len(s.pieces) {
		return before
	}
	return before + s.pieces[i].Count(t-s.start(i))
}

// at is the index of the piece that holds t: the first that ends after it.
func (s Sequence) at(t time.Duration) int {
	i, exact := slices.BinarySearch(s.ends, t)
	if exact {
		i++
	}
	return i
}

func (s Sequence) start(i int) time.Duration {
	if i == 0 {
		return 0
	}
	return s.ends[i-1]
}
