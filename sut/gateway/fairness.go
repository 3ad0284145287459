package gateway

import (
	"math"
	"sync/atomic"
	"time"
)

// fairness is how evenly those are served who ask for more than they get: the
// index of Jain over what they got in a minute,
//
//	(Σ x)² / (n Σ x²)
//
// which is 1 when all got the same, and 1/n when one got everything. Who got all
// that he asked for has nothing to complain of and is left out.
//
// Tenants are put into groups by chance, so that the memory is bounded: with
// more than some hundreds of them it is the groups that are compared, in which
// one who takes more than his share stands out only if he takes more than a
// group's. Chance alone makes n/(n+1) of it where a group is served n times.
//
// Source: Jain, Chiu, Hawe: A Quantitative Measure of Fairness (DEC-TR-301, 1984).
type fairness struct {
	groups [64]struct{ served, refused atomic.Uint32 }
	due    atomic.Int64  // Unix nanoseconds
	index  atomic.Uint64 // bits of a float64; NaN before the first minute is over
}

// count counts a decision on a request of the tenant.
func (f *fairness) count(tenant uint64, refused bool) {
	g := &f.groups[tenant%uint64(len(f.groups))]
	if refused {
		g.refused.Add(1)
	} else {
		g.served.Add(1)
	}
}

// tick works out the index when a minute is over.
func (f *fairness) tick(now time.Time) {
	due := f.due.Load()
	if now.UnixNano() < due || !f.due.CompareAndSwap(due, now.Add(time.Minute).UnixNano()) || due == 0 {
		return
	}
	var got []float64
	for i := range f.groups {
		served, refused := f.groups[i].served.Swap(0), f.groups[i].refused.Swap(0)
		if refused > 0 {
			got = append(got, float64(served))
		}
	}
	f.index.Store(math.Float64bits(jain(got)))
}

// jain is the index; 1 where there is nobody, or nobody got anything.
func jain(got []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, x := range got {
		sum, squares = sum+x, squares+x*x
	}
	if squares == 0 {
		return 1
	}
	return sum * sum / (float64(len(got)) * squares)
}

func (f *fairness) value() float64 { return math.Float64frombits(f.index.Load()) }
