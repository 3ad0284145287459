package admission

import (
	"testing"
	"time"
)

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

func BenchmarkRefuses(b *testing.B) {
	s := &Snapshot{Threshold: 1 << 30}
	b.ReportAllocs()
	l := LevelOf(P2, false, 3, 7)
	for b.Loop() {
		if !s.Refuses(l) {
			b.Fatal("not refused")
		}
	}
}

// A step of 300 times is answered at the first tick that sees it, and its end too.
func TestAStepIsAnsweredAtOnce(t *testing.T) {
	g := NewGuard(mustLaw(t, "fixed", LawConfig{FixedLimit: 1}), time.Second)
	now, e := midnight, Entry{}
	for range 100 { // 100 a second, and so 10 a tick
		g.Admit(now, &e)
		now = now.Add(10 * time.Millisecond)
		g.Done(now, &e, Succeeded)
	}
	g.Tick(now, &Histogram{})
	arrive := func(perTick uint32) *Snapshot {
		var h Histogram
		for i := range Buckets / 2 {
			h[i] = perTick * 2 / Buckets
		}
		now = now.Add(TickEvery)
		g.Tick(now, &h)
		return g.Snapshot()
	}
	if s := arrive(0); s.Threshold != AllLevels {
		t.Fatalf("before the storm the threshold is %#x", s.Threshold)
	}
	s := arrive(3072)
	passed := 3072 * float64(s.Threshold) / float64(AllLevels) * 2
	if passed < 10 || passed > 20 {
		t.Errorf("at the first tick of the storm %.1f of 3,072 pass, want 10 and a little", passed)
	}
	if d := s.Refusal(1, 2); d.Reason != AboveThreshold || d.RetryAfter < time.Second {
		t.Errorf("refused as %+v", d)
	}
	if s := arrive(0); s.Threshold != AllLevels {
		t.Errorf("at the first tick after the storm the threshold is %#x", s.Threshold)
	}
}
