package population

import (
	"fmt"

	"github.com/peakday/peakday/sut/rules"
)

// Opening is the day that ages, statuses, months paid and balances stand at: the reform day, before its first request.
const Opening = rules.Date(20230101)

// Most is the largest population: the identity numbers of one made-up birth day.
const Most = 10_000_000

// DefaultRegion is Yichang, whose outpatient pooling began on [Opening].
const DefaultRegion = "420500"

// A Population is a number of people made up from a seed. It is never written after New: goroutines may share it.
type Population struct {
	seed    uint64
	size    int
	order   permutation // sequence numbers to people
	numbers permutation // people to identity number tails
	// contacts gives people and employers their phone and account numbers, other than the tails: who knows a phone does
	// not know the identity number.
	contacts permutation
	births   births
	firms    sizes
}

// New is a population of size people, 1 to [Most].
func New(seed uint64, size int) (*Population, error) {
	if size < 1 || size > Most {
		return nil, fmt.Errorf("population of %d people: want 1 to %d", size, Most)
	}
	return &Population{
		seed:     seed,
		size:     size,
		order:    newPermutation(size, mix(seed, 1)),
		numbers:  newPermutation(Most, mix(seed, 2)),
		contacts: newPermutation(Most, mix(seed, 3)),
		births:   newBirths(),
		firms:    newSizes(size),
	}, nil
}

// Size is the number of people; their indexes are 0 to Size-1.
func (p *Population) Size() int { return p.size }

// Pick is the person of a sequence number. Any Size sequence numbers in a row meet everybody exactly once, in an order
// that has nothing to do with the index.
func (p *Population) Pick(seq uint64) int { return p.order.at(int(seq % uint64(p.size))) }

// mix hashes seed and i (SplitMix64's finalizer; Steele, Lea, Flood, OOPSLA 2014).
func mix(seed, i uint64) uint64 {
	z := seed + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
