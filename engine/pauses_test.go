package engine

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The oracle of the heap is a sorted list, that of the ring a list.
func TestPausesEndInTheOrderOfDueAndQueuesInThatOfComing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pausing pauses
		var waiting queue
		var dues []time.Duration
		var came []*flight
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			if len(came) == 0 || rapid.IntRange(0, 2).Draw(t, "push") > 0 {
				f := &flight{due: time.Duration(rapid.IntRange(0, 50).Draw(t, "due"))}
				pausing.push(f)
				waiting.push(f)
				dues, came = append(dues, f.due), append(came, f)
				slices.Sort(dues)
			} else {
				if first := pausing.first(); first.due != dues[0] || pausing.pop() != first {
					t.Fatalf("the pause that ends first is due at %d, want %d", first.due, dues[0])
				}
				if first := waiting.first(); first != came[0] || waiting.pop() != first {
					t.Fatalf("the first of the queue is due at %d, want the first that came, due at %d", first.due, came[0].due)
				}
				dues, came = dues[1:], came[1:]
			}
			if len(pausing) != len(dues) || waiting.len() != len(came) || len(dues) == 0 && pausing.first() != nil {
				t.Fatalf("%d pauses and %d in the queue, want %d of each", len(pausing), waiting.len(), len(dues))
			}
		}
	})
}
