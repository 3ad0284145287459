package hist

import (
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

// lastBucket is that of MaxDuration, in the octave that begins at 2^41 ns.
const (
	lastShift  = 41 - subBits
	lastBucket = lastShift<<subBits + int(MaxDuration>>lastShift)
)

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

// bucketEnd is the largest whole nanosecond of a bucket.
func bucketEnd(i int) uint64 {
	if i < 2<<subBits {
		return uint64(i)
	}
	shift := i>>subBits - 1
	return (uint64(i-shift<<subBits)+1)<<shift - 1
}
