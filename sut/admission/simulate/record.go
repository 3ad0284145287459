package simulate

import (
	"math"
	"slices"

	"github.com/peakday/peakday/sut/admission"
)

// A Record is what happened on a Day. Times are seconds from its start.
type Record struct {
	day     Day
	offered [admission.Classes][]float64 // arrivals, first tries only, in order
	refused [admission.Reasons]int
	answers []answer // of those let in, in order of their end
	limits  []int    // at each tick
	last    admission.State
	events  int
}

type answer struct {
	due, done float64
	class     admission.Class
	first     bool // to a first try
	good      bool // in time
}

func (r *Record) came(c admission.Class, at float64) { r.offered[c] = append(r.offered[c], at) }

// Goodput is answers in time a second, by the instant of the answer, as a meter
// at the door counts.
func (r *Record) Goodput(from, to float64) float64 {
	n := 0
	for _, a := range r.answers {
		if a.good && a.done >= from && a.done < to {
			n++
		}
	}
	return float64(n) / (to - from)
}

// Latency is the time from arrival to answer that a share q of those let in
// stays below, for arrivals in from to to. 0 if there are none.
func (r *Record) Latency(q, from, to float64) float64 {
	var all []float64
	for _, a := range r.answers {
		if a.due >= from && a.due < to {
			all = append(all, a.done-a.due)
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[int(q*float64(len(all)-1))]
}

// Worst is the least goodput in any window of that many seconds that lies
// within from to to, moved in steps of a tenth of it.
func (r *Record) Worst(window, from, to float64) float64 {
	var good []float64
	for _, a := range r.answers {
		if a.good {
			good = append(good, a.done)
		}
	}
	count := func(at float64) int { i, _ := slices.BinarySearch(good, at); return i }
	least := len(good)
	for at := from; at+window <= to; at += window / 10 {
		least = min(least, count(at+window)-count(at))
	}
	return float64(least) / window
}

// Served is how many requests of a class came in from to to, and how many of
// those that came got their answer in time: first tries only.
func (r *Record) Served(c admission.Class, from, to float64) (came, served int) {
	for _, at := range r.offered[c] {
		if at >= from && at < to {
			came++
		}
	}
	for _, a := range r.answers {
		if a.class == c && a.good && a.first && a.due >= from && a.due < to {
			served++
		}
	}
	return came, served
}

// Recovery is how long after the instant at the service is well for five seconds
// on end: answers in time are 97 % of the people who come, and p99 of those let
// in is at most twice the unloaded. For goodput an answer counts whichever try it
// is to, so it says when the service does as much good as is asked for. For
// newcomers it counts if it is to the first try, so it says when those who tried
// in vain before keep nobody out any more. +Inf is not before the end of the day.
func (r *Record) Recovery(at, unloaded float64) (goodput, newcomers float64) {
	const calm, aSecond = 5, 10 // windows begin every tenth of a second
	bins := max(0, int((r.day.Load.end()-r.day.Deadline-at)*aSecond))
	came, any, first := make([]int, bins), make([]int, bins), make([]int, bins)
	count := func(in []int, due float64) {
		if i := int(math.Floor((due - at) * aSecond)); i >= 0 && i < bins {
			in[i]++
		}
	}
	for _, class := range r.offered {
		for _, due := range class {
			count(came, due)
		}
	}
	for _, a := range r.answers {
		if a.good {
			count(any, a.due)
		}
		if a.good && a.first {
			count(first, a.due)
		}
	}
	well := func(served []int) float64 {
		for i := 0; i+calm*aSecond <= bins; i++ {
			from, all, good := at+float64(i)/aSecond, 0, 0
			for j := i; j < i+calm*aSecond; j++ {
				all, good = all+came[j], good+served[j]
			}
			if float64(good) >= 0.97*float64(all) && r.Latency(0.99, from, from+calm) <= 2*unloaded {
				return from - at
			}
		}
		return math.Inf(1)
	}
	return well(any), well(first)
}
