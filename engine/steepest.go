package engine

import (
	"slices"
	"time"
)

// Steepest is the most by which the rate rises within any one second, the first included, which begins at rate 0, and where
// the rise begins. The rate is looked at every 10 ms and wherever a phase or a point begins, so a step is seen however
// short, and a slope to 10 ms.
func (p *Plan) Steepest() (rise float64, at time.Duration) {
	type sample struct {
		at   time.Duration
		rate float64
	}
	low := []sample{{-1, 0}} // the lows of the second that ends here: each is below those after it
	look := func(t time.Duration) {
		rate := p.Curve.Rate(t)
		for len(low) > 0 && low[0].at < t-time.Second {
			low = low[1:]
		}
		if len(low) > 0 && rate-low[0].rate > rise*(1+1e-9) { // by more than rounding
			rise, at = rate-low[0].rate, max(0, low[0].at)
		}
		for len(low) > 0 && low[len(low)-1].rate >= rate {
			low = low[:len(low)-1]
		}
		low = append(low, sample{t, rate})
	}
	const step = 10 * time.Millisecond
	joints := p.joints()
	for t := time.Duration(0); t <= p.Length(); t += step {
		for ; len(joints) > 0 && joints[0] < t; joints = joints[1:] {
			look(joints[0])
		}
		look(t)
	}
	for _, t := range joints {
		look(t)
	}
	return rise, at
}

// joints are the instants at which the curve may jump or bend, those just before them, and a second before and after them,
// where a window ends or begins that holds them. There may be more than that, but none is missing.
func (p *Plan) joints() (all []time.Duration) {
	add := func(t time.Duration) {
		for _, t := range []time.Duration{t - time.Second, t - 1, t, t + time.Second} {
			if t >= 0 && t <= p.Length() {
				all = append(all, t)
			}
		}
	}
	shape := p.Scenario.Shape
	event := time.Duration(0)
	for _, phase := range shape.Phases {
		add(p.Marks.PhasesFrom + event)
		event += phase.Length
	}
	add(p.Marks.PhasesFrom + event)
	for _, point := range shape.Points {
		t := point.At
		if shape.Compress > 0 {
			t = time.Duration(float64(t) / shape.Compress)
		}
		add(t)
		add(t + event) // after the peak the phases stand between
	}
	add(p.Length())
	slices.Sort(all)
	return slices.Compact(all)
}
