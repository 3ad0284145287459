package admission

import (
	"math"
	"testing"
	"time"
)

func TestCostsAreOfTheirRoute(t *testing.T) {
	s := newScene(t, 1, 100*time.Second)
	now := midnight
	pass := func(route uint16, latency time.Duration, o Outcome) {
		e := s.entry("", P2)
		e.Route = route
		s.Admit(now, e)
		now = now.Add(latency)
		s.Done(now, e, o)
	}
	for range 100 {
		pass(1, 2*time.Second, Succeeded)
		pass(2, 50*time.Millisecond, Succeeded)
		pass(2, time.Millisecond, Ignored) // a quick error is not a quick answer
	}
	busy := s.entry("busy", P0)
	s.Admit(now, busy)
	in := func(route uint16, d time.Duration) *Entry {
		e := s.entry("", P2)
		e.Route, e.Deadline = route, now.Add(d)
		return e
	}
	// Ahead is the one inside, for about a second: the mean of 2 s and 50 ms.
	want(t, "2 s of work do not fit into the rest of 2.5 s", s.Admit(now, in(1, 2500*time.Millisecond)), Deadline)
	want(t, "50 ms fit into that of 1.5 s", s.Admit(now, in(2, 1500*time.Millisecond)), Queued)
	want(t, "what nobody has seen is taken for the mean, which does not", s.Admit(now, in(3, 1500*time.Millisecond)), Deadline)
}

// A route that was slow once is not refused for ever where it is never the only one.
func TestACostIsDoubted(t *testing.T) {
	s := newScene(t, 1, 100*time.Second)
	now := s.learn(time.Second)
	slow := s.entry("slow", P2)
	slow.Route = 1
	s.Admit(now, slow)
	now = now.Add(3 * time.Minute)
	s.Done(now, slow, Succeeded)
	s.Admit(now, s.entry("busy", P2))
	again := func() *Entry {
		e := s.entry("again", P2)
		e.Route = 1
		return e
	}
	want(t, "after three minutes for its last one", s.Admit(now, again()), Deadline)
	for range costDoubt {
		now = now.Add(TickEvery)
		s.Tick(now, &Histogram{})
	}
	want(t, "ten seconds later", s.Admit(now, again()), Queued)
}

// The rate is by seat-seconds: requests of two seats are half as many.
func TestTheRateIsBySeats(t *testing.T) {
	s := newScene(t, 8, 10*time.Second)
	now := midnight
	for range 500 {
		e := s.entry("", P2)
		e.Seats = 2000
		s.Admit(now, e)
		now = now.Add(500 * time.Millisecond)
		s.Done(now, e, Succeeded)
	}
	if got := s.State().Rate; math.Abs(got-8) > 1e-6 {
		t.Errorf("8 seats, 2 a request, 0.5 s each: %v a second, want 8", got)
	}
}

// Expected costs are corrected by what was taken, so a tenant whose requests
// turn out to be heavy gets fewer of them.
func TestTheQueueIsFairByWhatWasTaken(t *testing.T) {
	s := newScene(t, 1, time.Hour)
	now := s.learn(time.Second)
	took := map[uint32]time.Duration{1: 3 * time.Second, 2: time.Second}
	had := map[uint32]time.Duration{}
	var inside *Entry
	offer := func(tenant uint32) {
		e := &Entry{Class: P2, Tenant: tenant}
		e.Answer = func(d Decision) {
			if d.Reason == Admitted {
				inside = e
			}
		}
		if s.Admit(now, e).Reason == Admitted {
			inside = e
		}
	}
	for range 8 {
		offer(1)
	}
	offer(2)
	for range 400 {
		e := inside
		had[e.Tenant] += took[e.Tenant]
		offer(e.Tenant)
		now = now.Add(took[e.Tenant])
		s.Done(now, e, Succeeded)
	}
	if ratio := float64(had[1]) / float64(had[2]); ratio < 0.95 || ratio > 1.05 {
		t.Errorf("tenants had %v, want the same, though one asked eight times as often", had)
	}
}
