package selftest

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/scenarios"
)

// A load is what one shot offers.
type load struct {
	rate      float64 // arrivals per second
	length    time.Duration
	arrivals  scenarios.Arrivals
	stallFrom time.Duration // from the first arrival
	stallFor  time.Duration
	inFlight  int           // requests at once; those beyond wait
	precision time.Duration // the engine's
	alike     bool          // requests without numbers: cheaper, and nothing is stamped
}

// timeout is longer than any stall, so that no request fails for one.
const timeout = 5 * time.Second

func (l load) scenario() scenarios.Scenario {
	return scenarios.Scenario{
		Name: "selftest", Seed: 1, Arrivals: l.arrivals,
		Shape:   scenarios.Shape{Base: l.rate, Phases: []scenarios.Phase{{Kind: scenarios.Hold, Length: l.length, To: scenarios.Rate{Value: l.rate}}}},
		Mix:     []scenarios.Weight{{Op: "ask", Share: 1}},
		Timeout: timeout, GoodWithin: timeout, Drain: timeout,
		MaxInFlight: l.inFlight, Overload: scenarios.Overload{Policy: scenarios.Queue, Most: maxWaiting},
	}
}

// maxWaiting is more than arrive during any stall.
const maxWaiting = 4096

// questions ask the reference server: each with its number, or all alike.
type questions struct{ alike bool }

func (q questions) Person(seq uint64) uint64 { return seq }

// At is the request of an arrival.
func (q questions) At(seq uint64, op string) (scenarios.Request, error) {
	r := scenarios.Request{Op: op, Class: "P2", Person: seq, Method: "GET", Path: "/"}
	if q.alike {
		r.Alike = 1
	} else {
		r.Path = "/?n=" + strconv.FormatUint(seq, 10)
	}
	return r, nil
}

// A shot is one plan sent through one driver, as three clocks saw it: the plan's, the tool's and the server's.
type shot struct {
	plan *engine.Plan
	run  *result.Run
	seen []instants // by sequence; empty where the requests were alike
	record
}

// instants of one request, since boot; 0 where there is none.
type instants struct{ due, sent, arrived time.Duration }

// shoot sends a load through a driver to the reference server.
func (r *reference) shoot(ctx context.Context, l load, d driver.Driver) (*shot, error) {
	plan, err := engine.NewPlan(ctx, l.scenario(), questions{l.alike})
	if err != nil {
		return nil, err
	}
	limits, err := engine.ReadLimits()
	if err != nil {
		return nil, err
	}
	if err := limits.Fit(plan.Needs()); err != nil {
		return nil, err
	}
	asked := task{Requests: int(plan.Planned), StallFrom: l.stallFrom, StallFor: l.stallFor}
	s := &shot{plan: plan}
	if l.alike {
		asked.Requests = 0
	} else {
		s.seen = make([]instants, plan.Planned)
		d = witness{d, newClock(), s.seen}
	}
	if _, err := r.begin(asked); err != nil {
		return nil, err
	}
	var log ticks
	end, err := engine.Engine{Driver: d, Loops: drill.Loops(plan.Peak, runtime.NumCPU()), Precision: l.precision, Log: &log}.Run(ctx, plan)
	if err != nil {
		return nil, err
	}
	if end.Interrupted {
		return nil, fmt.Errorf("the self-test was stopped: %w", context.Cause(ctx))
	}
	s.run = result.NewRun(result.Header{Planned: plan.Planned}, log, end)
	if s.record, err = r.begin(task{}); err != nil {
		return nil, err
	}
	if by := s.ClockBy.Abs(); by > sentApart/10 {
		return nil, fmt.Errorf("the wall clock was set by %v, and the kernel stamps what comes in with it; test again", s.ClockBy)
	}
	for i, at := range s.record.Arrived {
		s.seen[i].arrived = at
	}
	return s, nil
}

// ticks keep the seconds of a run.
type ticks []result.Tick

// Tick keeps one.
func (t *ticks) Tick(tick result.Tick) error {
	*t = append(*t, tick)
	return nil
}

// A witness is a driver that notes what the one under it says. Loops write to different elements of seen.
type witness struct {
	driver.Driver
	clock clock
	seen  []instants
}

// Open starts a loop that notes.
func (w witness) Open() (driver.Loop, error) {
	l, err := w.Driver.Open()
	return &witnessLoop{Loop: l, notes: w}, err
}

type witnessLoop struct {
	driver.Loop
	notes witness
	seq   []uint64 // by slot
}

// Submit notes when the request is due: the engine sets its deadline a timeout later.
func (l *witnessLoop) Submit(slot uint64, r *scenarios.Request) {
	for uint64(len(l.seq)) <= slot {
		l.seq = append(l.seq, 0)
	}
	l.seq[slot] = r.Person
	l.notes.seen[r.Person].due = l.notes.clock.at(r.Deadline) - timeout
	l.Loop.Submit(slot, r)
}

// Wait notes when requests were sent.
func (l *witnessLoop) Wait(until time.Time) []driver.Outcome {
	outcomes := l.Loop.Wait(until)
	for i := range outcomes {
		if o := &outcomes[i]; !o.Sent.IsZero() {
			l.notes.seen[l.seq[o.Slot]].sent = l.notes.clock.at(o.Sent)
		}
	}
	return outcomes
}
