package admission

import "time"

// BrownoutStep is when a level of brownout begins: at a share of requests that
// are refused, or at a wait in the queue. Zero of either is never.
type BrownoutStep struct {
	Refused float64       // share, 0 to 1
	Wait    time.Duration // mean of those let in
}

const (
	brownoutHold  = 10 * time.Second // calm for so long ends a level
	brownoutLeave = 0.5              // of a step's values is calm
)

// A Brownout says how much of the service is left out, so that more can have
// the rest: level 1 is the first of its steps, which are in order. What a level
// leaves out, stale answers or optional features, is the caller's to decide.
//
// Leaving something out ends the very load that was the reason. So a level is
// entered at once, but left only when load has been below half of its step for
// ten seconds, and one level at a time.
//
// Source: Klein, Maggio, Årzén, Hernández-Rodriguez: Brownout: Building More
// Robust Cloud Applications (ICSE 2014).
type Brownout struct {
	steps []BrownoutStep
	level int
	busy  time.Time // the last time that it was not calm
}

// NewBrownout makes a brownout at level 0. It keeps steps.
func NewBrownout(steps []BrownoutStep) *Brownout { return &Brownout{steps: steps} }

// Tick moves the level by the load of the moment, State.Refused and State.Wait,
// and returns it.
func (b *Brownout) Tick(now time.Time, refused float64, wait time.Duration) int {
	if now.Before(b.busy) {
		b.busy = now // the clock went back
	}
	for i := len(b.steps); i > b.level; i-- {
		if b.steps[i-1].reached(1, refused, wait) {
			b.level, b.busy = i, now
		}
	}
	if b.level > 0 && b.steps[b.level-1].reached(brownoutLeave, refused, wait) {
		b.busy = now
	}
	if b.level > 0 && now.Sub(b.busy) >= brownoutHold {
		b.level--
		b.busy = now
	}
	return b.level
}

// reached reports whether the load is at that part of the step.
func (s BrownoutStep) reached(part, refused float64, wait time.Duration) bool {
	return s.Refused > 0 && refused >= part*s.Refused || s.Wait > 0 && wait >= time.Duration(part*float64(s.Wait))
}
