package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/engine/retry"
)

// A lane drives one loop: its share of the arrivals, and all that becomes of them. One goroutine owns it.
type lane struct {
	Engine
	plan      *Plan
	index, of int // it has every arrival with seq mod of = index, every of-th user from index on
	collector *collector

	ctx   context.Context
	loop  driver.Loop
	start time.Time
	slice *slice // the one that is going on
	block result.Block

	next        func() (Arrival, bool) // this lane's arrivals; none in the closed model
	users       *users                 // of the closed model; nil in the open ones
	coming      *flight                // the next first attempt, prepared; nil when there are no more
	lastDue     time.Duration          // of the first attempts prepared, or when they were stopped; the drain counts from here
	prepared    arrivalHash            // of the first attempts so far, that one included
	pausing     pauses                 // attempts that are not due yet
	overload    overload
	flights     []*flight
	free        []uint64 // slots without a flight
	inFlight    int
	chance      rand.PCG       // for the jitter of retries
	budgets     []retry.Budget // for this lane's share of the retries of each actor
	stopped     bool           // before the plan ended: no more sends
	interrupted bool           // … by somebody from outside
	aborted     []string       // … by a reason that makes the run invalid
	labels      labels
	blot        blot
	kept        map[string]int // failures kept, by kind
	short       uint64         // attempts that failed for want of something on this machine
	unasked     unasked
	losing      bool       // what the plan still holds is lost
	firstLost   Arrival    // the first of it
	end         result.End // this lane's share of it
}

func newLane(e Engine, plan *Plan, index, of int, c *collector) *lane {
	l := &lane{
		Engine: e, plan: plan, index: index, of: of, collector: c,
		slice:    c.blank(index, 0),
		overload: newOverload(plan, index, of), next: plan.arrivals(index, of),
		blot: newBlot(e.Secrets), labels: newLabels(plan), kept: map[string]int{},
	}
	l.users = newUsers(l)
	for i := range plan.actors {
		l.budgets = append(l.budgets, retry.Budget{Share: plan.actors[i].Retry.Budget})
	}
	return l
}

// open makes everything ready, waits for the start and runs.
func (l *lane) open(ctx context.Context, ready chan<- error, begin <-chan time.Time) {
	loop, err := l.Driver.Open()
	if err != nil {
		ready <- fmt.Errorf("opening driver %s: %w", l.Driver.Name(), err)
		return
	}
	defer loop.Close()
	if w, ok := loop.(driver.Warmer); ok && l.Warm > 0 {
		if n, err := w.Warm(share(l.Warm, l.index, l.of), time.Now().Add(warmUpTo)); err != nil {
			ready <- fmt.Errorf("connecting ahead of the first arrival: %d connections were opened, then: %w", n, err)
			return
		}
	}
	l.ctx, l.loop = ctx, loop
	l.advance() // the first request is made before the clock starts
	ready <- nil
	start, ok := <-begin
	if !ok {
		return
	}
	l.start = start
	l.run()
}

// warmUpTo is how long connections may take to open before the run begins with fewer.
const warmUpTo = 10 * time.Second

// share is what the index-th of n gets of a whole.
func share(whole, index, n int) int {
	s := whole / n
	if index < whole%n {
		s++
	}
	return s
}

func (l *lane) now() time.Duration { return time.Since(l.start) }

func (l *lane) run() {
	l.comeAndGo(0)
	for {
		now := l.now()
		l.turn(now)
		if !l.stopped && l.ctx.Err() != nil {
			l.stop(context.Cause(l.ctx), now)
		}
		l.send(now)
		if l.over(now) {
			l.finish()
			return
		}
		until := l.wake()
		outs := l.loop.Wait(l.start.Add(until))
		if len(outs) == 0 && until > now {
			l.slice.lag.Record(l.now() - until)
		}
		for i := range outs {
			l.settle(&outs[i])
		}
	}
}

// turn hands in the slice that is over at now.
func (l *lane) turn(now time.Duration) {
	at := int(now / sliceLength)
	if at <= l.slice.at {
		return
	}
	l.handIn()
	l.slice = l.collector.blank(l.index, at)
	l.comeAndGo(now)
}

// comeAndGo lets users of the closed model begin who are wanted at now.
func (l *lane) comeAndGo(now time.Duration) {
	if l.users != nil && !l.stopped {
		l.users.turn(l, now)
	}
}

// sending reports whether first attempts are still to come.
func (l *lane) sending(now time.Duration) bool {
	return l.coming != nil || l.users != nil && !l.stopped && now < l.plan.Length()
}

func (l *lane) handIn() {
	l.closeBlock()
	l.slice.inFlight = l.inFlight
	l.collector.slices <- l.slice
}

// burst is how many requests leave before answers are looked for: a lane that has fallen behind would else read none until
// it has caught up, and stamp all of them late.
const burst = 64

// send starts what is due, in the order of due.
func (l *lane) send(now time.Duration) {
	l.dequeue(now)
	for range burst {
		f := l.pausing.first()
		if l.coming != nil && (f == nil || l.coming.due <= f.due) {
			f = l.coming
		}
		switch {
		case f == nil || f.due > now:
			return
		case f == l.coming:
			l.offer(f, now)
			l.advance() // only now: making the next request must not keep this one waiting
		default:
			l.pausing.pop()
			l.offer(f, now)
		}
	}
}

// wake is when something is to be done even if no outcome comes.
func (l *lane) wake() time.Duration {
	at := time.Duration(l.slice.at+1) * sliceLength
	if !l.sending(l.slice.begin()) {
		at = min(at, l.lastDue+l.plan.Scenario.Drain)
	}
	due := at
	if l.coming != nil {
		due = l.coming.due
	}
	if f := l.pausing.first(); f != nil {
		due = min(due, f.due)
	}
	if p := l.Precision; p > 0 {
		due = (due + p - 1) / p * p
	}
	return min(at, due)
}
