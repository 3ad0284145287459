package admission

import "time"

const (
	retryMemory = 10  // seconds of refusals that count as people who will come back
	retryLeast  = 1   // seconds
	retryMost   = 120 // seconds, before the spread
	retrySpread = 0.5 // the latest comes this share later than the earliest, at least 2 s
	retryWidest = 60  // and at most so many seconds: hours and quotas end when they end
)

// refusals counts the last seconds' refused requests. Those people have not
// gone away: they are the backlog that a Retry-After must spread out.
type refusals struct {
	count  [retryMemory]int // by second, modulo its length
	total  int
	second int64
	serial uint64 // refusals so far
}

func (r *refusals) add(now time.Time) { r.many(now, 1) }

func (r *refusals) many(now time.Time, n int) {
	r.forget(now)
	*r.slot() += n
	r.total += n
	r.serial += uint64(n)
}

// slot is that of the second; there are seconds before 1970, too.
func (r *refusals) slot() *int { return &r.count[uint64(r.second)%retryMemory] }

// forget drops the seconds that have gone out of memory; all of them when the
// clock has gone back, or they would stay until it is where it was.
func (r *refusals) forget(now time.Time) {
	second := now.Unix()
	if past := second - r.second; past < 0 || past >= retryMemory {
		*r = refusals{second: second, serial: r.serial}
		return
	}
	for r.second < second {
		r.second++
		r.total -= *r.slot()
		*r.slot() = 0
	}
}

// retryAfter is the time to work off the backlog at rate a second, spread.
func retryAfter(backlog int, rate float64, client, lot uint64) time.Duration {
	return spread(int(workOff(backlog, rate).Seconds()), client, lot)
}

// workOff is the time that a backlog takes at rate a second, at most 2 minutes;
// 0 if the rate is not known.
func workOff(backlog int, rate float64) time.Duration {
	if rate <= 0 {
		return 0
	}
	return seconds(min(float64(backlog)/rate, retryMost))
}

// spread is base seconds, at least 1, and up to half as much again, a minute at
// most, by client and lot, so that those refused together do not come back together.
func spread(base int, client, lot uint64) time.Duration {
	base = max(base, retryLeast)
	over := min(max(2, int(retrySpread*float64(base))), retryWidest)
	return time.Duration(base+int(mix(client^mix(lot))%uint64(over+1))) * time.Second
}

// mix is the finalizer of splitmix64 (Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
