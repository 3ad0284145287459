package gateway

import (
	"context"
	"math"
	"reflect"
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

	breaker  *admission.Breaker  // nil if there is none
	brownout *admission.Brownout // nil if there is none
	level    atomic.Int32        // of the brownout
}

func newCore(brain *admission.Guard, p *plan) *core {
	c := &core{brain: brain, reserve: p.reserve, breaker: p.config.Breaker.law(), brownout: newBrownout(p.config.Brownout)}
	brain.Reserve(c.seats())
	c.snapshot.Store(brain.Snapshot())
	return c
}

// isDue reports whether it falls to this request to tick. There is no goroutine
// that ticks: it would be one more among thousands in the very storm that it is
// needed for, and with nobody here nothing has to be decided.
func (c *core) isDue(now time.Time) bool {
	due := c.due.Load()
	return now.UnixNano() >= due && c.due.CompareAndSwap(due, now.Add(admission.TickEvery).UnixNano())
}

// arrive counts a request among those that the threshold decides on.
func (c *core) arrive(level admission.Level) *admission.Snapshot {
	c.arrivals[level.Bucket()].Add(1)
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
	if c.brownout != nil {
		s := c.brain.State()
		c.level.Store(int32(c.brownout.Tick(c.last, s.Refused, s.Wait)))
	}
}

// inherit goes on with the breaker and the brownout of the core before, where the
// configuration of them is the same: what the service can do does not change with
// the limiter before it.
func (c *core) inherit(before *core, old, next *plan) {
	before.mu.Lock()
	defer before.mu.Unlock()
	// One that is half open waits for answers that go to the core before: it would wait for ever.
	if reflect.DeepEqual(old.config.Breaker, next.config.Breaker) && c.breaker != nil && before.breaker.State() != admission.HalfOpen {
		*c.breaker = *before.breaker
	}
	if reflect.DeepEqual(old.config.Brownout, next.config.Brownout) && c.brownout != nil {
		*c.brownout = *before.brownout
		c.level.Store(before.level.Load())
	}
}

// follow takes over from a new plan what does not touch the brain.
func (c *core) follow(old, next *plan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reserve = next.reserve
	if !reflect.DeepEqual(old.config.Breaker, next.config.Breaker) {
		c.breaker = next.config.Breaker.law()
	}
	if !reflect.DeepEqual(old.config.Brownout, next.config.Brownout) {
		c.brownout = newBrownout(next.config.Brownout)
		c.level.Store(0)
	}
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

// await waits for the verdict on one that is queued.
func (c *core) await(ctx context.Context, v *visit, d admission.Decision) admission.Decision {
	timer := time.NewTimer(d.Wait)
	defer timer.Stop()
	why := admission.Deadline
	select {
	case d := <-v.verdict:
		return c.told(v, d)
	case <-timer.C:
	case <-ctx.Done():
		why = admission.ClientGone
	}
	d, left := c.leave(v.arrived.Add(time.Since(v.arrived)), v, why) // by the guard's clock, which never goes back
	if !left {
		return c.told(v, <-v.verdict) // it came between the select and the lock
	}
	return d
}

// told is the verdict on one that waited.
func (c *core) told(v *visit, d admission.Decision) admission.Decision {
	if d.Refused() && v.breaker != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.give(c.last, v, admission.Ignored)
	}
	return d
}

// ask asks for a place.
func (c *core) ask(now time.Time, v *visit) admission.Decision {
	c.mu.Lock()
	defer c.mu.Unlock()
	now = c.clock(now)
	if v.breaker = c.breaker; v.breaker != nil {
		pass, after, ok := v.breaker.Allow(now)
		if !ok {
			return admission.Refusal(admission.BreakerOpen, after, v.Client, uint64(v.lot))
		}
		v.right = pass
	}
	d := c.brain.Admit(now, &v.Entry)
	if d.Refused() {
		c.give(now, v, admission.Ignored)
	}
	return d
}

// give gives the right to ask the service back to the breaker that it is from.
func (c *core) give(now time.Time, v *visit, o admission.Outcome) {
	if v.breaker != nil {
		v.breaker.Done(now, v.right, o)
	}
}

func (c *core) leave(now time.Time, v *visit, why admission.Reason) (admission.Decision, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, left := c.brain.Leave(c.clock(now), &v.Entry, why)
	if left {
		c.give(c.last, v, admission.Ignored)
	}
	return d, left
}

// done gives a place back.
func (c *core) done(now time.Time, v *visit, o admission.Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.brain.Done(c.clock(now), &v.Entry, o)
	c.give(c.last, v, o)
}

// state is that of the brain as of its last tick or request.
func (c *core) state() admission.State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.brain.State()
}

func (c *core) breakerState() admission.BreakerState {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.breaker == nil {
		return admission.Closed
	}
	return c.breaker.State()
}
