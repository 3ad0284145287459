package admission

import (
	"slices"
	"testing"
	"time"
)

// scene is a guard with a fixed limit, and what it told those that waited.
type scene struct {
	*Guard
	told map[*Entry]Decision
	seq  []string // names in the order of their verdicts
}

func newScene(t testing.TB, limit int, deadline time.Duration) *scene {
	return &scene{Guard: NewGuard(mustLaw(t, "fixed", LawConfig{FixedLimit: limit}), deadline), told: map[*Entry]Decision{}}
}

func (s *scene) entry(name string, c Class) *Entry {
	e := &Entry{Class: c}
	e.Answer = func(d Decision) {
		s.told[e] = d
		s.seq = append(s.seq, name+" "+d.Reason.String())
	}
	return e
}

// learn passes enough requests of that latency for the guard to know it, and
// returns the instant at which the last was done.
func (s *scene) learn(latency time.Duration) time.Time {
	now := midnight
	for range 100 {
		e := s.entry("", P0)
		if d := s.Admit(now, e); d.Reason != Admitted {
			panic("not admitted while learning: " + d.Reason.String())
		}
		now = now.Add(latency)
		s.Done(now, e, Succeeded)
	}
	return now
}

func want(t *testing.T, what string, got Decision, reason Reason) {
	t.Helper()
	if got.Reason != reason {
		t.Errorf("%s: got %v, want %v", what, got.Reason, reason)
	}
	if got.Refused() != (got.RetryAfter >= time.Second) {
		t.Errorf("%s: %v with RetryAfter %v, want one if and only if refused", what, got.Reason, got.RetryAfter)
	}
}

func TestHigherClassesGoFirst(t *testing.T) {
	s := newScene(t, 1, time.Hour)
	now := s.learn(time.Second)
	busy := s.entry("busy", P2)
	want(t, "below the limit", s.Admit(now, busy), Admitted)
	waiting := map[string]Class{"c": P3, "a": P2, "b": P2, "first": P0}
	for _, name := range []string{"c", "a", "b", "first"} {
		want(t, name, s.Admit(now, s.entry(name, waiting[name])), Queued)
	}
	done := busy
	for range 4 {
		now = now.Add(time.Second)
		s.Done(now, done, Succeeded)
		for e, d := range s.told {
			if d.Reason == Admitted && e.started.Equal(now) {
				done = e
			}
		}
	}
	if got := []string{"first admitted", "a admitted", "b admitted", "c admitted"}; !slices.Equal(s.seq, got) {
		t.Errorf("got %q, want %q", s.seq, got)
	}
}

func TestAFullQueueGivesTheLowestClassAway(t *testing.T) {
	// Service 1 s, deadline 17 s: a sixth of the 16 s to spare is two rounds and a bit.
	s := newScene(t, 1, 17*time.Second)
	now := s.learn(time.Second)
	s.Admit(now, s.entry("busy", P0))
	early, late := s.entry("early", P3), s.entry("late", P3)
	want(t, "early", s.Admit(now, early), Queued)
	want(t, "late", s.Admit(now, late), Queued)
	want(t, "one more of P3", s.Admit(now, s.entry("", P3)), QueueFull)
	want(t, "one of P1", s.Admit(now, s.entry("", P1)), Queued)
	want(t, "the one that waited least", s.told[late], Outranked)
	if _, told := s.told[early]; told {
		t.Error("the one that waited longer lost its place too")
	}
	want(t, "another of P1", s.Admit(now, s.entry("", P1)), Queued)
	want(t, "P1 with P1 everywhere", s.Admit(now, s.entry("", P1)), QueueFull)
}

func TestDeadlines(t *testing.T) {
	s := newScene(t, 1, 17*time.Second)
	now := s.learn(time.Second)
	busy := s.entry("busy", P0)
	s.Admit(now, busy)
	in := func(d time.Duration) *Entry {
		e := s.entry("", P2)
		e.Deadline = now.Add(d)
		return e
	}
	want(t, "a wait of 1 s and a service of 1 s do not fit in 1.9 s", s.Admit(now, in(1900*time.Millisecond)), Deadline)
	e := in(2100 * time.Millisecond)
	d := s.Admit(now, e)
	want(t, "they fit in 2.1 s", d, Queued)
	if got, want := d.Wait.Round(time.Millisecond), 1100*time.Millisecond; got != want {
		t.Errorf("it may wait %v, want %v", got, want)
	}
	s.Done(now.Add(1200*time.Millisecond), busy, Succeeded) // later than estimated
	want(t, "at its turn it is too late", s.told[e], Deadline)

	want(t, "dead on arrival", s.Admit(now, in(0)), Deadline)
	want(t, "an idle guard asks no estimate, or it could not find out that the backend is well again",
		s.Admit(now, in(time.Millisecond)), Admitted)
}

func TestNothingWaitsForABackendSlowerThanTheDeadline(t *testing.T) {
	s := newScene(t, 1, time.Second)
	now := s.learn(2 * time.Second)
	want(t, "the place", s.Admit(now, s.entry("", P0)), Admitted)
	want(t, "no place", s.Admit(now, s.entry("", P0)), Limit)
}

func TestWhoLeavesIsNotAnswered(t *testing.T) {
	s := newScene(t, 1, time.Hour)
	now := s.learn(time.Second)
	busy, gone, next := s.entry("busy", P2), s.entry("gone", P2), s.entry("next", P2)
	s.Admit(now, busy)
	s.Admit(now, gone)
	s.Admit(now, next)
	if d, left := s.Leave(now, gone, ClientGone); !left || d.Reason != ClientGone {
		t.Errorf("leaving: got %v, %v", d, left)
	}
	s.Done(now, busy, Succeeded)
	want(t, "the next", s.told[next], Admitted)
	if _, told := s.told[gone]; told {
		t.Error("the one that left was answered")
	}
	if _, left := s.Leave(now, next, ClientGone); left {
		t.Error("an admitted entry could leave the queue")
	}
}

func BenchmarkRefuse(b *testing.B) {
	g := NewGuard(mustLaw(b, "fixed", LawConfig{FixedLimit: 1}), time.Second)
	var in, out Entry
	g.Admit(midnight, &in)
	g.Done(midnight.Add(2*time.Second), &in, Succeeded) // slower than the deadline: nothing waits
	g.Admit(midnight, &in)
	b.ReportAllocs()
	for b.Loop() {
		if g.Admit(midnight, &out).Reason != Limit {
			b.Fatal("not refused")
		}
	}
}

// What the lock is held for of a request that is let in: everything but the
// reading of the clock. With the clock that a gateway has, which is cheaper to
// subtract than a date.
func BenchmarkAdmitAndDone(b *testing.B) {
	for _, name := range Laws() {
		b.Run(name, func(b *testing.B) {
			g := NewGuard(mustLaw(b, name, LawConfig{FixedLimit: 32}), time.Second)
			var e Entry
			now := time.Now()
			g.Tick(now, &Histogram{})
			b.ReportAllocs()
			for b.Loop() {
				e.Deadline = time.Time{}
				if g.Admit(now, &e).Reason != Admitted {
					b.Fatal("not admitted")
				}
				now = now.Add(time.Millisecond)
				g.Done(now, &e, Succeeded)
			}
		})
	}
}
