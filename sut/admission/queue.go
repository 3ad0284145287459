package admission

import (
	"math/bits"
	"time"
)

// Routes is how many operations a guard tells apart by cost; number 0 is for
// those that no route names.
const Routes = 256

// An Entry is one request before the guard. The caller owns its memory, may
// use it again after Done or a refusal, and sets the exported fields before
// Admit.
type Entry struct {
	Class Class
	Level Level // made by LevelOf with the same class
	// Route is the number of its operation, below Routes; costs are learnt by it.
	Route uint16
	// Tenant is any number that differs between tenants; the queue is fair between them.
	Tenant uint32
	// Seats is how much of the limit it takes, in thousandths; 0 is one whole seat.
	Seats uint32
	// Deadline is when the answer is worth nothing any more. Zero means the
	// guard's own deadline, counted from the arrival.
	Deadline time.Time
	// Client is any number that differs between clients; it spreads RetryAfter.
	Client uint64
	// Answer gets the verdict of an entry that Admit said was Queued, exactly
	// once unless it leaves. It runs inside a call of the guard, so it must
	// not call the guard.
	Answer func(Decision)
	// Away is how long the backend had to wait for the client to send or to take.
	// Done takes it off the latency, or a few slow clients would seem to be a slow
	// backend. Set it before Done.
	Away time.Duration

	arrived, started time.Time
	serial           uint64  // requests let in before it
	seats            int     // thousandths that it takes
	part             float64 // the same in seats
	place            uint64  // number of its tenant's list
	work             float64 // seat-seconds that it is expected to take
	next, prev       *Entry  // in its tenant's list, in order of arrival
	waiting          bool
}

// tenants is how many tenants of a class the queue tells apart; more share.
const tenants = 64

// queue holds waiting entries: a lane for each class, and in it a list for each
// tenant, linked through the entries, so that one in the middle can leave at
// once. The guard says which lane is next; in a lane the tenants take turns by
// start-time fair queueing.
type queue struct {
	lanes [Classes]lane
	total int
}

// lane is one class. Each tenant has a tag, the seat-seconds it has had; the
// least tag among those that wait is next. One that comes back after a pause
// starts from the tag last served, so that nobody saves up turns. A request is
// charged what it is expected to take when it starts, and the difference when
// what it took is known.
//
// Source: Goyal, Vin, Cheng: Start-time Fair Queueing (SIGCOMM 1996).
// Kubernetes' API server corrects the charge in the same way.
type lane struct {
	lists  [tenants]list
	active uint64  // a bit for each list that is not empty
	served float64 // the greatest tag served
	length int
	work   float64 // seat-seconds that wait
}

type list struct {
	first, last *Entry
	length      int
	tag         float64
}

// list is that of the entry's tenant.
func (l *lane) list(e *Entry) *list { return &l.lists[e.place%tenants] }

// place is the number of a tenant's list.
func place(tenant uint32) uint64 { return mix(uint64(tenant)) % tenants }

// arrive is the list of an entry that comes now, to wait or to start at once.
func (l *lane) arrive(e *Entry) *list {
	t := l.list(e)
	if t.first == nil {
		t.tag = max(t.tag, l.served)
	}
	return t
}

func (q *queue) push(e *Entry) {
	l := &q.lanes[e.Class]
	t := l.arrive(e)
	e.prev, e.next, e.waiting = t.last, nil, true
	if e.prev == nil {
		t.first = e
		l.active |= 1 << e.place
	} else {
		e.prev.next = e
	}
	t.last = e
	t.length++
	l.length++
	l.work += e.work
	q.total++
}

func (q *queue) remove(e *Entry) {
	l := &q.lanes[e.Class]
	t := l.list(e)
	if e.prev == nil {
		t.first = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		t.last = e.prev
	} else {
		e.next.prev = e.prev
	}
	if t.first == nil {
		l.active &^= 1 << e.place
	}
	e.prev, e.next, e.waiting = nil, nil, false
	t.length--
	l.length--
	l.work -= e.work
	q.total--
	if l.length == 0 {
		l.work = 0 // no dust of rounding
	}
}

// turn is the entry of the lane whose turn it is: of the tenant with the least
// tag, the one that came first, or last. Nil if none waits.
func (l *lane) turn(lastFirst bool) *Entry {
	var t *list
	for rest := l.active; rest != 0; rest &= rest - 1 {
		if k := &l.lists[bits.TrailingZeros64(rest)]; t == nil || k.tag < t.tag {
			t = k
		}
	}
	switch {
	case t == nil:
		return nil
	case lastFirst:
		return t.last
	}
	return t.first
}

// victim is the entry of the lane that loses its place when there are too many:
// of the tenant with the most waiting, the one that would be served last.
func (l *lane) victim(lastFirst bool) *Entry {
	var t *list
	for rest := l.active; rest != 0; rest &= rest - 1 {
		if k := &l.lists[bits.TrailingZeros64(rest)]; t == nil || k.length > t.length {
			t = k
		}
	}
	switch {
	case t == nil:
		return nil
	case lastFirst:
		return t.first
	}
	return t.last
}

// charge books what an entry that starts is expected to take.
func (q *queue) charge(e *Entry) {
	l := &q.lanes[e.Class]
	t := l.list(e)
	l.served = max(l.served, t.tag)
	t.tag += e.work
}

// correct books the rest of what it took.
func (q *queue) correct(e *Entry, took float64) {
	t := q.lanes[e.Class].list(e)
	t.tag += took - e.work
}

// ahead is the part of the lane's work that is served before a new entry: all
// of it, or as many turns of everybody as its tenant has waiting, and one.
func (l *lane) ahead(e *Entry) float64 {
	if l.length == 0 {
		return 0
	}
	t := l.list(e)
	turns := (t.length + 1) * bits.OnesCount64(l.active)
	return l.work * min(1, float64(turns)/float64(l.length))
}
