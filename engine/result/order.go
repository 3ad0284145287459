package result

import (
	"cmp"
	"container/heap"
	"iter"
	"time"
)

// Disorder is how far the instant of any entry lies behind the latest instant before it: 0 when they are in order. Entries
// come in the order in which they ended, loop by loop, so by due they are out of order by the longest latency and more. It
// reads to the first error.
func Disorder(entries iter.Seq2[Entry, error], instant func(*Entry) time.Duration) (most time.Duration) {
	latest := time.Duration(0)
	for e, err := range entries {
		if err != nil {
			return most
		}
		latest = max(latest, instant(&e))
		most = max(most, latest-instant(&e))
	}
	return most
}

// InOrder gives entries by instant, those of one instant as they came. Disorder must be that of the same entries, or more;
// so many seconds of them are held in memory.
func InOrder(entries iter.Seq2[Entry, error], instant func(*Entry) time.Duration, disorder time.Duration) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		var waiting waiting
		var failed error
		latest, n := time.Duration(0), 0
		for e, err := range entries {
			if err != nil {
				failed = err
				break
			}
			heap.Push(&waiting, placed{e, instant(&e), n})
			n++
			latest = max(latest, instant(&e))
			for waiting[0].at < latest-disorder { // what comes later is not before it
				if !yield(heap.Pop(&waiting).(placed).entry, nil) {
					return
				}
			}
		}
		for len(waiting) > 0 {
			if !yield(heap.Pop(&waiting).(placed).entry, nil) {
				return
			}
		}
		if failed != nil {
			yield(Entry{}, failed)
		}
	}
}

// placed is an entry, its instant and its place in the file.
type placed struct {
	entry Entry
	at    time.Duration
	n     int
}

// waiting is a heap of entries by instant.
type waiting []placed

func (w waiting) Len() int { return len(w) }
func (w waiting) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(w[i].at, w[j].at), cmp.Compare(w[i].n, w[j].n)) < 0
}
func (w waiting) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w *waiting) Push(x any)   { *w = append(*w, x.(placed)) }
func (w *waiting) Pop() any {
	last := len(*w) - 1
	p := (*w)[last]
	*w = (*w)[:last]
	return p
}
