package admission

import "time"

// The constants of aimd, those of the library it is taken from.
const (
	aimdStart   = 20
	aimdMost    = 200
	aimdCut     = 0.9             // factor after a drop, or after
	aimdTimeout = 5 * time.Second // in the backend
)

// aimd grows by one with each request that ends while at least half of the
// limit is in use, and falls by a tenth with each that is dropped. It is here
// to be compared with: it learns of an overload only from requests that it has
// already spoilt.
//
// Source: Netflix concurrency-limits, AIMDLimit, with their defaults. Where the
// deadline is known it takes the place of their timeout.
type aimd struct {
	limit       float64
	least, most float64
	timeout     time.Duration
	snap        Snapshot
}

func newAIMD(c LawConfig) (Law, error) {
	seed, least, most := c.bounds(aimdStart, aimdStart, aimdMost)
	a := &aimd{limit: seed, least: least, most: most, timeout: aimdTimeout}
	if c.Ceiling > 0 {
		a.timeout = c.Ceiling
	}
	a.snap = Snapshot{Law: "aimd", Limit: int(a.limit)}
	return a, nil
}

func (a *aimd) Snapshot() *Snapshot { return &a.snap }

func (a *aimd) Complete(now time.Time, s Sample) {
	switch {
	case s.Outcome == Ignored:
		return
	case s.Outcome == Dropped || s.Took > a.timeout:
		a.limit *= aimdCut
	case float64(s.InFlight)*2 >= a.limit:
		a.limit++
	}
	a.limit = max(a.least, min(a.limit, a.most))
	a.snap.Limit = int(a.limit)
}
