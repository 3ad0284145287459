package result

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func due(e *Entry) time.Duration { return e.Due }

func TestInOrderIsAStableSortAndKeepsTheErrorForLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Entry {
			return Entry{Due: time.Duration(rapid.IntRange(0, 20).Draw(t, "due")), Seq: rapid.Uint64().Draw(t, "seq")}
		})).Draw(t, "entries")
		broken := errors.New("broken")
		all := func(yield func(Entry, error) bool) {
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
			yield(Entry{}, broken)
		}
		var got []Entry
		var last error
		for e, err := range InOrder(all, due, Disorder(all, due)) {
			if last = err; err == nil {
				got = append(got, e)
			}
		}
		want := slices.Clone(entries)
		slices.SortStableFunc(want, func(a, b Entry) int { return int(a.Due - b.Due) })
		if !slices.Equal(got, want) || last != broken {
			t.Fatalf("%v is in order %v, %v", entries, got, last)
		}
	})
}
