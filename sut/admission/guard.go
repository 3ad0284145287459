package admission

import "time"

// waitShare is the part of the time to spare, deadline less service, that the
// queue may use up. A queue that stands at its bound delays everybody by that
// much and serves nobody more, so it is only long enough to keep the backend
// busy and to let a higher class pass. Kubernetes uses a quarter; in storm_test.go
// that adds 0.3 s to p95 over an eighth, and an eighth turns more of P0 away.
const waitShare = 1.0 / 6

// smoothing is the weight of a new sample in the guard's mean latency.
const smoothing = 1.0 / 16

// A Guard stands before one backend: it lets requests in up to its law's
// limit, makes a few wait, and refuses the rest at once. The caller serialises
// the calls, and now never goes back.
type Guard struct {
	law      Law
	deadline time.Duration
	snap     Snapshot
	inFlight int
	started  uint64 // requests let in so far
	queue    queue
	refused  refusals
	service  float64 // seconds in the backend, smoothed; 0 before the first
}

// NewGuard makes a guard that moves by law. deadline, above zero, is what a
// request has from its arrival to its answer when it does not say itself.
func NewGuard(law Law, deadline time.Duration) *Guard {
	return &Guard{law: law, deadline: deadline, snap: law.Snapshot()}
}

// Admit decides on a new request. After Admitted the caller owes a Done, after
// Queued it waits for e.Answer or leaves, and after a refusal it owes nothing.
func (g *Guard) Admit(now time.Time, e *Entry) Decision {
	e.arrived = now
	if e.Deadline.IsZero() {
		e.Deadline = now.Add(g.deadline)
	}
	g.next(now) // the limit may have risen since
	if g.inFlight < g.snap.At(now) {
		// No estimate is asked here: when the backend has become slower than
		// every deadline, these requests are how the guard finds out that it
		// has recovered.
		if !now.Before(e.Deadline) {
			return g.refuse(now, e, Deadline)
		}
		g.start(now, e)
		return Decision{Reason: Admitted}
	}
	bound := g.bound()
	if bound == 0 {
		return g.refuse(now, e, Limit)
	}
	latest := e.Deadline.Add(-seconds(g.service))
	wait := float64(g.queue.ahead(e.Class)+1) * g.service / float64(g.snap.Limit)
	if now.Add(seconds(wait)).After(latest) {
		return g.refuse(now, e, Deadline)
	}
	if g.queue.total >= bound {
		out := g.queue.lowest(e.Class)
		if out == nil {
			return g.refuse(now, e, QueueFull)
		}
		g.queue.remove(out)
		out.Answer(g.refuse(now, out, Outranked))
	}
	g.queue.push(e)
	return Decision{Reason: Queued, Wait: latest.Sub(now)}
}

// Done gives back the place of an admitted entry and lets the next ones in.
func (g *Guard) Done(now time.Time, e *Entry, o Outcome) {
	g.law.Complete(now, Sample{Start: e.started, Serial: e.serial, Started: g.started, InFlight: g.inFlight, Outcome: o})
	g.inFlight--
	g.snap = g.law.Snapshot()
	if o == Succeeded {
		took := now.Sub(e.started).Seconds()
		if g.service == 0 {
			g.service = took
		}
		g.service += (took - g.service) * smoothing
	}
	g.next(now)
}

// Leave takes a waiting entry out, because of why: ClientGone or Deadline. It
// reports false if the verdict was given before; Answer has it.
func (g *Guard) Leave(now time.Time, e *Entry, why Reason) (Decision, bool) {
	if !e.waiting {
		return Decision{}, false
	}
	g.queue.remove(e)
	return g.refuse(now, e, why), true
}

// RefuseClient turns away a request because of its client alone (ClientLimit). It is no sign of load: it adds nothing to
// the backlog from which others learn when to come back.
func (g *Guard) RefuseClient(e *Entry) Decision {
	g.refused.serial++
	return Decision{Reason: ClientLimit, RetryAfter: retryAfter(0, 0, e.Client, g.refused.serial)}
}

// next lets waiting entries in while there is room. One that would be late by
// now is refused instead: what it costs is better spent on the next.
func (g *Guard) next(now time.Time) {
	for g.queue.total > 0 && g.inFlight < g.snap.At(now) {
		e := g.queue.pop()
		if now.Add(seconds(g.service)).After(e.Deadline) {
			e.Answer(g.refuse(now, e, Deadline))
			continue
		}
		g.start(now, e)
		e.Answer(Decision{Reason: Admitted, Wait: now.Sub(e.arrived)})
	}
}

func (g *Guard) start(now time.Time, e *Entry) {
	e.started, e.serial = now, g.started
	g.started++
	g.inFlight++
}

func (g *Guard) refuse(now time.Time, e *Entry, why Reason) Decision {
	g.refused.add(now)
	return Decision{
		Reason:     why,
		Wait:       now.Sub(e.arrived),
		RetryAfter: retryAfter(g.refused.total+g.queue.total, g.rate(), e.Client, g.refused.serial),
	}
}

// rate is what the backend completes a second when the limit is reached, by
// Little's law; 0 if unknown.
func (g *Guard) rate() float64 {
	if g.service == 0 {
		return 0
	}
	return float64(g.snap.Limit) / g.service
}

// bound is the most entries that may wait: what the backend completes in the
// time the queue may use up. Before the first completion it is the limit.
func (g *Guard) bound() int {
	if g.service == 0 {
		return g.snap.Limit
	}
	spare := g.deadline.Seconds() - g.service
	return int(max(0, waitShare*spare*g.rate()))
}

// TickEvery is how often a guard wants its Tick.
const TickEvery = 100 * time.Millisecond

// Tick sets the threshold from the arrivals since the last Tick, those that a
// threshold refused included. Arrivals is not kept.
func (g *Guard) Tick(now time.Time, arrivals *Histogram) {}

// Snapshot is the state by which a request may be refused without the guard.
// It is replaced, never changed: a caller publishes it after each call that
// returned another one.
func (g *Guard) Snapshot() *Snapshot {
	s := g.snap
	s.Threshold = AllLevels
	return &s
}

// State is a guard at one instant, for people and metrics.
type State struct {
	Snapshot
	InFlight int           // requests in the backend
	Queued   [Classes]int  // requests waiting, by class
	Bound    int           // most that may wait
	Service  time.Duration // smoothed latency of the backend; 0 before the first
	Rate     float64       // completions a second at the limit; 0 before the first
}

// State returns the guard's state.
func (g *Guard) State() State {
	return State{
		Snapshot: g.snap,
		InFlight: g.inFlight,
		Queued:   g.queue.length,
		Bound:    g.bound(),
		Service:  seconds(g.service),
		Rate:     g.rate(),
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
