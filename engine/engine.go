package engine

import (
	"cmp"
	"context"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// An Engine runs plans. Only Driver and Log must be set.
type Engine struct {
	Driver         driver.Driver
	Loops          int                   // arrivals are dealt to so many loops in turn, each with connections of its own; 0 means 1
	GCPercent      int                   // GOGC during the run; 0 means 1000, for drivers with a goroutine a request
	Warm           int                   // connections opened before the first arrival, where the driver can
	Precision      time.Duration         // requests due within it may leave together, at its end: fewer wakes for more lateness; 0 wakes for each
	UntilConverged float64               // the last plateau ends, and the plan with it, once the 95 % interval of its p99 is ± so much, such as 0.05; 0 means never
	MaxLateness    time.Duration         // of the 99th percentile, beyond which the run is invalid; 0 means 5 ms
	Started        func(time.Time) error // called once, with the instant from which all times count, before the first arrival; its error ends the run; may be nil
	Log            Log                   // gets every second as soon as it is over
	Results        io.Writer             // gets the blocks of the result log, an entry for every attempt; may be nil
	Progress       func(Progress)        // called each second, beside the sending; seconds it is too slow for are left out; may be nil
	Metrics        *Metrics              // may be nil
	Secrets        []string              // values blotted out of the failures that are kept; those under 4 bytes are left, they would blot out words
	Abandon        <-chan struct{}       // once closed, the run no longer waits for answers; may be nil
}

// headStart is how long the first arrival is put off so that Started may write to a disk.
const headStart = 50 * time.Millisecond

// gcPercent is GOGC during a run, unless the engine is told otherwise. Collecting walks the stacks of all goroutines on all
// cores, and timers wait meanwhile: with 2,000 requests in flight at 5,000/s on two cores lateness p99 was 30 to 38 ms at
// 100, 2 to 4 ms at 400 and 1.7 ms without collecting, for 119, 147 and 178 MB (five seconds over net/http, two interleaved
// runs each, November 2026). A driver without goroutines has little to walk and is better off with less memory.
const gcPercent = 1000

// A Log keeps the seconds of a run; *result.Log is one. It is called by one goroutine at a time.
type Log interface {
	Tick(result.Tick) error
}

// An Abort as the cause of a cancelled context stops a run for a reason of the generator's own, such as a service that
// died: what was not yet due counts as lost and the run is invalid. Any other cause from outside is an interrupt: the plan is
// cut to what was due by then.
type Abort struct{ Reason string }

func (a Abort) Error() string { return a.Reason }

// Run sends the plan and returns how it ended, with the engine's own process in End.Processes. When ctx is cancelled it
// stops sending, waits for what is in flight as after a plan that ended, and returns as usual. An error of the logs stops
// the sending at once and is returned without an End. So is one of the plan's setup, of the first connections or of Started,
// before any arrival is sent; one of its teardown is a warning.
func (e Engine) Run(ctx context.Context, plan *Plan) (*result.End, error) {
	e.MaxLateness = cmp.Or(e.MaxLateness, 5*time.Millisecond)
	loops := max(1, min(e.Loops, plan.Scenario.MaxInFlight))
	if err := e.walk(ctx, plan, "setup", scenarios.Sessions.Setup); err != nil {
		return nil, err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(cmp.Or(e.GCPercent, gcPercent)))
	debug.FreeOSMemory() // what was used before the run is not collected in the middle of it, nor counted in its peak
	resetPeak()
	makeRoom(plan.Scenario.MaxInFlight + spareFiles)
	ctx, halt := context.WithCancelCause(ctx)
	defer halt(nil)

	var running sync.WaitGroup
	defer running.Wait()
	c := newCollector(e, plan, loops, halt)
	defer c.scribe.close()
	ready, begin := make(chan error, loops), make(chan time.Time)
	lanes := make([]*lane, loops)
	for i := range lanes {
		lanes[i] = newLane(e, plan, i, loops, c)
		running.Go(func() { lanes[i].open(ctx, ready, begin) })
	}
	var failed error
	for range lanes {
		if err := <-ready; err != nil && failed == nil {
			failed = err
		}
	}
	if failed != nil {
		close(begin)
		return nil, failed
	}
	start := time.Now()
	if e.Started != nil {
		start = start.Add(headStart)
		if err := e.Started(start); err != nil {
			close(begin)
			return nil, err
		}
	}
	for range lanes {
		begin <- start
	}
	close(begin)
	end, err := c.collect(start, lanes)
	if err != nil {
		return nil, err
	}
	if err := e.walk(context.WithoutCancel(ctx), plan, "teardown", scenarios.Sessions.Teardown); err != nil {
		end.Warnings = append(end.Warnings, err.Error())
	}
	return end, nil
}
