package admission

import (
	"testing"
	"time"
)

// What a brownout goes by is of the last second, however seldom a tick comes.
func TestWhatIsSmoothedFadesWithTime(t *testing.T) {
	for _, tt := range []struct {
		name        string
		every       time.Duration
		ticks       int
		least, most float64 // of what it was
	}{
		{"a second of ticks", 100 * time.Millisecond, 10, 0.36, 0.38},
		{"one tick after a second", time.Second, 1, 0.36, 0.38},
		{"one tick after a minute", time.Minute, 1, 0, 1e-9},
	} {
		g := NewGuard(mustLaw(t, "fixed", LawConfig{FixedLimit: 1}), time.Second)
		now := instant(0)
		g.Tick(now, &Histogram{})
		g.turned.share, g.waits.mean = 1, 1
		for range tt.ticks {
			now = now.Add(tt.every)
			g.Tick(now, &Histogram{})
		}
		for what, got := range map[string]float64{"refused": g.State().Refused, "wait": g.State().Wait.Seconds()} {
			if got < tt.least || got > tt.most {
				t.Errorf("%s: %s %v of what it was, want %v to %v", tt.name, what, got, tt.least, tt.most)
			}
		}
	}
}
