package simulate

import (
	"math"
	"os"
	"testing"

	"github.com/peakday/peakday/sut/admission"
)

// The controls: with the right number told, no law is needed; with none that
// binds, the same backend answers nobody in time. So what the laws reach below
// is their doing, and the backends are as bad as they should be.
func TestControls(t *testing.T) {
	for _, s := range stands {
		t.Run(s.name, func(t *testing.T) {
			c := s.capacity()
			d := s.day(shapes[0].load(c, 5, 30))
			right := s.between(d.Run(mustLaw(t, "oracle", s, 0), 100), Change{}, 5*c, calm+5, calm+30)
			if right.goodput < 0.93 || right.p99 > 1.5 {
				t.Errorf("the right limit: goodput %.3f of capacity, p99 %.2f of the unloaded; want at least 0.93 and at most 1.5", right.goodput, right.p99)
			}
			if none := s.between(d.Run(mustLaw(t, "none", s, 0), 100), Change{}, 5*c, calm+s.deadline+5, calm+30); none.goodput > 0.3 {
				t.Errorf("no limit: goodput %.3f of capacity, want next to none", none.goodput)
			}
		})
	}
}

// A pool with nothing before it: in a step from nothing to twice what 64 workers
// do in 0.8 s, FIFO, the k-th waiting is answered after (64+k)/80 s (Little).
func TestPoolServesInOrder(t *testing.T) {
	s := stands[0]
	d := s.day(Load{{0, 160}, {20, 160}})
	d.Backend.Room, d.Deadline = 0, 100
	r := d.Run(mustLaw(t, "none", s, 0), 1)
	for at := 5.0; at <= 9; at++ {
		if got, want := r.Latency(0.5, at, at+0.2), 0.8+at+0.1; math.Abs(got-want) > 0.15*want {
			t.Errorf("arrivals of second %v are answered after %.2f s, want %.2f s", at, got, want)
		}
	}
	if got := r.Goodput(2, 18); math.Abs(got-80) > 1 {
		t.Errorf("completes %.1f/s, want 80/s", got)
	}
}

// Processor sharing is insensitive to the spread of work: M/G/1-PS has a mean of
// S/(1-rho) (Kleinrock 1967).
func TestSharedBackendIsProcessorSharing(t *testing.T) {
	for _, spread := range []Spread{Constant, Exponential, Bimodal} {
		s := stand{"", Backend{Knee: 1, Service: 0.01, Spread: spread}, 100}
		r := s.day(Load{{0, 70}, {3000, 70}}).Run(mustLaw(t, "none", s, 0), 1)
		sum := 0.0
		for _, a := range r.answers {
			sum += a.done - a.due
		}
		if got, want := sum/float64(len(r.answers)), 0.01/(1-0.7); math.Abs(got-want) > 0.05*want {
			t.Errorf("%v: mean latency %.4f s, want %.4f s", spread, got, want)
		}
	}
}

func TestTheSameSeedGivesTheSameDay(t *testing.T) {
	s := stands[1]
	d := s.day(shapes[0].load(s.capacity(), 5, 20))
	d.Clients = Clients{3, Polite}
	a, b := d.Run(mustLaw(t, "elastic", s, 32), 7), d.Run(mustLaw(t, "elastic", s, 32), 7)
	if len(a.answers) != len(b.answers) || a.refused != b.refused || a.answers[len(a.answers)-1] != b.answers[len(b.answers)-1] {
		t.Errorf("%d answers and %d, refused %v and %v", len(a.answers), len(b.answers), a.refused, b.refused)
	}
}

// floor is what each law reaches at least of capacity in a step of 5 and 30
// times capacity, its limit seeded with the knee, on each backend as in stands;
// p99 is at most this many times the unloaded. aimd and gradient2 are bad, and
// gradient2 is worse the longer it lasts: the table of BENCHMARKS.md says how bad.
// vegas has 0.28 on reads and writes with one seed of ten, 109, whose limit falls to
// 0.31 of the knee; with the others it has 0.65 at least.
var floor = []struct {
	law     string
	goodput [5]float64
	p99     [5]float64
}{
	{"elastic", [5]float64{0.95, 0.85, 0.88, 0.85, 0.87}, [5]float64{2, 1.5, 1.5, 1.7, 1.6}},
	{"vegas", [5]float64{0.95, 0.75, 0.25, 0.70, 0.85}, [5]float64{2.2, 1.6, 2, 4.5, 2.5}},
}

func TestGoodputInAStep(t *testing.T) { goodputInAStep(t, 100) }

func goodputInAStep(t *testing.T, seeds ...uint64) {
	for _, law := range floor {
		for i, s := range stands {
			for _, m := range []float64{5, 30} {
				c := s.capacity()
				for _, seed := range seeds {
					r := s.day(shapes[0].load(c, m, 30)).Run(mustLaw(t, law.law, s, s.backend.Full()), seed)
					f := s.between(r, Change{}, m*c, calm+3, calm+30)
					t.Logf("%s, %s, %g×, seed %d: goodput %.3f, p99 %.2f, limit %.2f", law.law, s.name, m, seed, f.goodput, f.p99, f.limit)
					if f.goodput < law.goodput[i] || f.p99 > law.p99[i] {
						t.Errorf("%s, %s, %g×, seed %d: goodput %.3f of capacity, p99 %.2f of the unloaded; want at least %.2f and at most %.1f",
							law.law, s.name, m, seed, f.goodput, f.p99, law.goodput[i], law.p99[i])
					}
				}
			}
		}
	}
}

// Nobody is turned away on a calm day, whatever the law believes.
func TestACalmDayIsNotDisturbed(t *testing.T) {
	for _, law := range admission.Laws()[:len(admission.Laws())-1] {
		for _, s := range stands {
			for _, share := range []float64{0.02, 0.5} {
				seed := s.backend.Full()
				r := s.day(Load{{0, share * s.capacity()}, {120, share * s.capacity()}}).Run(mustLaw(t, law, s, seed), 100)
				refused := 0
				for _, n := range r.refused {
					refused += n
				}
				came, _ := r.Served(admission.P2, 0, 120)
				if float64(refused) > 0.002*float64(came) {
					t.Errorf("%s, %s at %v of capacity: %d of %d refused, want at most 2 in a thousand", law, s.name, share, refused, came)
				}
			}
		}
	}
}

// An hour at a tenth of capacity teaches nothing about more of it: the limit of
// a law that only moves when it is put to the test is where it was.
func TestALimitThatIsNotReachedStays(t *testing.T) {
	for _, law := range []string{"elastic", "vegas"} {
		for _, s := range stands {
			r := s.day(Load{{0, s.capacity() / 10}, {600, s.capacity() / 10}}).Run(mustLaw(t, law, s, s.backend.Full()), 100)
			if got := r.limits[len(r.limits)-1]; got != s.backend.Full() {
				t.Errorf("%s, %s: after ten idle minutes the limit is %d, want %d as at the start", law, s.name, got, s.backend.Full())
			}
		}
	}
}

// Ten people a second come. For five seconds those who came before are answered
// instead of them.
func TestRecoveryTellsNewcomersFromThoseWhoComeBack(t *testing.T) {
	r := &Record{day: Day{Load: Load{{0, 10}, {40, 10}}, Deadline: 1}}
	for i := range 400 {
		due := (float64(i) + 0.5) / 10
		r.came(admission.P2, due)
		r.answers = append(r.answers, answer{due: due, done: due + 0.1, class: admission.P2, first: due > 15, good: true})
	}
	// One of the 50 in a window may fail.
	if goodput, newcomers := r.Recovery(10, 0.1); goodput != 0 || math.Abs(newcomers-4.9) > 1e-9 {
		t.Errorf("goodput is back after %v s, newcomers after %v s; want 0 s and 4.9 s", goodput, newcomers)
	}
	if came, served := r.Served(admission.P2, 10, 20); came != 100 || served != 50 {
		t.Errorf("%d of %d served, want 50 of 100", served, came)
	}
	if goodput, newcomers := r.Recovery(10, 0.04); !math.IsInf(goodput, 1) || !math.IsInf(newcomers, 1) {
		t.Errorf("with a p99 of 2.5 times the unloaded all is well after %v s and %v s, want never", goodput, newcomers)
	}
}

// However clients come back, no overload outlasts its cause: the service is well
// again before the day is over. How soon is in BENCHMARKS.md.
func TestRecovery(t *testing.T) {
	for i, tr := range triggers {
		for _, s := range stands {
			for _, c := range clients {
				goodput, newcomers := recovery(t, s, "elastic", i, c.Clients, 100)
				t.Logf("%s, %s, %s: goodput %.1f s, newcomers %.1f s", s.name, tr.name, c.name, goodput, newcomers)
				if math.IsInf(goodput, 1) {
					t.Errorf("%s, %s, %s: never, want no metastable state", s.name, tr.name, c.name)
				}
			}
		}
	}
	if goodput, _ := recovery(t, stands[0], "none", 0, Clients{3, Naive}, 100); !math.IsInf(goodput, 1) {
		t.Error("without a limit the service recovers, so this test proves nothing")
	}
}

// P0 has 0.6 of capacity to itself in a storm of 300 times capacity.
func TestTheHighestClassIsServed(t *testing.T) { theHighestClassIsServed(t, 40) }

func theHighestClassIsServed(t *testing.T, length float64) {
	for _, law := range []string{"elastic", "vegas"} {
		came, served := priority(t, law, 0.6, length, 100)
		t.Logf("%s: %d of %d of P0 served", law, served, came)
		if float64(served) < 0.999*float64(came) {
			t.Errorf("%s: %d of %d of P0 served, want 999 of 1,000", law, served, came)
		}
	}
}

// What a law reaches at least, of the new capacity and on the worst of the
// backends, on a day on which the backend changes. An idle hour is for the soak.
func TestWhatChanges(t *testing.T) { whatChanges(t, 1000, 100) }

// whatChanges plays the days that are over before the second before.
func whatChanges(t *testing.T, before float64, seeds ...uint64) {
	least := map[string][]float64{
		"elastic": {0.8, 0.8, 0.8, 0.5, 0.9, 0.85, 0.8, 0.75},
		"vegas":   {0.25, 0.6, 0.6, 0.6, 0.4, 0.65, 0.6, 0.5}, // on reads and writes, where its limit falls to 0.31 of the knee
	}
	for law, floor := range least {
		for i, c := range changing {
			if c.to > before {
				continue
			}
			for _, s := range stands {
				for _, seed := range seeds {
					f := s.changed(t, law, c, seed)
					t.Logf("%s, %s, %s, seed %d: goodput %.3f, p99 %.2f, limit %.2f", law, c.name, s.name, seed, f.goodput, f.p99, f.limit)
					if f.goodput < floor[i] {
						t.Errorf("%s, %s, %s, seed %d: goodput %.3f of the new capacity, want at least %.2f", law, c.name, s.name, seed, f.goodput, floor[i])
					}
				}
			}
		}
	}
}

// The same at length: ten seeds, others than those that constants were chosen on,
// the idle hour, and P0 in a storm of four minutes.
func TestSoak(t *testing.T) {
	if os.Getenv("PEAKDAY_SOAK") == "" {
		t.Skip("takes minutes; make soak runs it")
	}
	seeds := []uint64{100, 101, 102, 103, 104, 105, 106, 107, 108, 109}
	t.Run("goodput in a step", func(t *testing.T) { goodputInAStep(t, seeds...) })
	t.Run("what changes", func(t *testing.T) { whatChanges(t, math.Inf(1), seeds...) })
	t.Run("the highest class is served", func(t *testing.T) { theHighestClassIsServed(t, 240) })
}
