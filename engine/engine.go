package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
)

// An Engine runs plans. Only Driver and Log must be set.
type Engine struct {
	Driver      driver.Driver
	MaxLateness time.Duration  // of the 99th percentile, beyond which the run is invalid; 0 means 5 ms
	Log         Log            // gets every second as soon as it is over
	Progress    func(Progress) // called each second, beside the sending; seconds it is too slow for are left out; may be nil
	Metrics     *Metrics       // may be nil
	Secrets     []string       // values blotted out of the failures that are kept; those under 4 bytes are left, they would blot out words
}

// gcPercent is GOGC during a run. Collecting walks the stacks of all goroutines on all cores, and timers wait meanwhile:
// with 2,000 requests in flight at 5,000/s on two cores lateness p99 was 30 to 38 ms at 100, 2 to 4 ms at 400 and 1.7 ms
// without collecting, for 119, 147 and 178 MB (five seconds over net/http, two interleaved runs each, November 2026).
const gcPercent = 1000

// A Log keeps the seconds of a run; *result.Log is one. It is called by one goroutine at a time.
type Log interface {
	Tick(result.Tick) error
}

// An Abort as the cause of a cancelled context stops a run for a reason of the generator's own, such as a service that
// died: what was not yet due counts as lost and the run is invalid. Any other cause is an interrupt: the plan is cut to
// what was due by then.
type Abort struct{ Reason string }

func (a Abort) Error() string { return a.Reason }

// Run sends the plan and returns how it ended, with the engine's own process in End.Processes. When ctx is cancelled it
// stops sending, waits for what is in flight as after a plan that ended, and returns as usual. An error of the log stops
// the sending at once and is returned without an End.
func (e Engine) Run(ctx context.Context, plan *Plan) (*result.End, error) {
	scribe := startScribe(e.Log, e.Progress)
	defer scribe.close()
	loop, err := e.Driver.Open()
	if err != nil {
		return nil, fmt.Errorf("opening driver %s: %w", e.Driver.Name(), err)
	}
	defer loop.Close()
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	debug.FreeOSMemory() // what was used before the run is not collected in the middle of it, nor counted in its peak
	e.MaxLateness = cmp.Or(e.MaxLateness, 5*time.Millisecond)
	r := &run{
		Engine: e, plan: plan, loop: loop, start: time.Now(),
		arrivals: plan.arrivals(), chance: stream(plan.Scenario.Seed, streamRetries),
		blot: newBlot(e.Secrets), scribe: scribe,
	}
	r.begin()
	for {
		now := r.now()
		if err := r.turn(now); err != nil {
			return nil, err
		}
		if ctx.Err() != nil && !r.stopped {
			r.stop(context.Cause(ctx), now)
		}
		r.send(now)
		if r.over(now) {
			return r.finish()
		}
		for _, out := range loop.Wait(r.start.Add(r.wake())) {
			r.settle(&out)
		}
	}
}

// A run is the state of one Run; one goroutine owns it.
type run struct {
	Engine
	plan     *Plan
	loop     driver.Loop
	start    time.Time
	arrivals func() (Arrival, bool)
	chance   *rand.Rand    // for the jitter of retries
	stopped  bool          // before the plan ended: no more sends
	lastDue  time.Duration // of the first attempts prepared, or when they were stopped; the drain counts from here

	coming   *flight     // the next first attempt, prepared; nil when there are no more
	prepared arrivalHash // of the first attempts so far, that one included
	pausing  pauses      // attempts that are not due yet
	flights  []*flight
	free     []uint64 // slots without a flight
	inFlight int

	second second // the one that is going on
	blot   blot
	scribe *scribe
	began  usage
	totals totals
	end    result.End
}

func (r *run) now() time.Duration { return time.Since(r.start) }

// begin prepares the first arrival.
func (r *run) begin() {
	r.end.Planned = r.plan.Planned
	resetPeak()
	r.began = readUsage()
	r.second = newSecond(0, r.began)
	r.prepared = newArrivalHash()
	r.advance()
}

// send starts everything that is due, in the order of due.
func (r *run) send(now time.Duration) {
	for {
		f := r.pausing.first()
		if r.coming != nil && (f == nil || r.coming.due <= f.due) {
			f = r.coming
		}
		switch {
		case f == nil || f.due > now:
			return
		case f == r.coming:
			r.submit(f)
			r.advance() // only now: making the next request must not keep this one waiting
		default:
			r.pausing.pop()
			r.submit(f)
		}
	}
}

// over reports whether all is done, or the time to drain has passed.
func (r *run) over(now time.Duration) bool {
	if r.coming != nil {
		return false
	}
	return r.inFlight == 0 && r.pausing.first() == nil || now >= r.lastDue+r.plan.Scenario.Drain
}

// wake is when something is to be done even if no outcome comes.
func (r *run) wake() time.Duration {
	at := time.Duration(r.second.at+1) * time.Second
	if r.coming != nil {
		at = min(at, r.coming.due)
	} else {
		at = min(at, r.lastDue+r.plan.Scenario.Drain)
	}
	if f := r.pausing.first(); f != nil {
		at = min(at, f.due)
	}
	return at
}

// stop ends the sending before the plan does. In the drain, which goes on as it was, it only ends the retries.
func (r *run) stop(cause error, now time.Duration) {
	r.stopped = true
	drain := r.lastDue
	if r.coming != nil {
		drain = now
	}
	if abort, ok := errors.AsType[Abort](cause); ok {
		r.end.Invalid = append(r.end.Invalid, "sending was stopped: "+abort.Reason)
		for ; r.coming != nil; r.advance() {
			r.lose(r.coming)
		}
	} else {
		r.end.Interrupted = true
		r.end.Planned = r.end.Sent + r.end.Dropped
	}
	r.coming, r.pausing, r.lastDue = nil, nil, drain
}
