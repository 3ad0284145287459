package admission

import (
	"fmt"
	"strings"
	"time"
)

// A Law finds how many requests the backend should hold at once, from nothing
// but the requests that left it. The caller serialises the calls, and now
// never goes back.
type Law interface {
	// Complete moves the law by one request that left the backend.
	Complete(now time.Time, s Sample)
	// Snapshot is what the law holds to be true, in one place that Complete
	// writes to: who wants to keep it makes a copy.
	Snapshot() *Snapshot
}

// A Sample is one request that left the backend.
type Sample struct {
	Took     time.Duration // in the backend, time that was the client's left out
	Serial   uint64        // requests that entered before it
	Started  uint64        // requests that have entered by now
	InFlight int           // requests in the backend as it left, itself included
	Outcome  Outcome
}

// Outcome is what a finished request tells about the backend.
type Outcome uint8

const (
	// Succeeded: answered as it should, so its latency is a measurement.
	Succeeded Outcome = iota
	// Dropped: the backend could not take it (503, no connection, no answer
	// in time). A sign of overload by itself; its latency says nothing.
	Dropped
	// Ignored: says nothing about load. A quick error is not a fast backend.
	Ignored
)

// A Snapshot is what law and guard hold to be true at one instant. It is never
// changed after it was published, so that whoever has it may decide by it
// without a lock.
type Snapshot struct {
	Law        string        // name in the table of laws
	Limit      int           // most requests the backend should hold, at least 1
	Baseline   time.Duration // latency taken for pure service; 0 if unknown or unused
	Latency    time.Duration // mean latency in the last window; 0 if unknown or unused
	Elasticity float64       // of latency by requests in the backend, 0 far below the knee, 1 far above; 0 if unused

	// Set by the guard; a law leaves them at zero.
	Threshold Level          // a request above it is refused without another look
	floor     [Classes]Level // unless it is at or below that of its class, which has a reserve
	Backlog   time.Duration  // to work off those who were refused lately: the least Retry-After

	// A limit that grew is opened evenly, From at Since to Limit after Rise.
	// All at once, the new places would be taken in one instant, given back in
	// one instant, and so on: requests in bunches, and nobody between them.
	From  int
	Since time.Time
	Rise  time.Duration
}

// Refuses reports whether a request of that level is refused without another look.
func (s *Snapshot) Refuses(l Level) bool { return l > s.Threshold && l > s.floor[l.Class()] }

// At is the limit at the instant now.
func (s *Snapshot) At(now time.Time) int {
	if s.From >= s.Limit || s.Rise == 0 {
		return s.Limit
	}
	past := max(0, now.Sub(s.Since)) // a clock that went back closes nothing that was open
	if past >= s.Rise {
		return s.Limit
	}
	return s.From + int(float64(s.Limit-s.From)*float64(past)/float64(s.Rise))
}

// LawConfig is what a law may know at the start. The zero value works.
type LawConfig struct {
	// FixedLimit is the limit of the law "fixed", which needs it to be at
	// least 1. Other laws do not look at it.
	FixedLimit int
	// Seed is the first limit of a law that learns, best taken from a measured
	// capacity; 0 is the law's own.
	Seed int
	// Least and Most bound the limit of a law that learns; 0 is the law's own.
	Least, Most int
	// Ceiling is the mean latency at which the limit falls whatever else is
	// measured; usually the deadline. 0 means no ceiling.
	Ceiling time.Duration
}

// bounds returns the first limit of a law and what it may move between; the
// arguments are the law's own. A seed outside of the bounds widens them: who
// measured a capacity knows more than a constant.
func (c LawConfig) bounds(seed, least, most int) (first, lower, upper float64) {
	if c.Most > 0 {
		most = c.Most
		least = min(least, most) // a Most holds below the law's own least, too
	}
	if c.Least > 0 {
		least = c.Least
	}
	if c.Seed > 0 {
		seed = c.Seed
	} else {
		seed = max(least, min(seed, most))
	}
	return float64(seed), float64(min(least, seed)), float64(max(most, seed))
}

// laws is the table of laws. To add one, write its file and add a line here:
// the conformance test, the gateway and the command line then have it.
var laws = []struct {
	name  string
	make  func(LawConfig) (Law, error)
	start int // its own seed and bounds, none if it learns nothing
	least int
	most  int
}{
	{"elastic", newElastic, elasticStart, elasticLeast, elasticMost},
	{"vegas", newVegas, vegasStart, vegasLeast, vegasMost},
	{"gradient2", newGradient2, gradientStart, gradientStart, gradientMost},
	{"aimd", newAIMD, aimdStart, aimdStart, aimdMost},
	{"fixed", newFixed, 0, 0, 0},
}

// Bounds are the least and the greatest limit of the law of that name, "" for
// the default, by the configuration; 0 for one that learns nothing.
func Bounds(name string, c LawConfig) (least, most int) {
	for i, l := range laws {
		if (l.name == name || name == "" && i == 0) && l.most > 0 {
			_, lower, upper := c.bounds(l.start, l.least, l.most)
			return int(lower), int(upper)
		}
	}
	return 0, 0
}

// Laws lists the names that NewLaw knows, the default first.
func Laws() []string {
	names := make([]string, len(laws))
	for i, l := range laws {
		names[i] = l.name
	}
	return names
}

// NewLaw makes the law of that name; "" is the default, the first of Laws.
func NewLaw(name string, c LawConfig) (Law, error) {
	if name == "" {
		name = laws[0].name
	}
	for _, l := range laws {
		if l.name == name {
			return l.make(c)
		}
	}
	return nil, fmt.Errorf("law %q: want one of %s", name, strings.Join(Laws(), ", "))
}
