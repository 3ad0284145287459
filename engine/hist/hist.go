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
	sum    float64 // seconds; whole-nanosecond sums below 2^53 ns (104 days) are exact in any order
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
