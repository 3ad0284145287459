package gateway

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A core is the brain and what stands between it and many goroutines: a lock
// around it, counters that need no lock, and its last snapshot, by which nearly
// all of a storm is refused without the lock.
type core struct {
	snapshot atomic.Pointer[admission.Snapshot]
	arrivals [admission.Buckets]atomic.Uint32 // since the last tick
	due      atomic.Int64                     // of the next tick, Unix nanoseconds

	mu      sync.Mutex // held for well under a microsecond
	last    time.Time  // latest instant that the brain was told
	brain   *admission.Guard
	reserve [admission.Classes]float64 // shares of the limit
}

func newCore(brain *admission.Guard, reserve [admission.Classes]float64) *core {
	c := &core{brain: brain, reserve: reserve}
	brain.Reserve(c.seats())
	c.snapshot.Store(brain.Snapshot())
	return c
}

// arrive counts a request and ticks if it is time to. There is no goroutine
// that ticks: it would be one more among thousands in the very storm that it is
// needed for, and with nobody here nothing has to be decided.
func (c *core) arrive(now time.Time, level admission.Level) *admission.Snapshot {
	c.arrivals[level.Bucket()].Add(1)
	if due := c.due.Load(); now.UnixNano() >= due && c.due.CompareAndSwap(due, now.Add(admission.TickEvery).UnixNano()) {
		c.tick(now)
	}
	return c.snapshot.Load()
}

func (c *core) tick(now time.Time) {
	var h admission.Histogram
	for i := range c.arrivals {
		if c.arrivals[i].Load() != 0 {
			h[i] = c.arrivals[i].Swap(0)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.brain.Tick(c.clock(now), &h)
	c.brain.Reserve(c.seats())
	c.snapshot.Store(c.brain.Snapshot())
}

// keep changes the reserves, from the next tick on.
func (c *core) keep(reserve [admission.Classes]float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reserve = reserve
}

// seats are the reserves as parts of the present limit.
func (c *core) seats() (n [admission.Classes]int) {
	limit := float64(c.brain.Snapshot().Limit)
	for class, share := range c.reserve {
		n[class] = int(math.Round(share * limit))
	}
	return n
}

// clock is now, or what the brain was told last if another request was quicker
// to the lock: to the brain time never goes back.
func (c *core) clock(now time.Time) time.Time {
	if now.After(c.last) {
		c.last = now
	}
	return c.last
}

// admit asks for a place, and if told so waits for the verdict. A guard that
// only looks does not wait.
func (c *core) admit(ctx context.Context, now time.Time, v *visit, wait bool) admission.Decision {
	d := c.ask(now, v)
	switch {
	case d.Reason != admission.Queued:
		return d
	case !wait:
		if _, left := c.leave(now, v, admission.ClientGone); left {
			return d
		}
		return <-v.verdict
	}
	timer := time.NewTimer(d.Wait)
	defer timer.Stop()
	why := admission.Deadline
	select {
	case d := <-v.verdict:
		return d
	case <-timer.C:
	case <-ctx.Done():
		why = admission.ClientGone
	}
	d, left := c.leave(time.Now(), v, why)
	if !left {
		return <-v.verdict // it came between the select and the lock
	}
	return d
}

func (c *core) ask(now time.Time, v *visit) admission.Decision {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.brain.Admit(c.clock(now), &v.Entry)
}

func (c *core) leave(now time.Time, v *visit, why admission.Reason) (admission.Decision, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.brain.Leave(c.clock(now), &v.Entry, why)
}

// done gives a place back.
func (c *core) done(now time.Time, v *visit, o admission.Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.brain.Done(c.clock(now), &v.Entry, o)
}

// state is that of the brain at this instant, ticks that were due done.
func (c *core) state() admission.State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.brain.State()
}
