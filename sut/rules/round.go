package rules

import (
	"fmt"
	"math"
	"math/bits"
)

// million is the denominator of a rate in ppm.
const million = 1_000_000

// Round is a x b / d to the nearest whole number, halves up, for a, b >= 0 and d > 0. It is the only rounding to the
// nearest of this package: the product is exact in 128 bits, so an amount is rounded once, where its rule says.
// It panics where the quotient does not fit an int64; the bounds on facts and packs keep it far from there.
func Round(a, b, d int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(d) {
		panic(fmt.Sprintf("rules: %d x %d / %d is beyond int64", a, b, d))
	}
	q, r := bits.Div64(hi, lo, uint64(d))
	if r >= uint64(d)-r { // 2r >= d without the overflow
		q++
	}
	if q > math.MaxInt64 {
		panic(fmt.Sprintf("rules: %d x %d / %d is beyond int64", a, b, d))
	}
	return int64(q)
}

// down is the amount without what is above a multiple of unit: 259579 down to 10 is 259570.
func down(amount, unit int64) int64 { return amount - amount%unit }
