package simulate

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A Day is one run: who comes, what stands behind the guard, what happens to it.
type Day struct {
	Load     Load
	Backend  Backend
	Changes  []Change // in order of time
	Clients  Clients
	Deadline float64 // seconds a client waits
	// Classes are the shares of P0 to P3 in the arrivals; all zero is all P2.
	Classes [admission.Classes]float64
}

// midnight is second 0 of every day.
var midnight = time.Date(2018, 7, 1, 0, 0, 0, 0, time.UTC)

func instant(at float64) time.Time { return midnight.Add(time.Duration(at * float64(time.Second))) }

// visit is one try of a client.
type visit struct {
	admission.Entry
	number       uint64 // of the try, in order of arrival
	due          float64
	try          int // from 1
	life         int // how often this memory was used
	work, finish float64
	gone         bool // the client has left
}

// run is a Day in progress.
type run struct {
	Day
	guard    *admission.Guard
	snap     *admission.Snapshot
	plant    plant
	arrived  admission.Histogram
	now      float64
	events   events
	tries    uint64
	unused   []*visit
	let      []*visit // let in by the guard and not yet in the backend
	lots     *rand.Rand
	services *rand.Rand
	returns  *rand.Rand
	record   *Record
}

// Run plays the day with a guard that moves by law. The same seed gives the
// same day to every law: arrivals, work and lots are drawn from streams of
// their own.
func (d Day) Run(law admission.Law, seed uint64) *Record {
	stream := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }
	arrivals := stream(1)
	r := &run{
		Day: d, guard: admission.NewGuard(law, time.Duration(d.Deadline*float64(time.Second))),
		plant: plant{Backend: d.Backend}, lots: stream(2), services: stream(3), returns: stream(4),
		record: &Record{day: d},
	}
	r.snap = r.guard.Snapshot()
	for _, c := range d.Changes {
		r.at(event{at: c.At, kind: changed, change: c})
	}
	r.at(event{at: admission.TickEvery.Seconds(), kind: ticked})
	arrival := d.Load.next(0, arrivals)
	for {
		next, done := r.events[0].at, r.plant.next()
		switch at := min(arrival, next, done); {
		case at > d.Load.end():
			r.record.last = r.guard.State()
			return r.record
		case at == done:
			r.to(at)
			r.finish(r.plant.leave())
		case at == next:
			r.to(at)
			r.handle(heap.Pop(&r.events).(event))
		default:
			r.to(at)
			r.arrive(admission.P2, 1)
			arrival = d.Load.next(at, arrivals)
		}
		r.begin()
	}
}

func (r *run) to(at float64) {
	r.plant.advance(at)
	r.now = at
}

// begin brings those that the guard let in to the backend. The guard tells
// while it is called, and the backend may answer at once, so they are kept
// until the call is over.
func (r *run) begin() {
	for len(r.let) > 0 {
		v := r.let[0]
		r.let = r.let[1:]
		r.at(event{at: v.due + r.Deadline, kind: gaveUp, visit: v, life: v.life})
		if !r.plant.enter(v) {
			r.done(v, admission.Dropped)
		}
	}
}

// arrive is the way of a request through the guard, as sut/gateway goes it.
func (r *run) arrive(class admission.Class, try int) {
	if try == 1 {
		class = r.draw()
		r.record.came(class, r.now)
	}
	r.tries++
	subject := r.lots.Uint64()
	lot := r.lots.Uint32()
	level := admission.LevelOf(class, false, admission.Cohort(subject, instant(r.now)), lot)
	r.arrived[level.Bucket()]++
	work, route := r.Backend.Spread.draw(r.services)
	if r.snap.Refuses(level) {
		d := r.snap.Refusal(subject, uint64(lot))
		r.record.refused[d.Reason]++
		r.again(class, try, d.RetryAfter)
		return
	}
	v := r.visit()
	v.Class, v.Level, v.Route, v.Client = class, level, route, subject
	v.Deadline = instant(r.now + r.Deadline)
	v.number, v.due, v.try, v.gone, v.work = r.tries, r.now, try, false, work*r.Backend.Service
	if d := r.guard.Admit(instant(r.now), &v.Entry); d.Reason == admission.Queued {
		r.at(event{at: r.now + d.Wait.Seconds(), kind: waited, visit: v, life: v.life})
	} else {
		v.Answer(d)
	}
}

func (r *run) draw() admission.Class {
	x := r.lots.Float64()
	for c, share := range r.Classes {
		if x -= share; x < 0 {
			return admission.Class(c)
		}
	}
	return admission.P2
}

// visit returns memory for a try; Answer is made once for each.
func (r *run) visit() *visit {
	if n := len(r.unused); n > 0 {
		v := r.unused[n-1]
		r.unused = r.unused[:n-1]
		return v
	}
	v := &visit{}
	v.Answer = func(d admission.Decision) {
		if d.Reason == admission.Admitted {
			r.let = append(r.let, v)
			return
		}
		r.record.refused[d.Reason]++
		r.again(v.Class, v.try, d.RetryAfter)
		r.free(v)
	}
	return v
}

func (r *run) free(v *visit) {
	v.life++
	r.unused = append(r.unused, v)
}

// again has the client come back, if it does.
func (r *run) again(class admission.Class, try int, retryAfter time.Duration) {
	if try > r.Clients.Retries {
		return
	}
	pause := r.Clients.Manners.pause(try, retryAfter, r.returns)
	r.at(event{at: r.now + pause, kind: returned, class: class, try: try + 1})
}

// finish is the end of a request in the backend. The backend has worked for
// clients that left, too; to the guard that is a request that was not answered.
func (r *run) finish(v *visit) {
	outcome := admission.Succeeded
	if v.gone {
		outcome = admission.Dropped
	}
	r.done(v, outcome)
}

func (r *run) done(v *visit, outcome admission.Outcome) {
	r.record.answers = append(r.record.answers, answer{
		due: v.due, done: r.now, class: v.Class, first: v.try == 1, good: outcome == admission.Succeeded,
	})
	r.guard.Done(instant(r.now), &v.Entry, outcome)
	if outcome == admission.Dropped && !v.gone {
		r.again(v.Class, v.try, 0)
	}
	r.free(v)
}

func (r *run) handle(e event) {
	if e.visit != nil && e.visit.life != e.life {
		return // that try is over
	}
	switch e.kind {
	case ticked:
		r.guard.Tick(instant(r.now), &r.arrived)
		clear(r.arrived[:])
		r.snap = r.guard.Snapshot()
		r.record.limits = append(r.record.limits, r.snap.Limit)
		r.at(event{at: r.now + admission.TickEvery.Seconds(), kind: ticked})
	case changed:
		r.plant.change = e.change
		r.plant.fill()
	case returned:
		r.arrive(e.class, e.try)
	case waited:
		if d, left := r.guard.Leave(instant(r.now), &e.visit.Entry, admission.Deadline); left {
			e.visit.Answer(d)
		}
	case gaveUp:
		e.visit.gone = true
		r.again(e.visit.Class, e.visit.try, 0)
	}
}

// event is something that is known to happen.
type event struct {
	at     float64
	serial int
	kind   kind
	visit  *visit
	life   int // of visit's memory, when this was made
	class  admission.Class
	try    int
	change Change
}

type kind uint8

const (
	ticked kind = iota
	changed
	returned // a client comes back
	waited   // a wait does not pay any more
	gaveUp   // a client leaves while the backend works for it
)

func (r *run) at(e event) {
	r.record.events++
	e.serial = r.record.events
	heap.Push(&r.events, e)
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].serial < e[j].serial
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
