package simulate

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// plants are what stands behind the guard.
var plants = []struct {
	name     string
	backend  Backend
	deadline float64
}{
	{"pool, constant", Backend{Workers: 64, Room: 2176, Service: 0.8}, 3},
	{"pool, exponential", Backend{Workers: 32, Room: 2176, Service: 0.8, Spread: Exponential}, 6},
	{"pool, bimodal", Backend{Workers: 48, Room: 2176, Service: 0.4, Spread: Bimodal}, 6},
	{"shared, contention", Backend{Knee: 16, Contention: 0.15, Service: 0.08, Spread: Exponential}, 2},
	{"small pool", Backend{Workers: 8, Room: 2176, Service: 0.1, Spread: Exponential}, 2},
}

func mustLaw(t testing.TB, name string, c admission.LawConfig) admission.Law {
	t.Helper()
	law, err := admission.NewLaw(name, c)
	if err != nil {
		t.Fatal(err)
	}
	return law
}

// surge is 0.5 of capacity for 20 s, then mult times capacity for hold.
func surge(capacity, mult, hold, after float64) Load {
	return Load{{0, capacity / 2}, {20, capacity / 2}, {20, capacity * mult}, {20 + hold, capacity * mult}, {20 + hold, capacity / 2}, {20 + hold + after, capacity / 2}}
}

func TestExplore(t *testing.T) {
	if os.Getenv("EXPLORE") == "" {
		t.Skip()
	}
	laws := strings.Split(os.Getenv("EXPLORE"), ",")
	for _, p := range plants {
		if f := os.Getenv("PLANT"); f != "" && !strings.Contains(p.name, f) {
			continue
		}
		cap0 := p.backend.Capacity(Change{})
		for _, c := range []struct {
			name   string
			mult   float64
			hold   float64
			change []Change
			seed   float64
		}{
			{"1.05x", 1.05, 60, nil, 1},

			{"5x", 5, 60, nil, 1},
			{"5x no seed", 5, 60, nil, 0},
			{"5x seed x0.5", 5, 60, nil, 0.5},
			{"5x seed x2", 5, 60, nil, 2},
			{"5x heavier", 5, 60, []Change{{At: 40, Work: 2.5}}, 1},
			{"5x lighter", 5, 60, []Change{{At: 40, Work: 0.4}}, 1},
			{"5x halved", 5, 60, []Change{{At: 40, Size: 0.5}}, 1},
			{"5x doubled", 5, 60, []Change{{At: 40, Size: 2}}, 1},
		} {
			if f := os.Getenv("CASE"); f != "" && f != c.name {
				continue
			}
			for _, law := range laws {
				start := time.Now()
				line := ""
				for seed := uint64(1); seed <= 3; seed++ {
					var last Change
					if len(c.change) > 0 {
						last = c.change[0]
					}
					d := Day{Load: surge(cap0, c.mult, c.hold, 15), Backend: p.backend, Changes: c.change, Deadline: p.deadline, Clients: Clients{Retries: 3, Manners: Backoff}}
					config := admission.LawConfig{Ceiling: time.Duration(p.deadline * float64(time.Second)), Seed: int(c.seed * float64(p.backend.Full()))}
					full := float64(p.backend.Full()) * last.size()
					if law == "fixed" {
						config.FixedLimit = int(full)
					}
					r := d.Run(mustLaw(t, law, config), seed)
					from, to := 23.0, 80.0
					if len(c.change) > 0 {
						from = 45
					}
					cp := p.backend.Capacity(last)
					rec, ok := r.Recovery(80, p.backend.Unloaded(0.99, last))
					if !ok {
						rec = 99
					}
					lim := 0.0
					for _, l := range r.limits[int(from*10):int(to*10)] {
						lim += float64(l)
					}
					line += fmt.Sprintf("  %.3f p99 %.2f rec %4.1f lim %.2f on %.2f |", r.Goodput(from, to)/cp, r.Latency(.99, from, to)/p.backend.Unloaded(.99, last), rec, lim/((to-from)*10)/full, r.Worst(400/cp, 20, to)/cp)
				}
				fmt.Printf("%-20s %-14s %-9s %s %.1fs\n", p.name, c.name, law, line, time.Since(start).Seconds())
			}
		}
	}
}
