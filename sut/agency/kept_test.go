package agency

import (
	"sync"
	"testing"
)

// TestKeptAnswersAreBoundedAndRight asks from several goroutines, with more questions than are kept.
func TestKeptAnswersAreBoundedAndRight(t *testing.T) {
	var k kept[int, int]
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 3 * mostKept {
				if v, found := k.find(i); found && v != -i {
					t.Errorf("%d is kept as %d", i, v)
				}
				k.keep(i, -i)
			}
		})
	}
	wg.Wait()
	if n := len(k.of); n == 0 || n > mostKept {
		t.Errorf("%d are kept, want 1 to %d", n, mostKept)
	}
}
