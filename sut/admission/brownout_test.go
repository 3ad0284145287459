package admission

import (
	"testing"
	"time"
)

func TestBrownout(t *testing.T) {
	b := NewBrownout([]BrownoutStep{{Refused: 0.1, Wait: 200 * time.Millisecond}, {Refused: 0.5}})
	for _, tt := range []struct {
		name    string
		at      float64
		refused float64
		wait    time.Duration
		want    int
	}{
		{"calm", 0, 0.09, 0, 0},
		{"a long wait is level 1", 1, 0, 200 * time.Millisecond, 1},
		{"many refusals are level 2 at once", 2, 0.9, 0, 2},
		{"below the step, but not below half of it", 30, 0.3, 0, 2},
		{"below half, not yet for 10 s", 39, 0.2, 0, 2},
		{"below half for 10 s", 40, 0.2, 0, 1},
		{"level 1 has its own half", 60, 0.06, 0, 1},
		{"which is below it", 69, 0.01, 0, 1},
		{"for 10 s", 70, 0.01, 0, 0},
		{"a step of a storm", 71, 1, 0, 2},
		{"no wait ends level 2, which has none", 81, 0, time.Hour, 1},
	} {
		if got := b.Tick(instant(tt.at), tt.refused, tt.wait); got != tt.want {
			t.Errorf("%s: level %d, want %d", tt.name, got, tt.want)
		}
	}
	b.Tick(instant(100), 1, 0)
	b.Tick(instant(-3600), 0, 0) // the clock goes back an hour
	if got := b.Tick(instant(-3590), 0, 0); got != 1 {
		t.Errorf("10 s after the clock went back: level %d, want 1", got)
	}
}
