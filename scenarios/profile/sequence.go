package profile

import (
	"sort"
	"time"
)

// A Sequence is profiles one after the other. At a joint the later one gives the rate.
type Sequence struct{ parts []part }

// A part is one profile in its place.
type part struct {
	Profile
	near         nearer        // the profile again; nil when it cannot tell
	from, to     time.Duration // on the clock of the sequence
	before, upTo float64       // arrivals before its start and up to its end
}

// A nearer can tell where its count reaches a value.
type nearer interface {
	Near(count float64) (t time.Duration, ok bool)
}

// Concat puts profiles one after the other, without those of no length.
func Concat(pieces ...Profile) Sequence {
	var s Sequence
	end, count := time.Duration(0), 0.0
	for _, p := range pieces {
		if p.Length() <= 0 {
			continue
		}
		near, _ := p.(nearer)
		one := part{Profile: p, near: near, from: end, to: end + p.Length(), before: count, upTo: count + p.Count(p.Length())}
		end, count = one.to, one.upTo
		s.parts = append(s.parts, one)
	}
	return s
}

// Length is the sum of the lengths.
func (s Sequence) Length() time.Duration {
	if len(s.parts) == 0 {
		return 0
	}
	return s.parts[len(s.parts)-1].to
}

// Rate is that of the piece at t.
func (s Sequence) Rate(t time.Duration) float64 {
	if t < 0 || len(s.parts) == 0 || t > s.Length() {
		return 0
	}
	p := &s.parts[min(s.at(t), len(s.parts)-1)]
	return p.Profile.Rate(t - p.from)
}

// Count is the whole of the pieces before t and the part of the one at t. It takes O(log n) for n pieces.
func (s Sequence) Count(t time.Duration) float64 {
	i := s.at(t)
	switch {
	case t < 0 || len(s.parts) == 0:
		return 0
	case i == len(s.parts):
		return s.parts[i-1].upTo
	}
	p := &s.parts[i]
	return p.before + p.Profile.Count(t-p.from)
}

// Near is the first instant at which Count reaches count, but for rounding; ok is false where the piece there cannot tell.
func (s Sequence) Near(count float64) (t time.Duration, ok bool) {
	i := sort.Search(len(s.parts), func(i int) bool { return s.parts[i].upTo >= count })
	if i == len(s.parts) || s.parts[i].near == nil {
		return 0, false
	}
	p := &s.parts[i]
	t, ok = p.near.Near(count - p.before)
	return p.from + t, ok
}

// at is the index of the piece that holds t: the first that ends after it.
func (s Sequence) at(t time.Duration) int {
	return sort.Search(len(s.parts), func(i int) bool { return s.parts[i].to > t })
}
