package simulate

import (
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
// those that came got their answer in time. It is meant for days without retries.
func (r *Record) Served(c admission.Class, from, to float64) (came, served int) {
	for _, at := range r.offered[c] {
		if at >= from && at < to {
			came++
		}
	}
	for _, a := range r.answers {
		if a.class == c && a.good && a.due >= from && a.due < to {
			served++
		}
	}
	return came, served
}

// Recovery is how long after the instant at it takes until, for five seconds on
// end, the answers in time are 97 % of the first tries and p99 of those let in is
// at most twice the unloaded. Answers to later tries count, too: it tells when the
// service does again what newcomers ask for, not when retries have stopped keeping
// newcomers out. It reports false if that is not before the end of the day.
func (r *Record) Recovery(at, unloaded float64) (float64, bool) {
	const calm, step = 5, 0.1
	end := r.day.Load.end() - r.day.Deadline
	for from := at; from+calm <= end; from += step {
		came, served := 0, 0
		for c := range admission.Class(admission.Classes) {
			n, m := r.Served(c, from, from+calm)
			came, served = came+n, served+m
		}
		if float64(served) >= 0.97*float64(came) && r.Latency(0.99, from, from+calm) <= 2*unloaded {
			return from - at, true
		}
	}
	return 0, false
}
