package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"sort"
	"time"

	"github.com/peakday/peakday/engine/pace"
	"github.com/peakday/peakday/scenarios"
)

// An Arrival is one first attempt.
type Arrival struct {
	Seq    uint64        // from 0; in the open models in the order of Due
	Due    time.Duration // from the start
	Op     string        // of the mix: an operation, or a journey
	Actor  string        // who decides about patience and retries
	Person uint64        // as Request.Person

	op, actor int // indices into the plan's lists
}

// Arrivals yields every first attempt in the order of due. It ends with the error of a request that cannot be made. In the
// closed model there are none: the answers decide.
func (p *Plan) Arrivals(yield func(Arrival, error) bool) {
	for next := p.arrivals(0, 1); ; {
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

// person is who asks. Where nothing tells it sooner, the request is made for it.
func (p *Plan) person(a Arrival) (uint64, error) {
	if quick, ok := p.Requests.(interface{ Person(seq uint64) uint64 }); ok {
		return quick.Person(a.Seq), nil
	}
	if p.sessions != nil {
		return a.Seq, nil // the persons of sessions have no other names
	}
	r, err := p.Requests.At(a.Seq, a.Op)
	return r.Person, err
}

// arrivals gives the first attempts with seq mod of = index one by one, without their persons. The others are walked over:
// what an arrival is depends on those before it, and walking is cheap beside sending.
func (p *Plan) arrivals(index, of int) func() (Arrival, bool) {
	if p.Scenario.Users > 0 {
		return func() (Arrival, bool) { return Arrival{}, false }
	}
	schedule := p.schedule()
	mix, actors := stream(p.Scenario.Seed, streamMix), stream(p.Scenario.Seed, streamActors)
	seq := uint64(0)
	skip := func(n int) {
		schedule.Skip(uint64(n))
		for range n {
			mix.Float64()
			actors.Float64()
			seq++
		}
	}
	skip(index)
	return func() (Arrival, bool) {
		due, ok := schedule.Next()
		if !ok {
			return Arrival{}, false
		}
		a := Arrival{Seq: seq, Due: due, op: p.pickOperation(mix.Float64()), actor: p.pickActor(actors.Float64())}
		a.Op, a.Actor = p.operations[a.op].name, p.actors[a.actor].Name
		seq++
		skip(of - 1)
		return a, true
	}
}

func (p *Plan) schedule() *pace.Schedule {
	switch p.Scenario.Arrivals {
	case scenarios.Replay:
		replay, _ := pace.Replay(p.Instants) // NewPlan saw to it that they can be
		return replay
	case scenarios.Poisson:
		return pace.Poisson(p.Curve, stream(p.Scenario.Seed, streamArrivals))
	}
	return pace.Even(p.Curve)
}

// pickOperation is the operation of the mix at u in [0, 1).
func (p *Plan) pickOperation(u float64) int {
	last := len(p.operations) - 1
	x := u * p.operations[last].upTo
	return min(last, sort.Search(last, func(i int) bool { return x < p.operations[i].upTo }))
}

// pickActor is the actor at u in [0, 1).
func (p *Plan) pickActor(u float64) int {
	shares := 0.0
	for _, a := range p.actors {
		shares += a.Share
	}
	x := u * shares
	for i, a := range p.actors {
		if x -= a.Share; x < 0 {
			return i
		}
	}
	return len(p.actors) - 1
}

// walk goes through the whole plan for its count, its fullest second and its hash.
func (p *Plan) walk(ctx context.Context) error {
	var hash arrivalHash
	second, inSecond := time.Duration(-1), uint64(0)
	for a, err := range p.Arrivals {
		if err != nil {
			return err
		}
		hash.add(&a)
		if s := a.Due / time.Second; s != second {
			second, inSecond = s, 0
			if ctx.Err() != nil { // a plan of hours takes seconds to walk
				return context.Cause(ctx)
			}
		}
		inSecond++
		p.Planned++
		p.Peak = max(p.Peak, inSecond)
	}
	p.Hash = hash.String()
	return nil
}

// An arrivalHash is the sum, modulo 2^256, of the SHA-256 of (seq, due in ns, operation, person) of every arrival. A sum
// does not depend on the order, so loops that each prepare a part of the plan can add theirs up. A plan is hashed when it
// is made and again as a run prepares it: runs with the same hash were offered the same. It finds mistakes; it is no proof
// against somebody who makes up arrivals to fit.
type arrivalHash struct {
	sum    [4]uint64 // least first
	record []byte
}

func (h *arrivalHash) add(a *Arrival) {
	r := binary.LittleEndian.AppendUint64(h.record[:0], a.Seq)
	r = binary.LittleEndian.AppendUint64(r, uint64(a.Due))
	r = binary.LittleEndian.AppendUint16(r, uint16(len(a.Op)))
	r = append(r, a.Op...)
	h.record = binary.LittleEndian.AppendUint64(r, a.Person)
	digest := sha256.Sum256(h.record)
	var term arrivalHash
	for i := range term.sum {
		term.sum[i] = binary.LittleEndian.Uint64(digest[8*i:])
	}
	h.merge(&term)
}

func (h *arrivalHash) merge(o *arrivalHash) {
	carry := uint64(0)
	for i := range h.sum {
		h.sum[i], carry = bits.Add64(h.sum[i], o.sum[i], carry)
	}
}

func (h *arrivalHash) String() string {
	var text [32]byte
	for i, word := range h.sum {
		binary.BigEndian.PutUint64(text[24-8*i:], word)
	}
	return hex.EncodeToString(text[:])
}
