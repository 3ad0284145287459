package admission

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// storm is a discrete-event simulation in virtual time of clients, guard and a
// backend: workers that each hold a request for exactly its service time, a
// FIFO before them, 503 beyond it. The backend works on for clients that left.
type storm struct {
	workers  int
	room     int                      // places in the backend's FIFO
	service  func(at float64) float64 // seconds of one request that starts then
	offered  func(at float64) float64 // arrivals a second, at most peak
	peak     float64                  // bound of offered
	length   float64                  // seconds
	deadline time.Duration
	class    func(*rand.Rand) Class // nil: all P2
	capacity func(at float64) int   // workers then; nil: workers

	guard  *Guard
	events events
	serial int
	busy   int
	fifo   []*visit
	visits []*visit
}

// visit is one request's way through the storm, in seconds from the start.
type visit struct {
	Entry
	due, began, done float64 // began: let in by the guard; done: 0 if not answered
	reason           Reason
	retry            time.Duration
	dropped          bool // 503 by the backend
}

type event struct {
	at     float64
	serial int // ties in order of making, so that a seed gives one history
	do     func(at float64)
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].serial < e[j].serial
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

var midnight = time.Date(2018, 7, 1, 0, 0, 0, 0, time.UTC)

func instant(at float64) time.Time { return midnight.Add(seconds(at)) }

func (s *storm) at(at float64, do func(float64)) {
	s.serial++
	heap.Push(&s.events, event{at, s.serial, do})
}

// run plays the storm with Poisson arrivals and a guard that moves by law.
func (s *storm) run(law Law, seed uint64) []*visit {
	arrivals, classes := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
	s.guard = NewGuard(law, s.deadline)
	for at := arrivals.ExpFloat64() / s.peak; at < s.length; at += arrivals.ExpFloat64() / s.peak {
		if arrivals.Float64()*s.peak > s.offered(at) {
			continue // thinning (Lewis, Shedler 1979)
		}
		v := &visit{due: at}
		v.Class, v.Client = P2, uint64(len(s.visits))
		if s.class != nil {
			v.Class = s.class(classes)
		}
		s.visits = append(s.visits, v)
		s.at(at, func(at float64) { s.arrive(at, v) })
	}
	for len(s.events) > 0 {
		e := heap.Pop(&s.events).(event)
		e.do(e.at)
	}
	return s.visits
}

func (s *storm) arrive(at float64, v *visit) {
	v.Answer = func(d Decision) {
		v.reason, v.retry = d.Reason, d.RetryAfter
		if d.Reason == Admitted {
			began := v.due + d.Wait.Seconds()
			s.at(began, func(at float64) { s.enter(at, v) })
		}
	}
	d := s.guard.Admit(instant(at), &v.Entry)
	if d.Reason != Queued {
		v.Answer(d)
		return
	}
	v.reason = Queued
	s.at(at+d.Wait.Seconds(), func(at float64) {
		if d, left := s.guard.Leave(instant(at), &v.Entry, Deadline); left {
			v.Answer(d)
		}
	})
}

func (s *storm) enter(at float64, v *visit) {
	v.began = at
	switch {
	case s.busy < s.able(at):
		s.work(at, v)
	case len(s.fifo) < s.room:
		s.fifo = append(s.fifo, v)
	default:
		v.dropped, v.done = true, at
		s.guard.Done(instant(at), &v.Entry, Dropped)
	}
}

func (s *storm) able(at float64) int {
	if s.capacity == nil {
		return s.workers
	}
	return s.capacity(at)
}

func (s *storm) work(at float64, v *visit) {
	s.busy++
	s.at(at+s.service(at), func(at float64) {
		s.busy--
		v.done = at
		for s.busy < s.able(at) && len(s.fifo) > 0 {
			head := s.fifo[0]
			s.fifo = s.fifo[1:]
			s.work(at, head)
		}
		s.guard.Done(instant(at), &v.Entry, Succeeded)
	})
}

// figures are what a drill would report of the visits.
type figures struct {
	goodput float64 // answered within the deadline, a second
	p95     float64 // seconds from due to answer, of those the guard let in
	refused int
	failed  int // refused by the backend
	slowest float64
}

// between counts goodput by the instant of the answer, as a meter at the door
// does, and the rest by the instant of the arrival.
func (s *storm) between(from, to float64) figures {
	var f figures
	var latency []float64
	good := 0
	for _, v := range s.visits {
		if v.done >= from && v.done < to && !v.dropped && v.reason == Admitted && v.done-v.due <= s.deadline.Seconds() {
			good++
		}
		if v.due < from || v.due >= to {
			continue
		}
		switch {
		case v.dropped:
			f.failed++
		case v.reason == Admitted:
			latency = append(latency, v.done-v.due)
		default:
			f.refused++
		}
	}
	f.goodput = float64(good) / (to - from)
	if len(latency) > 0 {
		slices.Sort(latency)
		f.p95 = latency[len(latency)*95/100]
		f.slowest = latency[len(latency)-1]
	}
	return f
}

// reform is the flagship: 5/s, from second 10 a ramp of 5 s to 1,500/s, held
// for 24 s, then 5/s again for 20 s, before a backend as in 2018.
func reform(workers int) *storm {
	return &storm{
		workers: workers, room: 2176, deadline: 3 * time.Second,
		service: func(float64) float64 { return 0.8 },
		offered: func(at float64) float64 {
			switch {
			case at < 10 || at >= 39:
				return 5
			case at < 15:
				return 5 + (at-10)/5*1495
			}
			return 1500
		},
		peak: 1500, length: 59,
	}
}

func mustLaw(t testing.TB, name string, c LawConfig) Law {
	t.Helper()
	law, err := NewLaw(name, c)
	if err != nil {
		t.Fatal(err)
	}
	return law
}

// The seeds are others than those vegas was tuned on. A share of 0.95 allows
// for counting 19 s of rounds of 0.8 s, which alone is up to 4 % off.
func TestVegasFindsABackendItKnowsNothingOf(t *testing.T) {
	for _, workers := range []int{32, 64, 128} {
		capacity := float64(workers) / 0.8
		for seed := uint64(100); seed < 105; seed++ {
			s := reform(workers)
			s.run(mustLaw(t, "vegas", LawConfig{Ceiling: s.deadline}), seed)
			hold, after := s.between(20, 39), s.between(41, 59)
			t.Logf("W=%d seed %d: goodput %.3f of capacity, p95 %.2f s", workers, seed, hold.goodput/capacity, hold.p95)
			if hold.goodput < 0.95*capacity {
				t.Errorf("W=%d seed %d: goodput %.1f/s in the storm, want at least 0.95 of %.0f/s", workers, seed, hold.goodput, capacity)
			}
			if hold.p95 > 2 {
				t.Errorf("W=%d seed %d: p95 of the admitted is %.2f s, want at most 2 s", workers, seed, hold.p95)
			}
			if hold.failed > 0 {
				t.Errorf("W=%d seed %d: the backend refused %d, want the guard to", workers, seed, hold.failed)
			}
			if calm := s.between(0, 10); calm.refused > 0 {
				t.Errorf("W=%d seed %d: %d refused before the storm, want none", workers, seed, calm.refused)
			}
			if after.refused > 0 || after.slowest > 1 {
				t.Errorf("W=%d seed %d: after the storm %d refused, slowest %.2f s, want none and 0.8 s", workers, seed, after.refused, after.slowest)
			}
		}
	}
}

func TestVegasFollowsTheBackend(t *testing.T) {
	tests := []struct {
		name     string
		change   func(*storm)
		from, to float64
		capacity float64 // with 64 workers, in from to to
		share    float64 // least goodput, of capacity
		p95      float64 // most, seconds
	}{
		{"work becomes 2.5 times as heavy", func(s *storm) {
			s.deadline = 6 * time.Second // 3 s leaves a service of 2 s nothing to wait in
			s.service = step(20, 0.8, 2)
		}, 30, 80, 64 / 2.0, 0.90, 4.5},
		{"work becomes 2.5 times as light", func(s *storm) { s.service = step(20, 0.8, 0.32) }, 25, 80, 64 / 0.32, 0.95, 2},
		{"load itself makes every request 15 % slower", func(s *storm) { s.service = step(12, 0.8, 0.92) }, 25, 80, 64 / 0.92, 0.93, 2},
		{"half of the workers die", func(s *storm) {
			able := step(20, 64, 32)
			s.capacity = func(at float64) int { return int(able(at)) }
		}, 40, 80, 32 / 0.8, 0.90, 3},
		{"the guard starts inside the storm", func(s *storm) { s.offered = func(float64) float64 { return 1500 } }, 10, 80, 64 / 0.8, 0.95, 2},
		{"load stays a tenth above capacity", func(s *storm) { s.offered = func(float64) float64 { return 88 } }, 20, 80, 64 / 0.8, 0.95, 2.5},
		{"a fast service is overrun", func(s *storm) { s.service, s.workers = step(0, 0.01, 0.01), 8 }, 20, 80, 8 / 0.01, 0.95, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for seed := uint64(100); seed < 103; seed++ {
				s := reform(64)
				s.length = 80
				s.offered = func(at float64) float64 { return min(5+max(0, at-10)*300, 1500) }
				tt.change(s)
				s.run(mustLaw(t, "vegas", LawConfig{Ceiling: s.deadline}), seed)
				f := s.between(tt.from, tt.to)
				t.Logf("seed %d: goodput %.3f of capacity, p95 %.2f s", seed, f.goodput/tt.capacity, f.p95)
				if f.goodput < tt.share*tt.capacity || f.p95 > tt.p95 {
					t.Errorf("seed %d: goodput %.3f of %.0f/s, p95 %.2f s, want at least %.2f and at most %.1f s",
						seed, f.goodput/tt.capacity, tt.capacity, f.p95, tt.share, tt.p95)
				}
			}
		})
	}
}

// step is a from the start and b from the instant at on.
func step(at, a, b float64) func(float64) float64 {
	return func(now float64) float64 {
		if now < at {
			return a
		}
		return b
	}
}

func TestTheHighestClassIsServedThroughTheStorm(t *testing.T) {
	shares := [Classes]float64{0.03, 0.10, 0.50, 0.37} // of 1,500/s: P0 and P1 alone are 195/s, capacity is 80/s
	for seed := uint64(100); seed < 103; seed++ {
		s := reform(64)
		s.class = func(chance *rand.Rand) Class {
			x := chance.Float64()
			for c, share := range shares {
				if x -= share; x < 0 {
					return Class(c)
				}
			}
			return P3
		}
		s.run(mustLaw(t, "vegas", LawConfig{Ceiling: s.deadline}), seed)
		var came, served [Classes]int
		for _, v := range s.visits {
			if v.due < 20 || v.due >= 39 {
				continue
			}
			came[v.Class]++
			if v.reason == Admitted {
				served[v.Class]++
			}
		}
		t.Logf("seed %d: served %v of %v", seed, served, came)
		if float64(served[P0]) < 0.98*float64(came[P0]) {
			t.Errorf("seed %d: %d of %d of P0 were served, want 98 %%", seed, served[P0], came[P0])
		}
		if served[P1] < 400 || served[P2]+served[P3] > 10 {
			t.Errorf("seed %d: P1 %d, P2 %d, P3 %d served, want what P0 leaves to go to P1", seed, served[P1], served[P2], served[P3])
		}
	}
}

func TestACalmDayIsNotDisturbed(t *testing.T) {
	for _, rate := range []float64{1, 20, 60} {
		for seed := uint64(100); seed < 103; seed++ {
			chance := rand.New(rand.NewPCG(seed, 3))
			s := reform(8)
			s.length, s.peak = 120, rate
			s.offered = func(float64) float64 { return rate }
			s.service = func(float64) float64 { return 0.001 + 0.019*chance.Float64() }
			s.run(mustLaw(t, "vegas", LawConfig{Ceiling: s.deadline}), seed)
			if f := s.between(0, 120); f.refused > 0 || f.slowest > 0.1 {
				t.Errorf("%v/s, seed %d: %d refused, slowest %.3f s, want none and at most 0.1 s", rate, seed, f.refused, f.slowest)
			}
		}
	}
}

// The control: with the right number told, the guard needs no law; with none
// that binds, the same plant answers nobody in time. So goodput in the other
// tests is the law's doing, and the plant is as bad as it should be.
func TestFixedIsTheControl(t *testing.T) {
	right, none := reform(64), reform(64)
	right.run(mustLaw(t, "fixed", LawConfig{FixedLimit: 68}), 100)
	none.run(mustLaw(t, "fixed", LawConfig{FixedLimit: 1 << 20}), 100)
	if f := right.between(20, 39); f.goodput < 0.97*80 || f.p95 > 2 {
		t.Errorf("limit 68: goodput %.1f/s, p95 %.2f s, want 80/s and at most 2 s", f.goodput, f.p95)
	}
	f := none.between(20, 39)
	if f.goodput > 0.05*80 {
		t.Errorf("no limit: goodput %.1f/s, want next to none", f.goodput)
	}
	// 2,176 waiting and 64 in service at 80/s: a new one is answered after
	// 28 s (Little), the last seconds of the storm included.
	if f.failed == 0 || f.slowest < 27 || f.slowest > 29 {
		t.Errorf("no limit: %d refused by the backend, slowest %.1f s, want some and 28 s", f.failed, f.slowest)
	}
}
