package engine

import (
	"time"

	"github.com/peakday/peakday/scenarios"
)

// overload decides about attempts that are due when all places are taken.
type overload struct {
	places int      // requests in flight before it decides
	phases []policy // in order; the last has no end
	queue  queue    // attempts that wait for a place
}

// A policy is what the plan says for attempts that are due before upTo.
type policy struct {
	upTo time.Duration
	scenarios.Overload
}

// newOverload gives the index-th of n lanes its share of the places.
func newOverload(p *Plan, index, n int) overload {
	s := &p.Scenario
	o := overload{places: share(s.MaxInFlight, index, n)}
	mine := func(upTo time.Duration, v scenarios.Overload) {
		if v.Policy == "" {
			v = s.Overload
		}
		v.Most = share(v.Most, index, n)
		o.phases = append(o.phases, policy{upTo, v})
	}
	at := p.Marks.PhasesFrom
	mine(at, s.Overload)
	for _, phase := range s.Shape.Phases {
		at += phase.Length
		mine(at, phase.Overload)
	}
	mine(1<<62, s.Overload)
	return o
}

func (o *overload) at(due time.Duration) scenarios.Overload {
	i := 0
	for due >= o.phases[i].upTo {
		i++
	}
	return o.phases[i].Overload
}

// offer sends an attempt that is due, or does with it what the policy says.
func (l *lane) offer(f *flight, now time.Duration) {
	l.slice.offered++
	f.ready, f.queued = now, false
	o := &l.overload
	if l.inFlight < o.places && o.queue.len() == 0 {
		l.submit(f)
		return
	}
	switch p := o.at(f.due); {
	case p.Policy == scenarios.Spawn && l.inFlight < p.Most:
		l.submit(f)
	case p.Policy == scenarios.Queue && o.queue.len() < p.Most, p.Policy == scenarios.LateBy:
		f.queued = true
		o.queue.push(f)
	default:
		if p.Policy == "" {
			l.unasked.count(f)
		}
		l.drop(f)
	}
}

// unasked counts what was dropped where the scenario declares no policy: nobody asked for that, the places are too few.
type unasked struct{ first, retries, followUps uint64 }

func (u *unasked) count(f *flight) {
	switch {
	case f.retry():
		u.retries++
	case f.step > 0:
		u.followUps++
	default:
		u.first++
	}
}

func (u *unasked) merge(o unasked) {
	u.first += o.first
	u.retries += o.retries
	u.followUps += o.followUps
}

// dequeue sends those who wait, as far as there are places, and drops those who waited for too long.
func (l *lane) dequeue(now time.Duration) {
	q := &l.overload.queue
	for q.len() > 0 {
		f := q.first()
		p := l.overload.at(f.due)
		switch {
		case now >= l.deadline(f), p.Policy == scenarios.LateBy && now-f.due > p.Late:
			q.pop()
			l.drop(f)
		case l.inFlight < l.overload.places:
			q.pop()
			l.submit(f)
		default:
			return
		}
	}
}

// clearQueue drops all who wait.
func (l *lane) clearQueue() {
	for q := &l.overload.queue; q.len() > 0; {
		l.drop(q.pop())
	}
}
