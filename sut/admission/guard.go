package admission

import "time"

const (
	// waitShare is the part of the time to spare, deadline less service, that
	// the queue may use up. A queue that stands at its bound delays everybody by
	// that much and serves nobody more, so it is only long enough to keep the
	// backend busy and to let a higher class pass. Kubernetes uses a quarter; in
	// simulation that adds 0.3 s to p95 over an eighth, and an eighth turns
	// more of P0 away.
	waitShare = 1.0 / 6

	// In a class of which more comes than can be served, the queue never ends,
	// and only has to have somebody there when a place is free.
	crowdShare = 1.0 / 8 // of the limit, in entries
	crowdLeast = 6       // at least

	// TickEvery is how often a guard wants its Tick.
	TickEvery = 100 * time.Millisecond
	tickLost  = time.Second // after so long without one, the limit is a part of what it was, and the next opens the threshold
	tickSafe  = 0.8         // that part
)

// A Guard stands before one backend: it lets requests in up to its law's
// limit, makes a few wait, and refuses the rest at once. The caller serialises
// the calls, and now never goes back.
type Guard struct {
	law      Law
	deadline time.Duration
	snap     *Snapshot // the law's
	inFlight int
	started  uint64 // requests let in so far
	seats    seats
	queue    queue
	costs    costs
	refused  refusals
	turned   turned
	waits    waits

	rejector  rejector
	ticking   bool
	ticked    time.Time // the last Tick
	lost      time.Time // when the next is missed
	safe      int       // the limit from then on
	asked     int       // calls of Admit since then
	in, out   int       // requests that could use a place, and completions, since then
	backlog   time.Duration
	published *Snapshot
}

// NewGuard makes a guard that moves by law. deadline, above zero, is what a
// request has from its arrival to its answer when it does not say itself.
func NewGuard(law Law, deadline time.Duration) *Guard {
	return &Guard{law: law, deadline: deadline, snap: law.Snapshot(), rejector: rejector{threshold: AllLevels}}
}

// Reserve sets how many seats each class gets before all others when it wants
// them. It may be called at any time, and takes effect as seats become free.
func (g *Guard) Reserve(perClass [Classes]int) {
	for c, n := range perClass {
		g.seats.reserved[c] = max(0, n) * seat
	}
}

// Admit decides on a new request that its Level did not refuse. After Admitted
// the caller owes a Done, after Queued it waits for e.Answer or leaves, and
// after a refusal it owes nothing.
func (g *Guard) Admit(now time.Time, e *Entry) Decision {
	g.asked++
	e.arrived = now
	if e.Deadline.IsZero() {
		e.Deadline = now.Add(g.deadline)
	}
	if e.seats = int(e.Seats); e.seats == 0 {
		e.seats = seat
	}
	e.part, e.place = float64(e.seats)/seat, place(e.Tenant)
	e.work = g.costs.of(e.Route) * e.part
	limit := g.limit(now)
	if g.queue.total > 0 {
		g.next(now, limit) // it may have risen since
	}
	if g.seats.fits(e, limit) && g.first(e.Class) {
		// No estimate is asked here: when the backend has become slower than
		// every deadline, these requests are how the guard finds out that it
		// has recovered.
		if !now.Before(e.Deadline) {
			return g.refuse(now, e, Deadline)
		}
		g.in++
		g.queue.lanes[e.Class].arrive(e)
		g.start(now, e, 0)
		return Decision{Reason: Admitted}
	}
	g.in++
	return g.wait(now, e)
}

// first reports whether a new request of the class goes before all that wait.
func (g *Guard) first(c Class) bool {
	return g.queue.total == 0 || g.seats.precedes(c, g.turn())
}

// wait puts the entry into the queue, if it can be answered in time and there
// is a place, or one that it may take from another.
func (g *Guard) wait(now time.Time, e *Entry) Decision {
	bound := g.bound()
	if bound == 0 {
		return g.refuse(now, e, Limit)
	}
	wait := g.ahead(e)
	latest := e.Deadline.Add(-seconds(g.costs.of(e.Route)))
	if now.Add(seconds(wait)).After(latest) {
		g.costs.missed[e.Route%Routes] = true
		return g.refuse(now, e, Deadline)
	}
	if !g.place(now, e, bound, wait) {
		return g.refuse(now, e, QueueFull)
	}
	g.queue.push(e)
	return Decision{Reason: Queued, Wait: latest.Sub(now)}
}

// place finds a place in the queue for a new entry, where there is none by
// taking that of another.
func (g *Guard) place(now time.Time, e *Entry, bound int, wait float64) bool {
	l := &g.queue.lanes[e.Class]
	if g.owed(e.Class) {
		return true
	}
	if g.rejector.crowded(e.Class) {
		if l.length >= g.crowd(bound) {
			g.drop(now, l.victim(true), QueueFull)
		}
		return true
	}
	soon := wait <= waitShare*g.spare()
	if g.queue.total < bound && soon {
		return true
	}
	if g.queue.total >= bound && g.outrank(now, e.Class) && soon {
		return true
	}
	if g.rejector.calm(e.Class) {
		return true // all of the class can be served, and so it shall; its deadline bounds its queue
	}
	return g.share(now, e)
}

// outrank takes the place of an entry of the lowest class below c that waits
// beyond its reserve.
func (g *Guard) outrank(now time.Time, c Class) bool {
	for k := Class(Classes - 1); k > c; k-- {
		if l := &g.queue.lanes[k]; l.length > 0 && !g.owed(k) {
			g.drop(now, l.victim(g.rejector.crowded(k)), Outranked)
			return true
		}
	}
	return false
}

// share takes the place of an entry of the same class whose tenant has more
// waiting than the new one's.
func (g *Guard) share(now time.Time, e *Entry) bool {
	l := &g.queue.lanes[e.Class]
	if l.length == 0 {
		return false
	}
	out := l.victim(false)
	if l.list(out).length <= l.list(e).length+1 {
		return false
	}
	g.drop(now, out, Outranked)
	return true
}

// owed reports whether what the class holds and waits for is within its reserve.
func (g *Guard) owed(c Class) bool {
	return g.seats.by[c]+g.queue.lanes[c].length*seat < g.seats.reserved[c]
}

// drop takes an entry out of the queue to refuse it.
func (g *Guard) drop(now time.Time, e *Entry, why Reason) {
	g.queue.remove(e)
	e.Answer(g.refuse(now, e, why))
}

// ahead is how long a new entry would wait, in seconds. While it waits, those
// of higher classes go on to come and pass it, which leaves it only a part of
// the seats (Cobham 1954, for priorities in general).
func (g *Guard) ahead(e *Entry) float64 {
	work := g.costs.work // the one that is to be done first
	for c := range e.Class {
		work += g.queue.lanes[c].work
	}
	if !g.rejector.crowded(e.Class) {
		work += g.queue.lanes[e.Class].ahead(e)
	}
	return work / float64(g.snap.Limit) / g.rejector.left(e.Class)
}

// spare is the time that a request has beyond its service, in seconds.
func (g *Guard) spare() float64 { return g.deadline.Seconds() - g.costs.service }

// bound is the most entries that may wait: what the backend completes in the
// time the queue may use up. Before the first completion it is the limit.
func (g *Guard) bound() int {
	if g.costs.service == 0 {
		return g.snap.Limit
	}
	return int(max(0, waitShare*g.spare()*g.rate()))
}

// crowd is the most entries that may wait in a class of which more comes than
// can be served, where all others have bound.
func (g *Guard) crowd(bound int) int {
	return max(1, min(bound, max(crowdLeast, int(crowdShare*float64(g.snap.Limit)))))
}

// Done gives back the seats of an admitted entry and lets the next ones in.
func (g *Guard) Done(now time.Time, e *Entry, o Outcome) {
	held := max(0, now.Sub(e.started))
	served := held - min(held, max(0, e.Away))
	g.law.Complete(now, Sample{
		Took: served, Serial: e.serial, Started: g.started,
		InFlight: (g.seats.taken + seat - 1) / seat, Outcome: o,
	})
	g.inFlight--
	g.out++
	g.seats.free(e)
	g.queue.correct(e, held.Seconds()*e.part)
	if o == Succeeded {
		g.costs.learn(e.Route, served.Seconds(), e.part)
	}
	if g.queue.total > 0 {
		g.next(now, g.limit(now))
	}
}

// Leave takes a waiting entry out, because of why: ClientGone or Deadline. It
// reports false if the verdict was given before; Answer has it.
func (g *Guard) Leave(now time.Time, e *Entry, why Reason) (Decision, bool) {
	if !e.waiting {
		return Decision{}, false
	}
	g.queue.remove(e)
	d := g.refuse(now, e, why)
	g.next(now, g.limit(now)) // it may have kept others waiting for more seats than were free
	return d, true
}

// next lets waiting entries in while there is room. One that would be late by
// now is refused instead: what it costs is better spent on the next.
func (g *Guard) next(now time.Time, limit int) {
	for g.queue.total > 0 && g.seats.taken < limit*seat {
		c := g.turn()
		e := g.queue.lanes[c].turn(g.rejector.crowded(c))
		if now.Add(seconds(g.costs.of(e.Route))).After(e.Deadline) {
			g.costs.missed[e.Route%Routes] = true
			g.drop(now, e, Deadline)
			continue
		}
		if !g.seats.fits(e, limit) {
			return
		}
		g.queue.remove(e)
		wait := now.Sub(e.arrived)
		g.start(now, e, wait)
		e.Answer(Decision{Reason: Admitted, Wait: wait})
	}
}

// turn is the class whose turn it is among those that wait; somebody does.
func (g *Guard) turn() Class {
	next := -1
	for c := range g.queue.lanes {
		if g.queue.lanes[c].length > 0 && (next < 0 || g.seats.precedes(Class(c), Class(next))) {
			next = c
		}
	}
	return Class(next)
}

func (g *Guard) start(now time.Time, e *Entry, wait time.Duration) {
	e.started, e.serial = now, g.started
	g.queue.charge(e)
	g.seats.take(e)
	g.started++
	g.inFlight++
	g.waits.sum += wait.Seconds()
	g.waits.started++
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
	if g.costs.work == 0 {
		return 0
	}
	return float64(g.snap.Limit) / g.costs.work
}

// limit is how many seats may be taken now.
func (g *Guard) limit(now time.Time) int {
	limit := g.snap.Limit
	if g.snap.From < limit {
		limit = g.snap.At(now)
	}
	if g.ticking && now.After(g.lost) {
		limit = min(limit, g.safe)
	}
	return limit
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
