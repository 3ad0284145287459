package engine

import (
	"container/heap"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// A flight is one attempt of a person, from its preparation to its outcome; a retry is the same flight again.
type flight struct {
	arrival   Arrival
	attempt   int           // 1 for the first
	due       time.Duration // of this attempt
	deadline  time.Duration // the client stops waiting then
	flying    bool
	submitted time.Duration
	slot      uint64
	request   scenarios.Request
	err       error // the request could not be made
}

func (f *flight) retry() bool { return f.attempt > 1 }

// advance prepares the next first attempt, before it is due: making a request may cost more than sending it.
func (r *run) advance() {
	a, ok := r.arrivals()
	if !ok {
		r.coming = nil
		return
	}
	f := r.takeSlot()
	f.arrival, f.attempt, f.due = a, 1, a.Due
	f.request, f.err = r.plan.Requests.At(a.Seq, a.Op)
	f.arrival.Person = f.request.Person
	r.prepared.add(&f.arrival)
	r.coming, r.lastDue = f, a.Due
}

// takeSlot gives a flight with a slot of its own; those that landed are used again.
func (r *run) takeSlot() *flight {
	if last := len(r.free) - 1; last >= 0 {
		f := r.flights[r.free[last]]
		r.free = r.free[:last]
		return f
	}
	f := &flight{slot: uint64(len(r.flights))}
	r.flights = append(r.flights, f)
	return f
}

func (r *run) release(f *flight) {
	*f = flight{slot: f.slot}
	r.free = append(r.free, f.slot)
}

// submit sends an attempt that is due, unless too many are in flight.
func (r *run) submit(f *flight) {
	r.second.offered++
	if r.inFlight >= r.plan.Scenario.MaxInFlight {
		r.drop(f)
		return
	}
	if f.retry() {
		r.end.Retries++
	} else {
		r.end.Sent++
	}
	r.second.sent++
	r.end.People.Attempts++
	if f.err != nil {
		r.second.add(r.plan, f, result.Failed, result.KindRequest)
		r.totals.count(result.Failed)
		r.Metrics.count(f.arrival.Op, result.Failed)
		r.keepFailure(f, result.KindRequest, 0, nil, f.err)
		r.giveUp(f)
		return
	}
	f.deadline = f.due + r.plan.Scenario.Timeout
	if end, ok := r.patience(f); ok {
		f.deadline = min(f.deadline, end)
	}
	f.request.Deadline = r.start.Add(f.deadline)
	f.flying, f.submitted = true, r.now()
	r.inFlight++
	r.loop.Submit(f.slot, &f.request)
}

// patience is when the person gives up, where the actor has an end to it.
func (r *run) patience(f *flight) (end time.Duration, ok bool) {
	p := r.plan.actors[f.arrival.actor].Patience
	return f.arrival.Due + p, p > 0
}

// drop counts an attempt that was not sent. The person neither was served nor gave up.
func (r *run) drop(f *flight) {
	if f.retry() {
		r.totals.droppedRetries++
	} else {
		r.end.Dropped++
	}
	r.second.add(r.plan, f, result.Dropped, "")
	r.Metrics.count(f.arrival.Op, result.Dropped)
	r.release(f)
}

// lose counts a first attempt that was due after the sending stopped.
func (r *run) lose(f *flight) {
	r.end.Lost++
	r.second.add(r.plan, f, result.Lost, "")
	r.release(f)
}

// pauses is a heap of attempts by due.
type pauses []*flight

func (p pauses) Len() int           { return len(p) }
func (p pauses) Less(i, j int) bool { return p[i].due < p[j].due }
func (p pauses) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *pauses) Push(x any)        { *p = append(*p, x.(*flight)) }
func (p *pauses) Pop() any {
	last := len(*p) - 1
	f := (*p)[last]
	*p = (*p)[:last]
	return f
}

func (p pauses) first() *flight {
	if len(p) == 0 {
		return nil
	}
	return p[0]
}

func (p *pauses) push(f *flight) { heap.Push(p, f) }
func (p *pauses) pop() *flight   { return heap.Pop(p).(*flight) }
