package gateway

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestTheDatabaseIsAskedByNoMoreThanItsPermits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDB("read", 3)
		var inside, most atomic.Int64
		var wg sync.WaitGroup
		began := time.Now()
		for range 12 {
			wg.Go(func() {
				leave, err := d.Enter(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer leave()
				most.Store(max(most.Load(), inside.Add(1)))
				time.Sleep(time.Second)
				inside.Add(-1)
			})
		}
		wg.Wait()
		if most.Load() != 3 || time.Since(began) != 4*time.Second {
			t.Errorf("%d at once for %v, want 3 for 4 s", most.Load(), time.Since(began))
		}
		if got := d.String(); got != "0 of 3 permits taken, 0 wait" {
			t.Error(got)
		}
	})
}

func TestWorkThatCouldNotBeDoneInTimeDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDB("read", 1)
		hold := func(for_ time.Duration) <-chan bool {
			leave, err := d.Enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			gone := make(chan bool)
			go func() { time.Sleep(for_); leave(); close(gone) }()
			return gone
		}
		<-hold(time.Second) // so it is known how long one takes
		gone := hold(time.Second)
		short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		began := time.Now()
		if _, err := d.Enter(short); !errors.Is(err, ErrDatabaseBusy) || time.Since(began) != 0 {
			t.Errorf("with half a second left: %v after %v, want ErrDatabaseBusy at once", err, time.Since(began))
		}
		<-gone

		// One that was expected in time and is not is given up at its deadline.
		gone = hold(5 * time.Second)
		patient, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := d.Enter(patient); !errors.Is(err, ErrDatabaseBusy) || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %v, want ErrDatabaseBusy at the deadline", err, time.Since(began))
		}
		leaving, leave := context.WithCancel(t.Context())
		leave()
		if _, err := d.Enter(leaving); !errors.Is(err, context.Canceled) {
			t.Errorf("a client that left: %v", err)
		}
		<-gone
		if got := d.String(); got != "0 of 1 permits taken, 0 wait" {
			t.Error(got)
		}
	})
}

// Whoever comes, waits, gives up or leaves, in any order: no permit is lost.
func TestNoPermitIsLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.IntRange(1, 4).Draw(rt, "permits")
		patience := rapid.SliceOfN(rapid.IntRange(0, 40), 1, 30).Draw(rt, "patience")
		work := rapid.SliceOfN(rapid.IntRange(0, 20), len(patience), len(patience)).Draw(rt, "work")
		synctest.Test(t, func(t *testing.T) {
			d := NewDB("read", size)
			var wg sync.WaitGroup
			for i := range patience {
				wg.Go(func() {
					time.Sleep(time.Duration(i) * time.Millisecond)
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(patience[i])*time.Millisecond)
					defer cancel()
					leave, err := d.Enter(ctx)
					if err != nil {
						return
					}
					defer leave()
					time.Sleep(time.Duration(work[i]) * time.Millisecond)
				})
			}
			wg.Wait()
			if d.permits != size || d.queue.Len() != 0 {
				rt.Errorf("left behind: %v", d)
			}
		})
	})
}
