package population

import "math/bits"

// A permutation shuffles 0..n-1 without storing the order: a Feistel network of four rounds over the next even number
// of bits, walked until it lands below n again (Black, Rogaway, Ciphers with Arbitrary Finite Domains, CT-RSA 2002).
// The domain is less than 4n, so a walk takes fewer than four steps on average.
type permutation struct {
	n    int
	half int // bits of each half
	keys [4]uint64
}

func newPermutation(n int, seed uint64) permutation {
	p := permutation{n: n, half: (bits.Len(uint(n-1)) + 1) / 2}
	for i := range p.keys {
		p.keys[i] = mix(seed, uint64(i))
	}
	return p
}

// at is where x in 0..n-1 goes.
func (p *permutation) at(x int) int {
	for {
		l, r := uint64(x)>>p.half, uint64(x)&p.mask()
		for _, k := range p.keys {
			l, r = r, l^mix(k, r)&p.mask()
		}
		if x = int(l<<p.half | r); x < p.n {
			return x
		}
	}
}

// of is the x that at sends to y.
func (p *permutation) of(y int) int {
	for {
		l, r := uint64(y)>>p.half, uint64(y)&p.mask()
		for i := len(p.keys) - 1; i >= 0; i-- {
			l, r = r^mix(p.keys[i], l)&p.mask(), l
		}
		if y = int(l<<p.half | r); y < p.n {
			return y
		}
	}
}

func (p *permutation) mask() uint64 { return 1<<p.half - 1 }
