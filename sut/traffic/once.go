package traffic

import (
	"sort"

	"github.com/peakday/peakday/sut/population"
)

// Some things can be done once: a case is decided once, a person's transfer is requested once. The traffic knows neither
// what else is in the mix nor what a run before did to the same database. It chooses such a thing by sequence number and
// issue time, so that arrivals one after the other, and runs at different times, choose different ones.

// serial is the number of a thing of which everybody has 2^31-1, such as a case in review: who comes again takes the next.
func (t *Traffic) serial(seq uint64) int {
	const most = 1<<31 - 1
	return 1 + (t.begin(most)+int(seq/uint64(t.people.Size())%most))%most
}

// turn is a number of 0..n-1, n up to [population.Most]: any n arrivals in a row have different ones.
func (t *Traffic) turn(seq uint64, n int) int {
	const stride = 16_777_259 // a prime above every n, so prime to it
	return int((seq%uint64(n) + uint64(t.begin(n))) * stride % uint64(n))
}

// Employers lie in order of their size, and their people one employer after the other. The large ones, from t.filing on,
// file declarations; at the small ones people come and go. So nobody is declared who has left, and a benefit that asks for
// an employment is granted to the people of large ones alone.

// firstFiling is the first employer with 30 people, of whom 20 work as a rule. In a population with few of these it is the
// first of the largest tenth.
func firstFiling(people *population.Population) int {
	n := people.Employers()
	first := sort.Search(n, func(e int) bool { return people.Employer(e).Size >= 30 })
	if 100*(n-first) < n {
		return n - 1 - n/10
	}
	return first
}

// stays tells whether the traffic leaves the employments at an employer as they were at Opening.
func (t *Traffic) stays(employer int) bool { return employer >= t.filing }

// mostMovers bounds what New takes: some 0.1 s.
const mostMovers = 1 << 18

// movers are people of small employers who work, or did and are not retired, by index.
func movers(people *population.Population, filing int) (list []int32) {
	for i := 0; i < people.Employer(filing).First && len(list) < mostMovers; i++ {
		if who := people.Person(i); who.Status != population.Retired && who.Months > 0 {
			list = append(list, int32(i))
		}
	}
	return list
}

// mover is one of them, each in turn; who comes where there are none.
func (t *Traffic) mover(a *arrival) population.Person {
	if len(t.movers) == 0 {
		return t.people.Person(a.person)
	}
	return t.people.Person(int(t.movers[t.turn(a.seq, len(t.movers))]))
}
