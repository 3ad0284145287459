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

const (
	// TickEvery is how often a guard wants its Tick.
	TickEvery = 100 * time.Millisecond
	tickLost  = time.Second // after so long without one, the guard trusts neither law nor threshold
	tickSafe  = 0.8         // of the limit at the last tick, which it then keeps to
)

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

	rejector  rejector
	ticked    time.Time // the last Tick; zero before the first
	good      int       // the limit then
	asked     int       // calls of Admit since then
	in, out   int       // requests that could use a place, and completions, since then
	published *Snapshot
}

// NewGuard makes a guard that moves by law. deadline, above zero, is what a
// request has from its arrival to its answer when it does not say itself.
func NewGuard(law Law, deadline time.Duration) *Guard {
	g := &Guard{law: law, deadline: deadline}
	g.snap.Threshold = AllLevels
	g.follow()
	return g
}

// Admit decides on a new request. After Admitted the caller owes a Done, after
// Queued it waits for e.Answer or leaves, and after a refusal it owes nothing.
func (g *Guard) Admit(now time.Time, e *Entry) Decision {
	g.asked++
	e.arrived = now
	if e.Deadline.IsZero() {
		e.Deadline = now.Add(g.deadline)
	}
	g.next(now) // the limit may have risen since
	if g.inFlight < g.limit(now) {
		// No estimate is asked here: when the backend has become slower than
		// every deadline, these requests are how the guard finds out that it
		// has recovered.
		if !now.Before(e.Deadline) {
			return g.refuse(now, e, Deadline)
		}
		g.in++
		g.start(now, e)
		return Decision{Reason: Admitted}
	}
	g.in++
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
	g.out++
	g.follow()
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
	for g.queue.total > 0 && g.inFlight < g.limit(now) {
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

// Tick sets the threshold from the arrivals since the last Tick: all that came
// as far as the threshold, whether or not it refused them. Arrivals is not
// kept. The caller then publishes Snapshot.
//
// After more than a second without a Tick nothing is known of the arrivals: the
// threshold opens and is found again from the next.
func (g *Guard) Tick(now time.Time, arrivals *Histogram) {
	past := now.Sub(g.ticked)
	if past <= 0 || past > tickLost {
		g.rejector = rejector{}
		g.snap.Threshold, g.snap.floor = AllLevels, [Classes]Level{}
	} else {
		scale := float64(TickEvery) / float64(past)
		g.rejector.tick(arrivals, scale, flow{
			in:   float64(g.in) * scale,
			out:  float64(g.out) * scale,
			free: float64(max(0, g.limit(now)-g.inFlight)),
			need: g.rate() * TickEvery.Seconds(),
		}, &g.snap)
	}
	g.refused.many(now, max(0, arrivals.total()-g.asked))
	g.snap.Backlog = workOff(g.refused.total+g.queue.total, g.rate())
	g.ticked, g.good, g.asked, g.in, g.out = now, g.snap.Limit, 0, 0, 0
}

// limit is how many requests may be in the backend now.
func (g *Guard) limit(now time.Time) int {
	limit := g.snap.At(now)
	if !g.ticked.IsZero() && now.Sub(g.ticked) > tickLost {
		limit = min(limit, max(1, int(tickSafe*float64(g.good))))
	}
	return limit
}

// follow takes over what the law holds to be true.
func (g *Guard) follow() {
	threshold, floor, backlog := g.snap.Threshold, g.snap.floor, g.snap.Backlog
	g.snap = g.law.Snapshot()
	g.snap.Threshold, g.snap.floor, g.snap.Backlog = threshold, floor, backlog
}

// Snapshot is the state by which a request may be refused without the guard.
// It is replaced, never changed, and the same until something in it is not: a
// caller publishes it after each Tick.
func (g *Guard) Snapshot() *Snapshot {
	if g.published == nil || *g.published != g.snap {
		s := g.snap
		g.published = &s
	}
	return g.published
}

// State is a guard at one instant, for people and metrics.
type State struct {
	Snapshot
	InFlight int           // requests in the backend
	Queued   [Classes]int  // requests waiting, by class
	Bound    int           // most that may wait
	Rejected float64       // share of the arrivals that the threshold refuses
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
		Rejected: g.rejector.ratio,
		Service:  seconds(g.service),
		Rate:     g.rate(),
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
