package engine

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/peakday/peakday/engine/pace"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
)

// A Plan is every first attempt of a run, made up again from scenario and seed each time it is walked. Variants that run
// the same plan see the same arrivals.
type Plan struct {
	Scenario scenarios.Scenario
	Curve    pace.Curve         // the offered load
	Marks    profile.Marks      // where phases and hold lie in it
	Requests scenarios.Requests // makes the request of an arrival
	Planned  uint64             // arrivals in all
	Peak     uint64             // arrivals in the fullest second
	Hash     string             // SHA-256 of (seq, due in ns, operation, person) of every arrival, hex

	operations []operation
	actors     []scenarios.Actor
}

type operation struct {
	name  string
	class string
	upTo  float64 // sum of the shares up to this one
}

// Streams of chance, one a purpose: changing how one is used leaves the others' draws alone.
const (
	streamArrivals = iota + 1
	streamMix
	streamActors
	streamRetries
)

func stream(seed, purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, purpose)) }

// NewPlan walks the whole plan once, without sending, for its count and hash. The scenario must be valid, with its
// forecast filled in and every operation of its mix known to requests, which is asked once for each. Requests may have a
// method Person(seq uint64) uint64, so that walking needs not make every request.
func NewPlan(s scenarios.Scenario, requests scenarios.Requests) (*Plan, error) {
	curve, marks, err := profile.Of(s.Shape)
	if err != nil {
		return nil, fmt.Errorf("planning %s: %w", s.Name, err)
	}
	p := &Plan{Scenario: s, Curve: curve, Marks: marks, Requests: requests, actors: s.Actors}
	if len(p.actors) == 0 {
		p.actors = []scenarios.Actor{{Name: "anyone", Share: 1}}
	}
	var sum float64
	for _, w := range s.Mix {
		r, err := requests.At(0, w.Op)
		if err != nil {
			return nil, fmt.Errorf("planning %s: a request for %s: %w", s.Name, w.Op, err)
		}
		sum += w.Share
		p.operations = append(p.operations, operation{w.Op, cmp.Or(r.Class, "P2"), sum})
	}
	if sum <= 0 {
		return nil, fmt.Errorf("planning %s: the mix holds no operation; give at least one a share above 0", s.Name)
	}
	if err := p.walk(); err != nil {
		return nil, fmt.Errorf("planning %s: %w", s.Name, err)
	}
	return p, nil
}

// walk counts and hashes.
func (p *Plan) walk() error {
	hash := newArrivalHash()
	second, inSecond := time.Duration(-1), uint64(0)
	for a, err := range p.Arrivals {
		if err != nil {
			return err
		}
		hash.add(&a)
		if s := a.Due / time.Second; s != second {
			second, inSecond = s, 0
		}
		inSecond++
		p.Planned++
		p.Peak = max(p.Peak, inSecond)
	}
	p.Hash = hash.String()
	return nil
}

func (p *Plan) person(a Arrival) (uint64, error) {
	if quick, ok := p.Requests.(interface{ Person(seq uint64) uint64 }); ok {
		return quick.Person(a.Seq), nil
	}
	r, err := p.Requests.At(a.Seq, a.Op)
	return r.Person, err
}

// Arrivals yields every first attempt in the order of due. It ends with the error of a request that cannot be made.
func (p *Plan) Arrivals(yield func(Arrival, error) bool) {
	for next := p.arrivals(); ; {
		a, ok := next()
		if !ok {
			return
		}
		person, err := p.person(a)
		if a.Person = person; !yield(a, err) || err != nil {
			return
		}
	}
}

// arrivals gives the first attempts one by one, without their persons.
func (p *Plan) arrivals() func() (Arrival, bool) {
	seed := p.Scenario.Seed
	schedule := pace.Even(p.Curve)
	if p.Scenario.Arrivals == scenarios.Poisson {
		schedule = pace.Poisson(p.Curve, stream(seed, streamArrivals))
	}
	mix, actors := stream(seed, streamMix), stream(seed, streamActors)
	var shares float64
	for _, a := range p.actors {
		shares += a.Share
	}
	seq := uint64(0)
	return func() (Arrival, bool) {
		due, ok := schedule.Next()
		if !ok {
			return Arrival{}, false
		}
		a := Arrival{Seq: seq, Due: due, op: p.pickOperation(mix), actor: p.pickActor(actors, shares)}
		a.Op, a.Actor = p.operations[a.op].name, p.actors[a.actor].Name
		seq++
		return a, true
	}
}

func (p *Plan) pickOperation(r *rand.Rand) int {
	last := len(p.operations) - 1
	x := r.Float64() * p.operations[last].upTo
	for i, o := range p.operations {
		if x < o.upTo {
			return i
		}
	}
	return last
}

func (p *Plan) pickActor(r *rand.Rand, shares float64) int {
	x := r.Float64() * shares
	for i, a := range p.actors {
		if x -= a.Share; x < 0 {
			return i
		}
	}
	return len(p.actors) - 1
}

// Length is the time from the start to the end of the arrivals, without the drain.
func (p *Plan) Length() time.Duration { return p.Curve.Length() }

// Phase names what the plan does at t: the kind of the phase, "day" outside the phases, "drain" after the end.
func (p *Plan) Phase(t time.Duration) string {
	if t >= p.Length() {
		return "drain"
	}
	from := p.Marks.PhasesFrom
	for _, phase := range p.Scenario.Shape.Phases {
		if t >= from && t < from+phase.Length {
			return string(phase.Kind)
		}
		from += phase.Length
	}
	return "day"
}
