package rules

import "math/big"

// million is the denominator of a rate in ppm.
const million = 1_000_000

// Round is n/d to the nearest whole number, halves up, for n >= 0 and d > 0. It is the only rounding of this package:
// what it is given is exact, so an amount is rounded once, where its rule says.
// It panics where the quotient does not fit an int64; the bounds on facts keep it far from there.
func Round(n, d *big.Int) int64 {
	// floor((2n + d) / 2d) is n/d + 1/2 rounded down.
	twice := new(big.Int).Lsh(d, 1)
	q := new(big.Int).Lsh(n, 1)
	q.Quo(q.Add(q, d), twice)
	if !q.IsInt64() {
		panic("rules: amount beyond int64: " + q.String())
	}
	return q.Int64()
}

// share is the ppm share of an amount, rounded.
func share(amount, ppm int64) int64 {
	return Round(product(amount, ppm), big.NewInt(million))
}

// product is exact: the factors of a pension overflow an int64.
func product(factors ...int64) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, big.NewInt(f))
	}
	return p
}
