package admission

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// spike offers half of what the backend can do until second 10, times as much
// until second 30, and half again until second 40.
func spike(workers int, mean, times float64) *plant {
	capacity := float64(workers) / mean
	return &plant{
		workers: workers, service: erlang(4, mean), peak: capacity * max(times, 1), length: 40, deadline: seconds(8 * mean),
		offered: func(at float64) float64 {
			if at >= 10 && at < 30 {
				return capacity * times
			}
			return capacity / 2
		},
	}
}

// refused is the share of the requests that came from one instant to another
// and were refused, and of those that the threshold refused.
func (p *plant) refused(from, to float64) (all, threshold float64) {
	n := 0.0
	for _, c := range p.callers {
		if c.due < from || c.due >= to {
			continue
		}
		n++
		if c.decision.Refused() {
			all++
		}
		if c.decision.Reason == AboveThreshold {
			threshold++
		}
	}
	return all / n, threshold / n
}

// The brief of the rejector: answer a step at once, let go at once, and never
// let the backend wait. Down to two completions in a tick.
func TestTheThresholdFollowsTheArrivals(t *testing.T) {
	if testing.Short() {
		t.Skip("18 storms in virtual time take seconds")
	}
	for _, workers := range []int{16, 32, 64} {
		for _, mean := range []float64{0.4, 0.8} {
			for _, times := range []float64{5, 30, 300} {
				t.Run(fmt.Sprintf("%.0f a second, %v times", float64(workers)/mean, times), func(t *testing.T) {
					p := spike(workers, mean, times)
					p.run(mustLaw(t, "fixed", LawConfig{FixedLimit: workers}), 100)
					ideal := 1 - 1/times
					if all, threshold := p.refused(10.2, 10.4); times >= 30 && (threshold < 0.95*ideal || all < 0.95*ideal) {
						t.Errorf("0.2 s after the step %.4f are refused, %.4f by the threshold, want within 5 %% of %.4f", all, threshold, ideal)
					}
					if busy := p.busyShare(10+2*mean, 30); busy < 0.985 {
						t.Errorf("in the storm the backend is busy %.4f of the time", busy)
					}
					if all, threshold := p.refused(30.1, 40); threshold > 0 || all > 0.01 {
						t.Errorf("after the storm %.4f are refused, %.4f by the threshold", all, threshold)
					}
					if all, _ := p.refused(0, 10); all > 0 {
						t.Errorf("before the storm %.4f are refused", all)
					}
					calm, storm := p.report(0, 10), p.report(12, 30)
					t.Logf("busy %.4f, p99 %.2f s, calm %.2f s", p.busyShare(10+2*mean, 30), storm.p99, calm.p99)
				})
			}
		}
	}
}

// P0 asks for 0.8 of what the backend can do: all of it is served, whatever
// else comes.
func TestTheHighestClassPasses(t *testing.T) {
	if testing.Short() {
		t.Skip("15 storms in virtual time take seconds")
	}
	for _, times := range []float64{1.05, 2, 5, 30, 300} {
		came, good := 0, 0
		for seed := uint64(100); seed < 103; seed++ {
			p := spike(32, 0.8, times)
			p.shape = func(c *caller, chance *rand.Rand) {
				switch x := chance.Float64(); {
				case c.due >= 10 && c.due < 30 && x < 0.8/times, c.due < 10 && x < 0.2:
					c.Class = P0
				case chance.Float64() < 0.3:
					c.Class = P1
				}
			}
			p.run(mustLaw(t, "fixed", LawConfig{FixedLimit: 32}), seed)
			r := p.report(0, 40)
			came, good = came+r.came[P0], good+r.good[P0]
			if n := p.inversions(10.1, 40); n > 0 {
				t.Errorf("%v times, seed %d: %d ticks in which a lower class was let in and a higher refused", times, seed, n)
			}
		}
		if good < came {
			t.Errorf("%v times: %d of %d of P0 were answered in time", times, good, came)
		}
	}
}

// P0 alone is more than the backend can do: nobody else gets in, whether the
// limit is known or learnt.
func TestNoInversion(t *testing.T) {
	for _, law := range []struct {
		name   string
		config LawConfig
		busy   float64
	}{
		{"fixed", LawConfig{FixedLimit: 32}, 0.98},
		{"elastic", LawConfig{Seed: 32, Ceiling: seconds(6.4)}, 0.95},
	} {
		for _, times := range []float64{5, 30, 300} {
			p := spike(32, 0.8, times)
			p.shape = func(c *caller, chance *rand.Rand) { c.Class = Class(chance.IntN(Classes)) }
			p.run(mustLaw(t, law.name, law.config), 100)
			if n := p.inversions(10.1, 30); n > 0 {
				t.Errorf("%s, %v times: %d ticks in which a lower class was let in and a higher refused", law.name, times, n)
			}
			if r := p.report(11, 29); times >= 30 && r.good[P1]+r.good[P2]+r.good[P3] > 0 || p.busyShare(12, 30) < law.busy {
				t.Errorf("%s, %v times: served %v, busy %.3f, want P0 only, and busy %v", law.name, times, r.good, p.busyShare(12, 30), law.busy)
			}
		}
	}
}

// inversions counts the ticks in which a class was let in while a higher one was refused.
func (p *plant) inversions(from, to float64) int {
	type tick struct{ highest, lowest Class } // refused, let in
	ticks := map[int]*tick{}
	for _, c := range p.callers {
		if c.decided < from || c.decided >= to {
			continue
		}
		k := int(c.decided / TickEvery.Seconds())
		if ticks[k] == nil {
			ticks[k] = &tick{highest: Classes}
		}
		switch {
		case c.decision.Refused():
			ticks[k].highest = min(ticks[k].highest, c.Class)
		case c.decision.Reason == Admitted:
			ticks[k].lowest = max(ticks[k].lowest, c.Class)
		}
	}
	n := 0
	for _, k := range ticks {
		if k.lowest > k.highest {
			n++
		}
	}
	return n
}

// Half of those that pass are too late to be of use: the threshold lets more pass.
func TestTheThresholdMakesUpForTheDead(t *testing.T) {
	p := spike(32, 0.8, 30)
	p.shape = func(c *caller, chance *rand.Rand) {
		if chance.Float64() < 0.5 {
			c.Deadline = instant(c.due)
		}
	}
	p.run(mustLaw(t, "fixed", LawConfig{FixedLimit: 32}), 100)
	if busy := p.busyShare(14, 30); busy < 0.96 { // 0.94 without the integral
		t.Errorf("the backend is busy %.3f of the time", busy)
	}
}

// A reserve is the class's own in the worst storm, and everybody's when it does
// not want it.
func TestAReserveIsServedUnderTheStorm(t *testing.T) {
	p := spike(32, 0.8, 300)
	p.reserve[P3] = 8
	p.shape = func(c *caller, chance *rand.Rand) {
		if c.Class = P0; chance.Float64() < 0.1 && c.due < 20 {
			c.Class = P3
		}
	}
	p.run(mustLaw(t, "fixed", LawConfig{FixedLimit: 32}), 100)
	capacity := 40.0
	with, without := p.report(12, 19), p.report(21, 29)
	if share := float64(with.good[P3]) / 7 / capacity; share < 0.22 || share > 0.28 {
		t.Errorf("P3 with a reserve of a quarter got %.3f of the capacity", share)
	}
	if share := float64(without.good[P0]) / 8 / capacity; share < 0.94 {
		t.Errorf("P0 got %.3f of the capacity while nobody asked for the reserve", share)
	}
}

// A guard that is not ticked for a second keeps to a safe part of the last
// limit behind the last threshold, and is itself again with the next ticks.
func TestMissedTicks(t *testing.T) {
	p := spike(32, 0.8, 300)
	p.ticking = func(at float64) bool { return at < 15 || at > 20 }
	p.run(mustLaw(t, "fixed", LawConfig{FixedLimit: 40}), 100)
	if busy := p.busyShare(17, 20); busy < 0.95 {
		t.Errorf("without ticks 0.8 of 40 seats keep %.3f of 32 workers busy", busy)
	}
	if busy := p.busyShare(22, 30); busy < 0.98 {
		t.Errorf("after the ticks came back the backend is busy %.3f of the time", busy)
	}
}

// A guard may be ticked by who arrives: then nobody ticks while nobody comes,
// and the first of the storm comes after a long silence.
func TestTicksMayComeWithTheArrivals(t *testing.T) {
	p := spike(32, 0.8, 300)
	p.onArrival = true
	calm := p.offered
	p.offered = func(at float64) float64 {
		if at > 5 && at < 10 {
			return 0
		}
		return calm(at)
	}
	p.run(mustLaw(t, "fixed", LawConfig{FixedLimit: 32}), 100)
	if _, threshold := p.refused(10.2, 10.4); threshold < 0.95*(1-1/300.0) {
		t.Errorf("0.2 s after the step the threshold refuses %.4f", threshold)
	}
	if busy := p.busyShare(12, 30); busy < 0.985 {
		t.Errorf("in the storm the backend is busy %.4f of the time", busy)
	}
	if all, _ := p.refused(30.2, 40); all > 0.01 {
		t.Errorf("after the storm %.4f are refused", all)
	}
}

func TestTheClockMayJump(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, -time.Hour} {
		g := NewGuard(mustLaw(t, "fixed", LawConfig{FixedLimit: 10}), time.Second)
		now := midnight
		var h Histogram
		for range 20 {
			now = now.Add(TickEvery)
			g.Tick(now, &h)
		}
		now = now.Add(jump)
		var in [10]Entry
		admitted := 0
		for i := range in {
			in[i].Answer = func(Decision) {}
			if g.Admit(now, &in[i]).Reason == Admitted {
				admitted++
			}
		}
		if admitted < 8 {
			t.Errorf("after a jump of %v %d of 10 are let in, want 8 at least", jump, admitted)
		}
		g.Tick(now, &h)
		for i := range in { // those that waited are in by now
			g.Done(now.Add(time.Millisecond), &in[i], Succeeded)
		}
		if s := g.State(); s.InFlight != 0 || s.Service < 0 || s.Threshold != AllLevels {
			t.Errorf("after a jump of %v: %+v", jump, s)
		}
	}
}

// A quarter of the levels is a quarter of the arrivals, wherever they are, and
// inside one bucket too.
func TestTheThresholdIsFoundInsideABucket(t *testing.T) {
	r := rejector{need: 1, threshold: AllLevels}
	r.upTo = [Classes]float64{0, 0, 1000, 1000}
	r.shape[LevelOf(P2, false, 5, 0).Bucket()] = 1000
	r.cut(250, [Classes]float64{})
	s := Snapshot{Threshold: r.threshold, floor: r.floor}
	chance := rand.New(rand.NewPCG(1, 1))
	passed := 0
	for range 100000 {
		if !s.Refuses(LevelOf(P2, false, 5, chance.Uint32())) {
			passed++
		}
	}
	if passed < 24500 || passed > 25500 {
		t.Errorf("%d of 100,000 pass, want 25,000", passed)
	}
	if s.Refuses(LevelOf(P2, false, 4, 9)) || !s.Refuses(LevelOf(P2, false, 6, 0)) {
		t.Error("the cohorts beside it are on the wrong side")
	}
}

func BenchmarkTick(b *testing.B) {
	g := NewGuard(mustLaw(b, "fixed", LawConfig{FixedLimit: 32}), time.Second)
	var h Histogram
	for i := range h {
		h[i] = uint32(i % 5)
	}
	now := midnight
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(TickEvery)
		g.Tick(now, &h)
	}
}

// The comparison by which nearly all of a storm is refused, 1,024 at a time: the
// loop around a single one would cost more than it.
func BenchmarkRefuses(b *testing.B) {
	s := &Snapshot{Threshold: 1 << 30}
	levels := make([]Level, 1024)
	for i := range levels {
		levels[i] = LevelOf(Class(i%4), true, uint8(i), uint32(i))
	}
	refused, rounds := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		rounds++
		for _, l := range levels {
			if s.Refuses(l) {
				refused++
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rounds)/1024, "ns/refusal")
	if want := rounds * len(levels) * 3 / 4; refused != want {
		b.Errorf("refused %d, want %d", refused, want)
	}
}
