package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/peakday/peakday/engine/pace"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
)

// A Plan is every first attempt of a run, made up again from scenario and seed each time it is walked. Variants that run
// the same plan see the same arrivals.
type Plan struct {
	Scenario scenarios.Scenario
	Curve    pace.Curve         // the offered load: arrivals per second, in the closed model users
	Marks    profile.Marks      // where phases and hold lie in it
	Requests scenarios.Requests // makes the request of an arrival
	Instants []time.Duration    // of replayed arrivals
	Planned  uint64             // arrivals in all; 0 in the closed model, where the service decides how many there are
	Peak     uint64             // arrivals in the fullest second
	Hash     string             // of (seq, due in ns, operation, person) of every arrival, hex; empty in the closed model

	operations []operation
	names      []string // of all requests, those of journeys included
	actors     []scenarios.Actor
	sessions   scenarios.Sessions // Requests, where it has journeys
}

// An operation is an entry of the mix: a request, or a journey of them.
type operation struct {
	op
	journey bool
	upTo    float64 // sum of the shares up to this one
}

// Model names who decides when a request is sent: the plan, the answers, or for the later steps of sessions both
// (Schroeder, Wierman, Harchol-Balter, NSDI 2006).
func (p *Plan) Model() result.Model {
	if p.Scenario.Users > 0 {
		return result.Closed
	}
	for _, j := range p.Scenario.Journeys {
		if len(j.Steps) > 1 && slices.ContainsFunc(p.operations, func(o operation) bool { return o.name == j.Name }) {
			return result.PartlyOpen
		}
	}
	return result.Open
}

// Streams of chance, one a purpose: changing how one is used leaves the others' draws alone.
const (
	streamArrivals = iota + 1
	streamMix
	streamActors
	streamRetries
	streamThink
)

func stream(seed, purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, purpose)) }

// NewPlan walks the whole plan once, without sending, for its count and hash. The scenario must be valid, with its
// forecast filled in and every operation of its mix known to requests, which is asked once for each. Requests may be
// scenarios.Sessions, and may have a method Person(seq uint64) uint64, so that walking needs not make every request.
// Instants are those of replayed arrivals, in order and from 0 on.
func NewPlan(ctx context.Context, s scenarios.Scenario, requests scenarios.Requests, instants ...time.Duration) (*Plan, error) {
	curve, marks, err := profile.Of(s.Shape)
	if err != nil {
		return nil, fmt.Errorf("planning %s: %w", s.Name, err)
	}
	p := &Plan{Scenario: s, Curve: curve, Marks: marks, Requests: requests, Instants: instants, actors: s.Actors}
	p.sessions, _ = requests.(scenarios.Sessions)
	if len(p.actors) == 0 {
		p.actors = []scenarios.Actor{{Name: "anyone", Share: 1}}
	}
	if err := p.mix(); err != nil {
		return nil, fmt.Errorf("planning %s: %w", s.Name, err)
	}
	if s.Users > 0 {
		p.Scenario.MaxInFlight = max(s.MaxInFlight, p.maxUsers()) // a user without a place would be one user less
		return p, nil
	}
	if s.Arrivals == scenarios.Replay {
		if _, err := pace.Replay(instants); err != nil {
			return nil, fmt.Errorf("planning %s: %w", s.Name, err)
		}
	}
	if err := p.walk(ctx); err != nil {
		return nil, fmt.Errorf("planning %s: %w", s.Name, err)
	}
	return p, nil
}

// mix sums up the shares and asks for one request of each operation.
func (p *Plan) mix() error {
	s := &p.Scenario
	sum := 0.0
	for _, w := range s.Mix {
		class, err := p.class(w.Op)
		if err != nil {
			return fmt.Errorf("a request for %s: %w", w.Op, err)
		}
		sum += w.Share
		journey := slices.ContainsFunc(s.Journeys, func(j scenarios.Journey) bool { return j.Name == w.Op })
		p.operations = append(p.operations, operation{op{name: w.Op, class: cmp.Or(class, "P2")}, journey, sum})
		p.names = append(p.names, w.Op)
	}
	if sum <= 0 {
		return errors.New("the mix holds no operation; give at least one a share above 0")
	}
	for _, r := range s.Requests {
		p.names = append(p.names, r.Op)
	}
	slices.Sort(p.names)
	p.names = slices.Compact(p.names)
	for i := range p.operations {
		n, _ := slices.BinarySearch(p.names, p.operations[i].name)
		p.operations[i].number = uint16(n)
	}
	return nil
}

// class is that of an operation of the mix. The steps of a journey have their own; a session cannot be asked before the
// setup has run.
func (p *Plan) class(name string) (string, error) {
	s := &p.Scenario
	if i := slices.IndexFunc(s.Requests, func(r scenarios.Literal) bool { return r.Op == name }); i >= 0 {
		return s.Requests[i].Class, nil
	}
	if slices.ContainsFunc(s.Journeys, func(j scenarios.Journey) bool { return j.Name == name }) {
		return "", nil
	}
	r, err := p.Requests.At(0, name)
	return r.Class, err
}

// Operations names every request that the plan may send, and its journeys, in the order in which the result log numbers
// them.
func (p *Plan) Operations() []string { return p.names }

// maxUsers is the most users of the closed model at a time; 0 in the open ones.
func (p *Plan) maxUsers() int {
	if p.Scenario.Users == 0 {
		return 0
	}
	return int(math.Round(p.Marks.PeakRate))
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
