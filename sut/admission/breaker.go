package admission

import "time"

// BreakerConfig says when a breaker opens. The zero value works.
type BreakerConfig struct {
	Share  float64       // of the answers that are Dropped, from which it opens; 0 is a half
	Least  int           // answers in the window, below which chance decides and it does not; 0 is 20
	Window time.Duration // over which they are counted; 0 is 10 s
	Pause  time.Duration // before a failing backend is asked again, doubled each time up to 16; 0 is 1 s
}

// BreakerState is one of Closed, Open and HalfOpen.
type BreakerState uint8

const (
	Closed   BreakerState = iota // all pass
	Open                         // none pass until the pause is over
	HalfOpen                     // as many at a time as answers have been good, and two
)

// String is the name in metrics and reports.
func (s BreakerState) String() string { return [...]string{"closed", "open", "half_open"}[s] }

const (
	breakerSlots   = 10 // parts of the window
	breakerProbes  = 2  // requests at a time that ask a backend whether it is well
	breakerLongest = 16 // times the pause, at most
)

// A Breaker spares a backend that answers with errors, or does not answer, the
// requests that it cannot use to recover, and their senders the wait. Overload
// is not its matter: that is the limit's, which refuses only what is too much.
//
// A breaker that a timer closes sends the whole load at a backend that has just
// come up. This one lets two requests through at a time, one more for each that
// is answered well, and so twice as many each round; it is closed when it has
// seen as many good answers as it would need to open. One that is dropped opens
// it again, for twice as long.
//
// The caller serialises the calls.
// Source: Nygard: Release It! (2007), chapter 5, for the states; the growth is
// the slow start of Jacobson: Congestion Avoidance and Control (SIGCOMM 1988).
type Breaker struct {
	c      BreakerConfig
	state  BreakerState
	era    uint32 // changes with the state, so that answers to earlier requests do not count
	slots  [breakerSlots]struct{ all, dropped int }
	slot   int64     // number of the slot in use
	until  time.Time // of the pause
	pause  time.Duration
	good   int // answers in HalfOpen
	asking int // requests in HalfOpen
}

// WithDefaults is the configuration with what was left at zero filled in.
func (c BreakerConfig) WithDefaults() BreakerConfig {
	if c.Share <= 0 {
		c.Share = 0.5
	}
	if c.Least <= 0 {
		c.Least = 20
	}
	if c.Window <= 0 {
		c.Window = 10 * time.Second
	}
	if c.Pause <= 0 {
		c.Pause = time.Second
	}
	return c
}

// NewBreaker makes a closed breaker.
func NewBreaker(c BreakerConfig) *Breaker {
	c = c.WithDefaults()
	return &Breaker{c: c, pause: c.Pause}
}

// Pass is the right to one request; it goes back with Done.
type Pass struct{ era uint32 }

// Allow asks whether a request may pass. If so the caller owes a Done with the
// pass; else after is when it makes sense to ask again.
func (b *Breaker) Allow(now time.Time) (pass Pass, after time.Duration, ok bool) {
	if b.state == Open {
		if now.Before(b.until) && b.until.Sub(now) <= b.pause { // a clock that went back ends the pause
			return Pass{}, b.until.Sub(now), false
		}
		b.turn(HalfOpen)
	}
	if b.state == HalfOpen {
		if b.asking >= breakerProbes+b.good {
			return Pass{}, b.c.Pause, false
		}
		b.asking++
	}
	return Pass{b.era}, 0, true
}

// Done gives the pass back with how the backend answered.
func (b *Breaker) Done(now time.Time, p Pass, o Outcome) {
	if p.era != b.era {
		return
	}
	switch {
	case b.state == Closed:
		if o != Ignored && b.failing(now, o) {
			b.open(now, b.c.Pause)
		}
	case o == Dropped:
		b.open(now, min(2*b.pause, breakerLongest*b.c.Pause))
	default:
		b.asking--
		if o == Succeeded {
			b.good++
		}
		if b.good >= b.c.Least {
			b.turn(Closed)
		}
	}
}

// State is the breaker's state, Open until a request asks after the pause.
func (b *Breaker) State() BreakerState { return b.state }

func (b *Breaker) open(now time.Time, pause time.Duration) {
	b.turn(Open)
	b.pause, b.until = pause, now.Add(pause)
}

func (b *Breaker) turn(s BreakerState) {
	b.state, b.good, b.asking = s, 0, 0
	b.era++
	clear(b.slots[:])
}

// failing counts an answer, and reports whether too many of the window's were
// dropped.
func (b *Breaker) failing(now time.Time, o Outcome) bool {
	slot := now.UnixNano() / max(1, int64(b.c.Window)/breakerSlots)
	if d := slot - b.slot; d < 0 || d >= breakerSlots {
		clear(b.slots[:])
	} else {
		for b.slot < slot {
			b.slot++
			b.slots[b.slot%breakerSlots] = struct{ all, dropped int }{}
		}
	}
	b.slot = slot
	s := &b.slots[slot%breakerSlots]
	s.all++
	if o == Dropped {
		s.dropped++
	}
	all, dropped := 0, 0
	for _, s := range b.slots {
		all, dropped = all+s.all, dropped+s.dropped
	}
	return all >= b.c.Least && float64(dropped) >= b.c.Share*float64(all)
}
