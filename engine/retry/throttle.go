package retry

import (
	"math/rand/v2"
	"time"
)

// A Throttle is a client that refuses its own requests while the service sheds them, because for the service refusing is
// work, too. Each request is refused here with the probability
//
//	p = max(0, (requests - K × accepts) / (requests + 1))
//
// over the last Window, so that about K times what the service accepts is sent to it (Beyer et al., Site reliability
// engineering, 2016, chapter 21, "Client-side throttling"). Requests are those refused here and those answered; accepts are
// the answered ones that the service did not shed.
//
// # Why shed, and not failed
//
// A request is shed when the service said that it refused it on purpose: what it sheds is what it has no room for. Of errors
// a service has a share, whatever is sent. Were they counted, a replica of five that is broken would with K = 1.1 end in no
// requests at all: each round sends 1.1 × 0.8 of the one before.
//
// # Why two seconds
//
// The book has two minutes. A client of 50 requests a second then goes on refusing its own for 210 s after a minute of 30
// times as many, and the service sheds 15,000 of its requests; with two seconds it is 2.5 s and 1,600, and the service is
// kept as busy (virtual time, go test -bench ThrottleWindow -benchtime 1x, November 2026). What so short a window gives up is
// the throttling of clients with fewer than ten requests a second, see fewest.
//
// One goroutine at a time may use it.
type Throttle struct {
	Window time.Duration // at least 10 ns; 0 means 2 s

	counts [buckets]count
	newest int64     // the bucket that is going on, counted from began
	began  time.Time // zero before the first call
}

// A count is what happened in one bucket of the window.
type count struct {
	requests, accepts int
	sent, shed        bool // was anything?
}

const (
	buckets = 10

	// Below so many requests in the window nothing is refused: two of three shed are chance, not overload (the same error
	// in Envoy's admission control: envoyproxy/envoy#16392).
	fewest = 20

	// K while the service sheds, and once a bucket has passed in which it shed nothing. The book has 2, and 1.1 for services
	// to whom a refusal costs much; but growing to what a service that recovered can take goes with K.
	sheddingK = 1.1
	growingK  = 2
)

// Allow reports whether a request may be sent now. In each tenth of the window one may, or the end of the trouble would not
// be noticed. It draws at most one number from r.
func (t *Throttle) Allow(now time.Time, r *rand.Rand) bool {
	c := t.turn(now)
	if p := t.refusal(); p == 0 || !c.sent || r.Float64() >= p {
		c.sent = true
		return true
	}
	c.requests++
	return false
}

// Answered counts a request that was sent and answered. One without an answer, because of an error or because nobody waited
// for it any longer, is not counted.
func (t *Throttle) Answered(now time.Time, shed bool) {
	c := t.turn(now)
	c.requests++
	if shed {
		c.shed = true
	} else {
		c.accepts++
	}
}

// refusal is the probability p.
func (t *Throttle) refusal() float64 {
	requests, accepts := 0, 0
	for i := range t.counts {
		requests += t.counts[i].requests
		accepts += t.counts[i].accepts
	}
	if requests < fewest {
		return 0
	}
	k := float64(growingK)
	if t.bucket(t.newest).shed || t.bucket(t.newest-1).shed {
		k = sheddingK
	}
	return max(0, (float64(requests)-k*float64(accepts))/float64(requests+1))
}

// turn empties the buckets that now has left behind and returns the one that is going on. A now before the one of an earlier
// call counts as that.
func (t *Throttle) turn(now time.Time) *count {
	if t.began.IsZero() {
		t.began = now
	}
	window := t.Window
	if window == 0 {
		window = 2 * time.Second
	}
	at := int64(now.Sub(t.began) / max(window/buckets, 1))
	for t.newest = max(t.newest, at-buckets); t.newest < at; {
		t.newest++
		*t.bucket(t.newest) = count{}
	}
	return t.bucket(t.newest)
}

func (t *Throttle) bucket(n int64) *count { return &t.counts[(n+buckets)%buckets] }
