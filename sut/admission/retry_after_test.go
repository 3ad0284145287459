package admission

import (
	"testing"
	"time"
)

func TestRetryAfterGrowsWithTheBacklogAndIsSpread(t *testing.T) {
	for _, tt := range []struct {
		name        string
		backlog     int
		rate        float64
		least, most time.Duration // over all clients
	}{
		{"nothing known", 500, 0, 1 * time.Second, 3 * time.Second},
		{"a small backlog", 8, 80, 1 * time.Second, 3 * time.Second},
		{"ten seconds of work", 800, 80, 10 * time.Second, 15 * time.Second},
		{"more than anybody will wait for", 1e6, 80, 120 * time.Second, 180 * time.Second},
	} {
		count := map[time.Duration]int{}
		const clients = 10000
		for c := range uint64(clients) {
			count[retryAfter(tt.backlog, tt.rate, c, 7)]++
		}
		values := int((tt.most-tt.least)/time.Second) + 1
		if len(count) != values {
			t.Errorf("%s: %d values, want %d", tt.name, len(count), values)
		}
		for after, n := range count {
			if after < tt.least || after > tt.most {
				t.Errorf("%s: %v is outside %v to %v", tt.name, after, tt.least, tt.most)
			}
			// Of 10,000 draws over at most 61 values, five standard deviations.
			if even := clients / values; n < even/2 || n > even*3/2 {
				t.Errorf("%s: %v came %d times, want about %d", tt.name, after, n, even)
			}
		}
	}
	seen := map[time.Duration]bool{}
	for serial := range uint64(50) {
		seen[retryAfter(800, 80, 1, serial)] = true
	}
	if len(seen) < 3 {
		t.Errorf("one client is always told %v, want it to differ from refusal to refusal", seen)
	}
}

func TestRefusalsAreForgotten(t *testing.T) {
	var r refusals
	r.add(instant(0))
	r.add(instant(0.9))
	r.add(instant(5))
	for _, tt := range []struct {
		at   float64
		want int
	}{{5, 3}, {9, 3}, {10, 1}, {14, 1}, {15, 0}, {1000, 0}} {
		if r.forget(instant(tt.at)); r.total != tt.want {
			t.Errorf("at %v s: %d remembered, want %d", tt.at, r.total, tt.want)
		}
	}
	r.add(instant(1000))
	if r.add(instant(-2600)); r.total != 1 {
		t.Errorf("after the clock went back an hour: %d remembered, want the one from then on", r.total)
	}
	if r.forget(instant(-2590)); r.total != 0 {
		t.Errorf("ten seconds later: %d remembered, want none", r.total)
	}
}

// Who is told to come at the end of twelve hours must not be sent past the time
// that is for him.
func TestALongRetryAfterIsSpreadByAMinuteAtMost(t *testing.T) {
	for _, after := range []time.Duration{time.Hour, 12 * time.Hour, 8 * 24 * time.Hour} {
		var latest time.Duration
		for client := range uint64(1000) {
			d := Refusal(OutsideWindow, after, client, 1)
			if d.RetryAfter < after {
				t.Errorf("%v: told to come after %v, before its end", after, d.RetryAfter)
			}
			latest = max(latest, d.RetryAfter)
		}
		if over := latest - after; over > time.Minute || over < 50*time.Second {
			t.Errorf("%v: the latest of a thousand is told to come %v after it, want nearly a minute", after, over)
		}
	}
}
