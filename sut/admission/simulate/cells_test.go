package simulate

import (
	"math"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A stand is a backend and how long its clients wait.
type stand struct {
	name     string
	backend  Backend
	deadline float64
}

var stands = []stand{
	{"pool of 64, all alike", Backend{Workers: 64, Room: 2176, Service: 0.8}, 3},
	{"pool of 32, exponential", Backend{Workers: 32, Room: 2176, Service: 0.8, Spread: Exponential}, 6},
	{"pool of 48, reads and writes", Backend{Workers: 48, Room: 2176, Service: 0.4, Spread: Bimodal}, 6},
	{"shared, knee 16, contention", Backend{Knee: 16, Contention: 0.15, Service: 0.08, Spread: Exponential}, 2},
	{"pool of 8, exponential", Backend{Workers: 8, Room: 2176, Service: 0.1, Spread: Exponential}, 2},
}

// calm is how long every day begins, at half of capacity.
const calm = 10

// A shape is the load of a day by the capacity, the multiple of it in the
// storm, and how long that lasts. The first was used to choose constants, the
// others were not.
type shape struct {
	name string
	load func(capacity, multiple, hold float64) Load
}

var shapes = []shape{
	{"step", func(c, m, hold float64) Load {
		return Load{{0, c / 2}, {calm, c / 2}, {calm, c * m}, {calm + hold, c * m}, {calm + hold, c / 2}, {calm + hold + 15, c / 2}}
	}},
	{"ramp", func(c, m, hold float64) Load {
		return Load{{0, c / 2}, {calm, c / 2}, {calm + hold/2, c * m}, {calm + hold, c * m}, {calm + hold, c / 2}, {calm + hold + 15, c / 2}}
	}},
	{"square", func(c, m, hold float64) Load {
		l := Load{{0, c / 2}, {calm, c / 2}}
		for at := float64(calm); at < calm+hold; at += 10 {
			l = append(l, Point{at, c * m}, Point{at + 6, c * m}, Point{at + 6, c * 1.1}, Point{at + 10, c * 1.1})
		}
		return append(l, Point{calm + hold, c / 2}, Point{calm + hold + 15, c / 2})
	}},
	{"flashes", func(c, m, hold float64) Load {
		l := Load{{0, c / 2}, {calm, c / 2}}
		for at := float64(calm); at < calm+hold; at += 5 {
			l = append(l, Point{at, c * m}, Point{at + 1, c * m}, Point{at + 1, c * 1.02}, Point{at + 5, c * 1.02})
		}
		return append(l, Point{calm + hold, c / 2}, Point{calm + hold + 15, c / 2})
	}},
}

// config is what a law is told: the capacity that was measured, and the deadline.
func (s stand) config(seed int) admission.LawConfig {
	return admission.LawConfig{Seed: seed, Ceiling: time.Duration(s.deadline * float64(time.Second))}
}

func (s stand) day(l Load) Day { return Day{Load: l, Backend: s.backend, Deadline: s.deadline} }

func (s stand) capacity() float64 { return s.backend.Capacity(Change{}) }

// laws are those of the package, and the controls: none, and the limit that is
// known to be right.
func laws() []string {
	return append([]string{"none", "oracle"}, admission.Laws()[:len(admission.Laws())-1]...)
}

func mustLaw(t testing.TB, name string, s stand, seed int) admission.Law {
	t.Helper()
	c := s.config(seed)
	switch name {
	case "none":
		name, c.FixedLimit = "fixed", 1<<20
	case "oracle":
		name, c.FixedLimit = "fixed", s.backend.Full()
	}
	return must(t, name, c)
}

func must(t testing.TB, name string, c admission.LawConfig) admission.Law {
	t.Helper()
	law, err := admission.NewLaw(name, c)
	if err != nil {
		t.Fatal(err)
	}
	return law
}

// figures are of one run, or the worst and the mean of several.
type figures struct {
	goodput float64 // of capacity, or of what arrives where that is less
	p99     float64 // of those let in, of the unloaded
	onset   float64 // goodput in the worst window of 400 expected answers, of capacity
	limit   float64 // mean, of the knee
}

// between measures a run from one instant to another, the backend being as in c.
func (s stand) between(r *Record, c Change, offered, from, to float64) figures {
	able := min(s.backend.Capacity(c), offered)
	sum, n := 0.0, 0
	for i := int(from * 10); i < int(to*10) && i < len(r.limits); i++ {
		sum, n = sum+float64(r.limits[i]), n+1
	}
	return figures{
		goodput: r.Goodput(from, to) / able,
		p99:     r.Latency(0.99, from, to) / s.backend.Unloaded(0.99, c),
		onset:   math.NaN(),
		limit:   sum / float64(n) / (float64(s.backend.Full()) * c.size()),
	}
}
