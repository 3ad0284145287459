package gateway

import (
	"math"
	runtimemetrics "runtime/metrics"
	"sync"
)

// sched reads how long goroutines waited for a processor. The runtime counts from
// the start of the process: a storm after a quiet week would not show in a
// percentile of that, so it is of what was counted since the reading before.
type sched struct {
	mu     sync.Mutex
	before []uint64
}

// p99 is the 99th percentile, in seconds.
func (s *sched) p99() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	sample := []runtimemetrics.Sample{{Name: "/sched/latencies:seconds"}}
	runtimemetrics.Read(sample)
	if sample[0].Value.Kind() != runtimemetrics.KindFloat64Histogram {
		return math.NaN()
	}
	h := sample[0].Value.Float64Histogram()
	if s.before == nil {
		s.before = make([]uint64, len(h.Counts))
	}
	p := percentile(.99, h.Buckets, s.before, h.Counts)
	s.before = h.Counts
	return p
}

// percentile is that of what was counted between before and after: the upper end
// of its bucket, 0 if nothing was.
func percentile(q float64, buckets []float64, before, after []uint64) float64 {
	total, below := uint64(0), uint64(0)
	for i, n := range after {
		total += n - before[i]
	}
	for i, n := range after {
		if below += n - before[i]; total > 0 && float64(below) >= q*float64(total) {
			return min(buckets[i+1], 1e6)
		}
	}
	return 0
}
