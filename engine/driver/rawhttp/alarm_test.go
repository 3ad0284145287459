package rawhttp

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is set, and set again, each alarm goes off once: at the first look after its last instant, in order.
func TestAlarms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var heap alarms
		conns := make([]*conn, 8)
		want := make([]time.Duration, len(conns))
		for i := range conns {
			conns[i] = &conn{place: -1, alarm: never, slot: uint64(i)}
			want[i] = never
		}
		now := time.Duration(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			i := rapid.IntRange(0, len(conns)-1).Draw(t, "connection")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				want[i] = now + time.Duration(rapid.IntRange(0, 20).Draw(t, "in"))
				heap.set(conns[i], want[i])
			case 1:
				want[i] = never
				heap.set(conns[i], never)
			case 2:
				want[i] = never
				heap.remove(conns[i])
				conns[i].alarm = never
			case 3:
				now += time.Duration(rapid.IntRange(0, 10).Draw(t, "pass"))
				for c := heap.due(now); c != nil; c = heap.due(now) {
					if want[c.slot] > now {
						t.Fatalf("at %d: the alarm of %d, set for %d", now, c.slot, want[c.slot])
					}
					want[c.slot] = never
				}
				for i, at := range want {
					if at <= now {
						t.Fatalf("at %d: no alarm of %d, set for %d", now, i, at)
					}
				}
			}
			first := never
			for _, at := range want {
				first = min(first, at)
			}
			if heap.first() > first {
				t.Fatalf("first is %d, and an alarm is set for %d", heap.first(), first)
			}
			for place, c := range heap {
				if c.place != place || place > 0 && heap[(place-1)/2].rung > c.rung {
					t.Fatalf("no heap at %d", place)
				}
			}
		}
	})
}
