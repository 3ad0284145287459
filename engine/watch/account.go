package watch

import (
	"runtime/metrics"
	"time"
)

// An Account adds up the samples of a run. The zero value is ready; the fields say what the process may use, 0 where that
// is not known.
type Account struct {
	Cores     float64 // by affinity and quota
	OpenFiles int     // descriptors
	Ports     int     // ephemeral ports

	first, last Sample
	begun       bool
	busiest     float64               // the highest share of Cores used between two samples
	waited      map[int]time.Duration // by thread
	files       int                   // the most
	sockets     int                   // the most
	step        time.Duration         // the largest jump of the wall clock between two samples, in either direction
}

// shortest is the least time between two samples that tells how busy the process was.
const shortest = 500 * time.Millisecond

// Add takes the next sample. It must not be older than the last one.
func (a *Account) Add(s Sample) {
	if !a.begun {
		a.begun, a.first, a.last = true, s, s
		a.waited = map[int]time.Duration{}
	}
	if between := s.At - a.last.At; between >= shortest && a.Cores > 0 {
		a.busiest = max(a.busiest, (s.CPU-a.last.CPU).Seconds()/between.Seconds()/a.Cores)
	}
	for id, wait := range s.Waited {
		// A thread that is new since the last sample waited since it began, and the number of one that ended may come again.
		if more := wait - a.last.Waited[id]; more > 0 {
			a.waited[id] += more
		}
	}
	if s.Waited == nil {
		s.Waited = a.last.Waited // not read this time, for want of a descriptor perhaps
	}
	a.files, a.sockets = max(a.files, s.Files), max(a.sockets, s.Sockets)
	a.step = max(a.step, (s.Clock - a.last.Clock).Abs())
	a.last = s
}

// CPU is what the process used since the first sample.
func (a *Account) CPU() time.Duration { return a.last.CPU - a.first.CPU }

// GCPauseP99 is the 99th percentile of the pauses since the first sample, by the upper ends of the runtime's buckets, which
// are within a fifth of the truth; 0 without any.
func (a *Account) GCPauseP99() time.Duration {
	if a.last.GCPauses == nil {
		return 0
	}
	counts := append([]uint64(nil), a.last.GCPauses.Counts...)
	all := uint64(0)
	for i := range counts {
		if a.first.GCPauses != nil {
			counts[i] -= a.first.GCPauses.Counts[i]
		}
		all += counts[i]
	}
	seen := uint64(0)
	for i, n := range counts {
		if seen += n; n > 0 && seen*100 >= all*99 {
			return upper(a.last.GCPauses, i)
		}
	}
	return 0
}

// upper is the upper end of a bucket; the last has none, and its lower one serves.
func upper(h *metrics.Float64Histogram, i int) time.Duration {
	if edge := h.Buckets[i+1]; edge < 1e9 { // not +Inf
		return time.Duration(edge * 1e9)
	}
	return time.Duration(h.Buckets[i] * 1e9)
}

// share is d as a part of the run.
func (a *Account) share(d time.Duration) float64 {
	if length := a.last.At - a.first.At; length > 0 {
		return min(d.Seconds()/length.Seconds(), 1)
	}
	return 0
}

// longestWait is that of the thread that waited most.
func (a *Account) longestWait() (longest time.Duration) {
	for _, wait := range a.waited {
		longest = max(longest, wait)
	}
	return longest
}

// stolenShare is the part of the machine's time that its hypervisor gave to others.
func (a *Account) stolenShare() float64 {
	if all := a.last.Ticks - a.first.Ticks; all > 0 {
		return float64(a.last.Stolen-a.first.Stolen) / float64(all)
	}
	return 0
}
