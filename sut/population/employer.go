package population

import (
	"fmt"
	"math"
)

// An Employer is a firm of the population.
type Employer struct {
	Index int
	ID    string // E000123
	First int    // index of the first of its people
	Size  int    // number of its people, First to First+Size-1, the retired and suspended included
	Risk  int    // class 1 to 8 of the risk of work injury
}

// riskWeights are the shares of the classes 1 to 8 in percent: most firms are offices and shops. Our drawing, not a count.
func riskWeights() [8]int { return [...]int{34, 20, 15, 11, 8, 6, 4, 2} }

func (p *Population) risk(e int) int {
	at := int(mix(mix(p.seed, riskStream), uint64(e)) % 100)
	for class, weight := range riskWeights() {
		if at -= weight; at < 0 {
			return class + 1
		}
	}
	return 8
}

// alpha is the Pareto exponent of firm sizes, near Zipf's (Axtell, Zipf distribution of U.S. firm sizes, Science 2001, has 1.06).
const alpha = 1.1

// sizes lays employers over 0..people-1 in order of size: employer e of n gets the stretch that a Pareto distribution
// cut off at most gives the quantiles e/n to (e+1)/n. Both ways it is a formula, so nothing is stored.
//
//	size at quantile u:  (1 - c·u)^(-1/α),   c = 1 - most^-α
//	people up to u:      n/(c·β) · (1 - (1 - c·u)^β),   β = 1 - 1/α
type sizes struct {
	people, firms int
	c             float64
	mean          float64 // people a firm
}

const beta = 1 - 1/alpha

func newSizes(people int) sizes {
	most := max(2, float64(people)/50)
	s := sizes{people: people, c: 1 - math.Pow(most, -alpha)}
	s.mean = (1 - math.Pow(1-s.c, beta)) / (s.c * beta)
	s.firms = max(1, int(float64(people)/s.mean))
	return s
}

// first is the index of the first person of employer e, and people for e = firms.
func (s *sizes) first(e int) int {
	if e >= s.firms {
		return s.people
	}
	u := float64(e) / float64(s.firms)
	part := (1 - math.Pow(1-s.c*u, beta)) / (s.c * beta * s.mean)
	return int(part * float64(s.people))
}

// of is the employer of person i.
func (s *sizes) of(i int) int {
	part := (float64(i) + 0.5) / float64(s.people) * s.mean
	q := 1 - part*s.c*beta
	q2 := q * q
	q8 := q2 * q2 * q2 * q2
	u := (1 - q8*q2*q) / s.c // 1/β is 11
	at := u * float64(s.firms)
	e := min(max(int(at), 0), s.firms-1)
	// The half keeps e from being too large. It is one too small where its people end within that half. They do not where
	// the rest of e, a firm of at least (1 - c·u)^(-1/α) = q^-10 people, is half a person or more: that spares most of
	// the powers below.
	if (float64(e+1) - at) >= 0.5001*q8*q2 {
		return e
	}
	for s.first(e+1) <= i {
		e++
	}
	return e
}

// Employers is the number of employers; their indexes are 0 to Employers-1.
func (p *Population) Employers() int { return p.firms.firms }

// Employer is employer e.
func (p *Population) Employer(e int) Employer {
	first := p.firms.first(e)
	return Employer{
		Index: e, ID: fmt.Sprintf("E%06d", e), First: first, Size: p.firms.first(e+1) - first, Risk: p.risk(e),
	}
}

// EmployerOf is the index of the employer of person i; a retired person's is the last one.
func (p *Population) EmployerOf(i int) int { return p.firms.of(i) }
