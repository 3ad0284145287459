package admission

import "time"

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

	arrived, started time.Time
	serial           uint64 // requests let in before it
	next, prev       *Entry
	waiting          bool
}

// queue holds waiting entries: higher class first, within a class in order of
// arrival. It is a list for each class, linked through the entries, so that
// one in the middle can leave at once.
type queue struct {
	first, last [Classes]*Entry
	length      [Classes]int
	total       int
}

func (q *queue) push(e *Entry) {
	c := e.Class
	e.prev, e.next, e.waiting = q.last[c], nil, true
	if e.prev == nil {
		q.first[c] = e
	} else {
		e.prev.next = e
	}
	q.last[c] = e
	q.length[c]++
	q.total++
}

func (q *queue) remove(e *Entry) {
	c := e.Class
	if e.prev == nil {
		q.first[c] = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		q.last[c] = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.prev, e.next, e.waiting = nil, nil, false
	q.length[c]--
	q.total--
}

// pop takes out the entry whose turn it is; nil if none waits.
func (q *queue) pop() *Entry {
	for c := range q.first {
		if e := q.first[c]; e != nil {
			q.remove(e)
			return e
		}
	}
	return nil
}

// lowest is the entry that is the first to go: of the lowest class, the one
// that has waited least. Nil if nobody waits below class c.
func (q *queue) lowest(c Class) *Entry {
	for k := Class(Classes - 1); k > c; k-- {
		if e := q.last[k]; e != nil {
			return e
		}
	}
	return nil
}

// ahead counts the entries that a new one of class c would wait for.
func (q *queue) ahead(c Class) int {
	n := 0
	for k := range c + 1 {
		n += q.length[k]
	}
	return n
}
