package gateway

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/queue"
)

// The queue is that of the stores: its writer takes a second for each group.
func TestTheWaitForAWriterIsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		updates, q := NewDBWait("update"), queue.New()
		update := func(patience time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			begun := updates.Queued()
			defer begun()
			return q.Wait(ctx, func(store.Tx) error { begun(); return nil })
		}
		ended := make(chan error, 3)
		for _, patience := range []time.Duration{time.Hour, time.Hour, 250 * time.Millisecond} {
			go func() { ended <- update(patience) }()
			synctest.Wait()
		}
		time.Sleep(time.Second)
		if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who would wait a quarter of a second: %v", err)
		}
		for _, j := range q.Take(9) {
			j.Do(nil)
			j.Do(nil) // another came first
			time.Sleep(time.Second)
			j.Answer(nil)
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if n, sum := updates.wait.count(), time.Duration(updates.wait.sum.Load()); n != 3 || sum != 3250*time.Millisecond {
			t.Errorf("%d waits of together %v, want one each of 0.25, 1 and 2 s, and none of the work itself", n, sum)
		}
	})
}
