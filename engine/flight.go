package engine

import (
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// A flight is one attempt of a person, from its preparation to its outcome. A retry is the same flight again, and so are
// the later steps of a session and, in the closed model, the next errand of a user.
type flight struct {
	arrival  Arrival
	session  scenarios.Session // nil for a single request
	step     int               // of the session; 0 for the first
	user     int               // closed model: whose errand it is
	attempt  int               // 1 for the first
	op       op                // of the step at hand
	stepDue  time.Duration     // of the first attempt of the step
	due      time.Duration     // of this attempt
	ready    time.Duration     // when it was sent, or began to wait for a place
	queued   bool              // it waited for a place
	deadline time.Duration     // the client stops waiting then
	flying   bool
	slot     uint64
	request  scenarios.Request
	err      error // the request could not be made
}

// An op is what a request counts under.
type op struct {
	name, class string
	step        string // of a session, such as "look-up/2"
	number      uint16 // of name in the plan's operations
}

func (f *flight) retry() bool { return f.attempt > 1 }

// advance prepares the next first attempt, before it is due: making a request may cost more than sending it.
func (l *lane) advance() {
	l.coming = nil
	a, ok := l.next()
	if !ok {
		return
	}
	f := l.takeSlot()
	l.prepare(f, a)
	l.prepared.add(&f.arrival)
	l.coming, l.lastDue = f, a.Due
}

// prepare makes the first request of an arrival.
func (l *lane) prepare(f *flight, a Arrival) {
	f.arrival, f.attempt, f.step = a, 1, 0
	f.due, f.stepDue = a.Due, a.Due
	f.session, f.err = nil, nil
	if l.plan.sessions != nil {
		f.session, f.err = l.plan.sessions.Begin(a.Seq, a.Op)
	}
	switch {
	case f.err != nil:
	case f.session != nil:
		f.err = f.session.Request(&f.request)
	default:
		f.request, f.err = l.plan.Requests.At(a.Seq, a.Op)
	}
	f.arrival.Person = f.request.Person
	f.op = l.labels.of(f)
}

// takeSlot gives a flight with a slot of its own; those that landed are used again.
func (l *lane) takeSlot() *flight {
	if last := len(l.free) - 1; last >= 0 {
		f := l.flights[l.free[last]]
		l.free = l.free[:last]
		return f
	}
	f := &flight{slot: uint64(len(l.flights))}
	l.flights = append(l.flights, f)
	return f
}

func (l *lane) release(f *flight) {
	*f = flight{slot: f.slot}
	l.free = append(l.free, f.slot)
}

// submit sends an attempt.
func (l *lane) submit(f *flight) {
	switch {
	case f.retry():
		l.end.Retries++
	case f.step > 0:
		l.end.FollowUps++
	default:
		l.end.Sent++
		if l.journey(f) {
			l.end.Sessions.Begun++
		}
	}
	if !f.retry() {
		l.budgets[f.arrival.actor].First()
	}
	l.slice.sent++
	l.end.People.Attempts++
	if f.session != nil && (f.retry() || f.step > 0) {
		f.err = f.session.Request(&f.request)
		f.op = l.labels.of(f)
	}
	if f.err != nil {
		l.write(f, nil, result.Failed, result.KindRequest)
		l.keepFailure(f, result.KindRequest, 0, nil, f.err)
		l.giveUp(f)
		return
	}
	f.deadline = l.deadline(f)
	f.request.Deadline = l.start.Add(f.deadline)
	f.flying = true
	l.inFlight++
	l.loop.Submit(f.slot, &f.request)
}

// journey reports whether a flight is on a journey: a single request whose answer is checked is a session, too, and none.
func (l *lane) journey(f *flight) bool { return l.plan.operations[f.arrival.op].journey }

// deadline is when the client stops waiting for this attempt.
func (l *lane) deadline(f *flight) time.Duration {
	end := f.due + l.plan.Scenario.Timeout
	if patience, ok := l.patience(f); ok {
		end = min(end, patience)
	}
	return end
}

// patience is when the person gives up, where the actor has an end to it: so long after the step was first due.
func (l *lane) patience(f *flight) (end time.Duration, ok bool) {
	p := l.plan.actors[f.arrival.actor].Patience
	return f.stepDue + p, p > 0
}

// drop counts an attempt that was not sent. The person neither was served nor gave up.
func (l *lane) drop(f *flight) {
	switch {
	case f.retry():
		l.end.DroppedRetries++
	case f.step > 0:
		l.end.DroppedFollowUps++
	default:
		l.end.Dropped++
	}
	l.write(f, nil, result.Dropped, "")
	l.leave(f, l.now(), 0)
}

// lose counts the first attempts that were due after the sending was stopped. It comes last: a plan may hold millions, and
// answers must not wait for their counting. They were no attempts, so the result log has none of them.
func (l *lane) lose() {
	if !l.losing {
		return
	}
	for a, ok := l.firstLost, true; ok; a, ok = l.next() {
		l.end.Lost++
		o := &l.plan.operations[a.op]
		l.slice.cells.at(cellKey{due: int(a.Due / time.Second), op: o.name, class: o.class, outcome: result.Lost}).Count++
	}
}

// leave ends the errand of a person; a user whose errand could be made begins another one, not before think has passed.
func (l *lane) leave(f *flight, now, think time.Duration) {
	if l.users != nil && !l.stopped && f.err == nil {
		l.users.again(l, f, now, think)
		return
	}
	l.release(f)
}
