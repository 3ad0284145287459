package engine

import (
	"fmt"
	"math"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// users are the people of the closed model: each sends, waits for the answer, thinks, and sends again. How many there are
// at a time is what the plan's curve says. What a user does is a function of the seed, the user and the errand, whichever
// lane has the user.
type users struct {
	all     int    // at most, over all lanes
	errands []int  // begun so far, by place: user index + place × of
	active  []bool // by place
}

func newUsers(l *lane) *users {
	if l.plan.Scenario.Users == 0 {
		return nil
	}
	u := &users{all: l.plan.maxUsers()}
	n := share(u.all, l.index, l.of)
	u.errands, u.active = make([]int, n), make([]bool, n)
	return u
}

// wanted is how many users there should be at t, over all lanes.
func (p *Plan) wanted(t time.Duration) int { return int(math.Round(p.Curve.Rate(t))) }

// turn lets users come who are wanted and not there. Each first thinks for a part of the pause, so that those who come
// together do not stay in step.
func (u *users) turn(l *lane, now time.Duration) {
	if now >= l.plan.Length() {
		return
	}
	for place := range u.active {
		user := l.index + place*l.of
		if user >= l.plan.wanted(now) {
			return
		}
		if !u.active[place] {
			u.active[place] = true
			f := l.takeSlot()
			f.user = place
			think := time.Duration(draw(l.plan.Scenario.Seed, streamThink, uint64(user)) * float64(l.plan.Scenario.Think.Most))
			u.begin(l, f, now+think)
		}
	}
}

// begin prepares the next errand of the user of f, to begin at due.
func (u *users) begin(l *lane, f *flight, due time.Duration) {
	place := f.user
	seq := uint64(u.errands[place])*uint64(u.all) + uint64(l.index+place*l.of)
	u.errands[place]++
	l.prepare(f, l.plan.errand(seq, due))
	if f.err != nil && f.session == nil { // as when a feeder has no more rows: the next errand would fail as fast, and the one after it
		l.collector.halt(Abort{fmt.Sprintf("an errand could not be made: %v", f.err)})
	}
	l.lastDue = max(l.lastDue, due)
	l.pausing.push(f)
}

// again lets a user begin another errand after a pause, or go, when there are too many or the time is over.
func (u *users) again(l *lane, f *flight, now, pause time.Duration) {
	place := f.user
	due := now + pause + l.plan.think(f.arrival.Seq)
	if due >= l.plan.Length() {
		l.release(f) // stays active, or would come again at once
		return
	}
	if l.index+place*l.of >= l.plan.wanted(due) {
		u.active[place] = false
		l.release(f)
		return
	}
	u.begin(l, f, due)
}

// errand is what arrival seq of the closed model is: its operation and actor depend on the seed and seq alone.
func (p *Plan) errand(seq uint64, due time.Duration) Arrival {
	seed := p.Scenario.Seed
	a := Arrival{Seq: seq, Due: due,
		op:    p.pickOperation(draw(seed, streamMix, seq)),
		actor: p.pickActor(draw(seed, streamActors, seq)),
	}
	a.Op, a.Actor = p.operations[a.op].name, p.actors[a.actor].Name
	return a
}

// think is the pause of a user after errand seq.
func (p *Plan) think(seq uint64) time.Duration {
	t := p.Scenario.Think
	if t == (scenarios.Think{}) {
		return 0
	}
	return t.Least + time.Duration(draw(p.Scenario.Seed, streamThink, seq)*float64(t.Most-t.Least))
}

// draw is a number in [0, 1) that depends on its arguments alone: the finisher of SplitMix64 over their mix (Steele, Lea,
// Flood, Fast splittable pseudorandom number generators, 2014).
func draw(seed, purpose, n uint64) float64 {
	x := seed + purpose*0x9e3779b97f4a7c15 + n*0xd1342543de82ef95
	for _, m := range [...]uint64{0xbf58476d1ce4e5b9, 0x94d049bb133111eb} {
		x = (x ^ x>>31) * m
	}
	return float64((x^x>>31)>>11) / (1 << 53)
}
