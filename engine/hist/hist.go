package hist

import (
	"math"
	"math/bits"
	"time"
)

// A Histogram counts durations in log-linear buckets. The zero value is empty and ready. It is not safe for concurrent
// use: give each goroutine its own and Merge them. Copies share counts until one is packed or reset: record into one only.
type Histogram struct {
	n      uint64
	sum    uint64 // nanoseconds, exact; math.MaxUint64 stands for that (584 years) and all beyond
	min    time.Duration
	max    time.Duration
	table  *table // while it records
	packed packed // while it rests; one of the two is empty
}

// Record counts one duration. Negative durations count as zero.
func (h *Histogram) Record(d time.Duration) {
	d = max(0, min(d, MaxDuration))
	if h.table == nil {
		h.unpack()
	}
	h.table.add(bucket(uint64(d)), 1)
	h.note(1, uint64(d), d, d)
}

// note adds up what is kept beside the buckets.
func (h *Histogram) note(n, sum uint64, least, most time.Duration) {
	if h.n == 0 || least < h.min {
		h.min = least
	}
	if most > h.max {
		h.max = most
	}
	h.n += n
	total, over := bits.Add64(h.sum, sum, 0)
	h.sum = total | -over // saturates, which keeps the order of adding without effect
}

// unpack makes a histogram ready to count.
func (h *Histogram) unpack() {
	h.table = new(table)
	h.table.addAll(h.packed)
	h.packed = ""
}

// each yields the buckets that are not empty, smallest first.
func (h *Histogram) each(yield func(i int, n uint64) bool) {
	if h.table != nil {
		h.table.each(yield)
		return
	}
	h.packed.each(yield)
}

// Merge adds all that o holds, as if it had been recorded here.
func (h *Histogram) Merge(o *Histogram) {
	if o.n == 0 {
		return
	}
	if h.table == nil {
		h.unpack()
	}
	if o.table != nil {
		h.table.merge(o.table)
	} else {
		h.table.addAll(o.packed)
	}
	h.note(o.n, o.sum, o.min, o.max)
}

// Reset empties the histogram and keeps its memory.
func (h *Histogram) Reset() {
	if h.table != nil {
		clear(h.table.narrow)
		clear(h.table.wide)
	}
	*h = Histogram{table: h.table}
}

// Count is the number of durations recorded.
func (h *Histogram) Count() uint64 { return h.n }

// Min is the smallest duration recorded, exactly; 0 when there is none.
func (h *Histogram) Min() time.Duration { return h.min }

// Max is the largest duration recorded, exactly; 0 when there is none.
func (h *Histogram) Max() time.Duration { return h.max }

// Mean is the arithmetic mean, to the nanosecond; 0 when there is nothing.
func (h *Histogram) Mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	mean := h.sum / h.n
	if h.sum%h.n >= h.n-h.n/2 {
		mean++
	}
	return min(max(time.Duration(mean), h.min), h.max) // a sum of 584 years and more is not known
}

// Quantile is the q-quantile, 0 <= q <= 1, by the nearest-rank rule: the smallest recorded value that at least q of all
// values do not exceed, within RelativeError. It is 0 when there is nothing.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank := h.rank(q)
	if rank >= h.n {
		return h.max
	}
	var seen uint64
	for i, n := range h.each {
		if seen += n; seen >= rank {
			return h.value(i)
		}
	}
	return h.max
}

// rank is the place of the q-quantile among the sorted values, from 1. A product that lies above a whole number only by the
// rounding of q and of itself is that number: 7 % of 100 is the 7th, though 0.07 × 100 > 7 in floating point.
func (h *Histogram) rank(q float64) uint64 {
	exact := min(max(q, 0), 1) * float64(h.n)
	return max(1, uint64(math.Ceil(exact*(1-0x1p-52))))
}

// value is what stands for the values of a bucket.
func (h *Histogram) value(i int) time.Duration {
	return min(max(time.Duration(middle(i)), h.min), h.max)
}

// Buckets calls yield with the inclusive upper edge of each bucket that is not empty and its count, smallest first.
func (h *Histogram) Buckets(yield func(upTo time.Duration, count uint64) bool) {
	for i, n := range h.each {
		if !yield(time.Duration(bucketEnd(i)), n) {
			return
		}
	}
}
