package hist

import (
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"time"
)

// subBits is the number of linear steps in each octave, as a power of two: 2^7 steps keep the width of a bucket under
// 1/128 of its value, so its middle is within RelativeError of anything in it.
const subBits = 7

// RelativeError bounds |Quantile - exact| / exact for durations up to MaxDuration.
const RelativeError = 1.0 / (2 << subBits)

// MaxDuration is the largest duration recorded as it is; longer ones count as this.
const MaxDuration = time.Hour

// A Histogram counts durations in log-linear buckets. The zero value is empty and ready. It is not safe for concurrent
// use: give each goroutine its own and Merge them.
type Histogram struct {
	first  int      // bucket index of counts[0]
	counts []uint64 // only the range in use is allocated
	n      uint64
	sum    float64 // nanoseconds; exact in any order of adding while below 2^53 (104 days)
	min    time.Duration
	max    time.Duration
}

// bucket maps nanoseconds to an index: exact below 2^(subBits+1), then 2^subBits buckets an octave.
func bucket(ns uint64) int {
	if ns < 2<<subBits {
		return int(ns)
	}
	shift := bits.Len64(ns) - subBits - 1
	return shift<<subBits + int(ns>>shift)
}

// middle is the middle of a bucket, in nanoseconds.
func middle(i int) uint64 {
	if i < 2<<subBits {
		return uint64(i)
	}
	shift := i>>subBits - 1
	low := uint64(i-shift<<subBits) << shift
	return low + (uint64(1)<<shift)/2
}

// Record counts one duration. Negative durations count as zero.
func (h *Histogram) Record(d time.Duration) {
	d = max(0, min(d, MaxDuration))
	h.reserve(bucket(uint64(d)), bucket(uint64(d)))
	h.counts[bucket(uint64(d))-h.first]++
	if h.n == 0 || d < h.min {
		h.min = d
	}
	h.max = max(h.max, d)
	h.n++
	h.sum += float64(d)
}

// reserve makes room for the buckets lo to hi.
func (h *Histogram) reserve(lo, hi int) {
	end := h.first + len(h.counts)
	switch {
	case len(h.counts) == 0:
		h.first, h.counts = lo, make([]uint64, hi-lo+1, hi-lo+16)
	case lo < h.first:
		grown := make([]uint64, max(end, hi+1)-lo)
		copy(grown[h.first-lo:], h.counts)
		h.first, h.counts = lo, grown
	case hi >= end:
		h.counts = append(h.counts, make([]uint64, hi+1-end)...)
	}
}

// Merge adds all that o holds, as if it had been recorded here.
func (h *Histogram) Merge(o *Histogram) {
	if o.n == 0 {
		return
	}
	h.reserve(o.first, o.first+len(o.counts)-1)
	for i, c := range o.counts {
		h.counts[o.first+i-h.first] += c
	}
	if h.n == 0 || o.min < h.min {
		h.min = o.min
	}
	h.max = max(h.max, o.max)
	h.n += o.n
	h.sum += o.sum
}

// Count is the number of durations recorded.
func (h *Histogram) Count() uint64 { return h.n }

// Min is the smallest duration recorded, exactly; 0 when there is none.
func (h *Histogram) Min() time.Duration { return h.min }

// Max is the largest duration recorded, exactly; 0 when there is none.
func (h *Histogram) Max() time.Duration { return h.max }

// Mean is the exact arithmetic mean; 0 when there is nothing.
func (h *Histogram) Mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return time.Duration(math.Round(h.sum / float64(h.n)))
}

// Quantile is the q-quantile, 0 <= q <= 1, by the nearest-rank rule: the smallest recorded value that at least q of all
// values do not exceed, within RelativeError. It is 0 when there is nothing.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := uint64(math.Ceil(min(max(q, 0), 1) * float64(h.n)))
	if rank >= h.n {
		return h.max
	}
	rank = max(rank, 1)
	var seen uint64
	for i, c := range h.counts {
		if seen += c; seen >= rank {
			return min(max(time.Duration(middle(h.first+i)), h.min), h.max)
		}
	}
	return h.max
}

// Buckets calls yield with the inclusive upper edge of each bucket that is not empty and its count, smallest first.
func (h *Histogram) Buckets(yield func(upTo time.Duration, count uint64) bool) {
	for i, c := range h.counts {
		if c > 0 && !yield(time.Duration(bucketEnd(h.first+i)), c) {
			return
		}
	}
}

// bucketEnd is the largest whole nanosecond of a bucket.
func bucketEnd(i int) uint64 {
	if i < 2<<subBits {
		return uint64(i)
	}
	shift := i>>subBits - 1
	return (uint64(i-shift<<subBits)+1)<<shift - 1
}

// stored is the form in files. Buckets that are empty are left out; a bucket's number is that of bucket().
type stored struct {
	Buckets [][2]uint64 `json:"buckets,omitempty"` // number, count
	Sum     float64     `json:"sum,omitempty"`     // seconds
	Min     float64     `json:"min,omitempty"`     // seconds
	Max     float64     `json:"max,omitempty"`     // seconds
}

// MarshalJSON writes {"buckets": [[number, count], …], "sum": s, "min": s, "max": s}, with times in seconds. Bucket n
// begins at n ns for n < 256 and at (128 + n mod 128) × 2^(n/128 - 1) ns from there.
func (h Histogram) MarshalJSON() ([]byte, error) {
	s := stored{Sum: h.sum / 1e9, Min: h.min.Seconds(), Max: h.max.Seconds()}
	for i, c := range h.counts {
		if c > 0 {
			s.Buckets = append(s.Buckets, [2]uint64{uint64(h.first + i), c})
		}
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads what MarshalJSON wrote, to the nanosecond.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("histogram: %w", err)
	}
	*h = Histogram{sum: math.Round(s.Sum * 1e9), min: time.Duration(math.Round(s.Min * 1e9)), max: time.Duration(math.Round(s.Max * 1e9))}
	last := uint64(bucket(uint64(MaxDuration)))
	for _, b := range s.Buckets {
		if b[0] > last {
			return fmt.Errorf("histogram: bucket %d, want at most %d", b[0], last)
		}
		h.reserve(int(b[0]), int(b[0]))
		h.counts[int(b[0])-h.first] += b[1]
		h.n += b[1]
	}
	return nil
}
