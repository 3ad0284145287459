package hist

import "math"

// A Native is a histogram as Prometheus holds one with sparse buckets; the fields are the arguments of client_golang's
// prometheus.NewConstNativeHistogram, in seconds. Bucket i counts what lies in (2^((i-1)/32), 2^(i/32)] seconds.
type Native struct {
	Count         uint64
	Sum           float64
	Positive      map[int]int64
	Zero          uint64 // durations of 0 ns
	Schema        int32
	ZeroThreshold float64
}

// nativeSchema cuts an octave in 2^5 buckets, each 2.2 % wide; those of durations from 1 ms to 10 s are at most 426.
const nativeSchema = 5

// Native converts the histogram. A value that lies within RelativeError of the edge of a bucket may be counted in its
// neighbour, so any quantile that Prometheus gives is within 2.6 % of the exact one: the width of a bucket and that.
func (h *Histogram) Native() Native {
	n := Native{
		Count: h.n, Sum: float64(h.sum) / 1e9, Positive: map[int]int64{},
		Schema: nativeSchema, ZeroThreshold: 1e-10, // below the least duration, 1 ns
	}
	for i, count := range h.each {
		if i == 0 {
			n.Zero = count
			continue
		}
		key := math.Ceil(math.Log2(float64(h.value(i))/1e9) * (1 << nativeSchema))
		n.Positive[int(key)] += int64(count)
	}
	return n
}
