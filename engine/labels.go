package engine

import (
	"cmp"
	"strconv"

	"github.com/peakday/peakday/scenarios"
)

// labels finds what requests count under. A session's steps are numbered along the way its person took.
type labels struct {
	plan  *Plan
	steps map[stepKey]op
	names map[string]uint16
}

type stepKey struct {
	journey, step int
	name          string
}

func newLabels(p *Plan) labels {
	names := map[string]uint16{}
	for i, name := range p.Operations() {
		names[name] = uint16(i)
	}
	return labels{plan: p, steps: map[stepKey]op{}, names: names}
}

func (l *labels) of(f *flight) op {
	o := &l.plan.operations[f.arrival.op]
	if f.session == nil {
		return o.op
	}
	key := stepKey{f.arrival.op, f.step, f.request.Op}
	label, ok := l.steps[key]
	if !ok {
		label = l.plan.step(o, f.step, &f.request, l.names[f.request.Op])
		l.steps[key] = label
	}
	return label
}

// step is what a step of a journey counts under.
func (p *Plan) step(journey *operation, step int, r *scenarios.Request, number uint16) op {
	o := op{name: r.Op, class: cmp.Or(r.Class, "P2"), number: number}
	if r.Op != journey.name {
		o.step = journey.name + "/" + strconv.Itoa(step+1)
	}
	return o
}
