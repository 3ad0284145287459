package admission

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// witness calls a guard in any order and keeps its own count of everything.
type witness struct {
	t       testing.TB
	guard   *Guard
	law     Law
	limit   int // of the law, if it never moves; else 0
	now     time.Time
	inside  []*Entry
	waiting []*Entry
}

func (w *witness) drop(list []*Entry, e *Entry) []*Entry {
	i := slices.Index(list, e)
	if i < 0 {
		w.t.Fatal("an entry was answered that did not wait")
	}
	return slices.Delete(list, i, i+1)
}

// step does one thing, chosen by the bytes.
func (w *witness) step(what, a, b, c byte) {
	switch what % 8 {
	default:
		e := &Entry{Class: Class(a % Classes), Route: uint16(b), Tenant: uint32(b % 5), Seats: uint32(c) * 50, Client: uint64(c)}
		e.Level = LevelOf(e.Class, a&4 == 0, b, uint32(c))
		if c&1 == 1 {
			e.Deadline = w.now.Add(time.Duration(c) * 100 * time.Millisecond)
		}
		e.Answer = func(d Decision) {
			w.waiting = w.drop(w.waiting, e)
			if d.Reason == Admitted {
				w.inside = append(w.inside, e)
			}
			if d.Refused() != (d.RetryAfter >= time.Second) || d.Reason == Queued {
				w.t.Fatalf("answered with %+v", d)
			}
		}
		switch d := w.guard.Admit(w.now, e); d.Reason {
		case Admitted:
			w.inside = append(w.inside, e)
		case Queued:
			w.waiting = append(w.waiting, e)
			if d.Wait < 0 {
				w.t.Fatalf("may wait %v", d.Wait)
			}
		}
	case 3, 4:
		if len(w.inside) > 0 {
			i := int(a) % len(w.inside)
			e := w.inside[i]
			w.inside = slices.Delete(w.inside, i, i+1)
			w.guard.Done(w.now, e, Outcome(b%3))
		}
	case 5:
		if len(w.waiting) > 0 {
			e := w.waiting[int(a)%len(w.waiting)]
			if _, left := w.guard.Leave(w.now, e, ClientGone); !left {
				w.t.Fatal("an entry that waits cannot leave")
			}
			w.waiting = w.drop(w.waiting, e)
		}
	case 6:
		w.now = w.now.Add(time.Duration(a) * time.Duration(b) * time.Millisecond)
		if c == 255 {
			w.now = w.now.Add(time.Hour)
		}
	case 7:
		var h Histogram
		h[int(a)*4] = uint32(b) * uint32(c)
		w.guard.Tick(w.now, &h)
		w.guard.Reserve([Classes]int{0, int(a % 3), 0, int(b % 3)})
	}
	w.check()
}

func (w *witness) check() {
	s := w.guard.State()
	queued, seats := 0, 0.0
	for c := range s.Queued {
		queued += s.Queued[c]
		seats += s.Seats[c]
		if s.Seats[c] < 0 || s.Queued[c] < 0 {
			w.t.Fatalf("%+v", s)
		}
	}
	if s.InFlight != len(w.inside) || queued != len(w.waiting) {
		w.t.Fatalf("in the backend %d, want %d; waiting %d, want %d", s.InFlight, len(w.inside), queued, len(w.waiting))
	}
	if w.limit > 0 && seats > float64(w.limit)+1e-9 && len(w.inside) > 1 {
		w.t.Fatalf("%d requests take %v of %d seats", len(w.inside), seats, w.limit)
	}
	if queued > 0 && s.InFlight == 0 {
		w.t.Fatalf("%d wait before an idle backend", queued)
	}
	if s.Limit < 1 || s.Rejected < 0 || s.Rejected > 1 || s.Rate < 0 || s.Rate != s.Rate || s.Service < 0 || s.Bound < 0 {
		w.t.Fatalf("%+v", s)
	}
}

// end lets everything go, after which nothing may be left.
func (w *witness) end() {
	for len(w.inside) > 0 {
		e := w.inside[0]
		w.inside = w.inside[1:]
		w.guard.Done(w.now, e, Succeeded)
	}
	w.check()
	if len(w.waiting) > 0 {
		w.t.Fatalf("%d wait for ever", len(w.waiting))
	}
	if s := w.guard.State(); s.InFlight != 0 || w.guard.seats != (seats{reserved: w.guard.seats.reserved}) {
		w.t.Fatalf("seats have leaked: %+v", w.guard.seats)
	}
}

func newWitness(t testing.TB, law string, limit int) *witness {
	w := &witness{t: t, law: mustLaw(t, law, LawConfig{FixedLimit: limit, Ceiling: 5 * time.Second}), now: midnight}
	if law == "fixed" {
		w.limit = limit
	}
	w.guard = NewGuard(w.law, 10*time.Second)
	return w
}

// Whatever comes in whatever order: no seat leaks, no entry is lost or answered
// twice, the limit holds.
func FuzzGuard(f *testing.F) {
	for seed := range uint64(20) {
		chance := rand.New(rand.NewPCG(seed, 9))
		b := make([]byte, 2000)
		for i := range b {
			b[i] = byte(chance.Uint32())
		}
		f.Add(byte(seed), b)
	}
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		laws := Laws()
		w := newWitness(t, laws[int(kind)%len(laws)], 1+int(kind/16))
		for ; len(b) >= 4; b = b[4:] {
			w.step(b[0], b[1], b[2], b[3])
		}
		w.end()
	})
}
