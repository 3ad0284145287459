package journey

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// A Program makes the requests of a scenario and takes its sessions through their journeys. It is [scenarios.Sessions].
// It does not change once compiled, but for what setup extracts; several goroutines may use it at once.
type Program struct {
	seed     uint64
	code     []instruction
	entries  map[string]*entry // by the name in the mix
	setup    *entry            // nil without setup
	teardown *entry
	given    atomic.Pointer[values] // what setup extracted; nil before it has ended well
	slots    int                    // of the values of a session
	jar      int                    // the slot of the cookies; -1 without cookies
	unique   []*rows                // feeders whose rows are given out once
	secrets  []string
}

// An entry is where sessions of one kind begin.
type entry struct {
	name  string
	plain *scenarios.Request // of a request that is no session; nil for one that is
	pc    int
	pace  time.Duration
	room  atomic.Uint32 // bytes that the variables of a session have needed so far
}

var _ scenarios.Sessions = (*Program)(nil)

// Compile makes the program of a valid scenario. The seed is that of the run; getenv is os.LookupEnv outside tests; open
// opens the file of a feeder as the scenario names it, and Compile closes it. The error joins everything that is wrong.
func Compile(s scenarios.Scenario, seed uint64, getenv func(string) (string, bool), open func(name string) (io.ReadCloser, error)) (*Program, error) {
	c := &compiler{
		scenario: s, getenv: getenv,
		program:  &Program{seed: seed, entries: map[string]*entry{}, jar: -1},
		requests: map[string]*request{}, feeders: map[string]*rows{}, slots: map[string]int{},
	}
	c.variables()
	c.readFeeders(open)
	for i, l := range s.Requests {
		c.requests[l.Op] = c.request(fmt.Sprintf("requests[%d]", i), l, uint32(i+1))
	}
	for i, j := range s.Journeys {
		c.program.entries[j.Name] = &entry{name: j.Name, pc: c.compile(fmt.Sprintf("journeys[%d].steps", i), j.Steps), pace: j.Pace}
	}
	for _, l := range s.Requests {
		c.program.entries[l.Op] = c.single(l.Op)
	}
	c.program.setup = c.once("setup", s.Setup)
	c.program.teardown = c.once("teardown", s.Teardown)
	if c.missing != nil {
		slices.Sort(c.missing)
		c.errs = append(c.errs, fmt.Errorf("the scenario needs %s from the environment; set them and run again", strings.Join(slices.Compact(c.missing), ", ")))
	}
	return c.program, errors.Join(c.errs...)
}

// At is the request of an operation that is the same for every arrival; each arrival is a person of its own. One that is a
// session is an error.
func (p *Program) At(seq uint64, op string) (scenarios.Request, error) {
	e := p.entries[op]
	switch {
	case e == nil:
		return scenarios.Request{}, fmt.Errorf("found no request or journey named %s in the scenario", op)
	case e.plain == nil:
		return scenarios.Request{}, fmt.Errorf("found a session, %s, want a single request; begin the session", op)
	}
	r := *e.plain
	r.Person = seq
	return r, nil
}

// Begin starts a journey, or a request that has variables, checks or extractions, which is a journey of one step.
func (p *Program) Begin(seq uint64, op string) (scenarios.Session, error) {
	e := p.entries[op]
	if e == nil {
		return nil, fmt.Errorf("found no request or journey named %s in the scenario", op)
	}
	if e.plain != nil {
		return nil, nil
	}
	if err := p.Check(seq + 1); err != nil {
		return nil, err
	}
	given := p.given.Load()
	if given == nil && p.setup != nil {
		return nil, fmt.Errorf("%s: found no end of setup, want setup to end well before the first session", op)
	}
	return p.begin(e, seq, given), nil
}

// Setup is a session over the steps of setup; nil without any.
func (p *Program) Setup() scenarios.Session {
	if p.setup == nil {
		return nil
	}
	return p.begin(p.setup, 0, nil)
}

// Teardown is a session over the steps of teardown, which knows what setup extracted; nil without any.
func (p *Program) Teardown() scenarios.Session {
	if p.teardown == nil {
		return nil
	}
	return p.begin(p.teardown, 0, p.given.Load())
}

// Secrets are the values that came from the environment, in every form in which requests hold them, to be kept out of
// results.
func (p *Program) Secrets() []string { return p.secrets }

// Check refuses a plan of more arrivals than a feeder has rows, where each may be given out once.
func (p *Program) Check(planned uint64) error {
	for _, r := range p.unique {
		if planned > uint64(r.count) {
			return fmt.Errorf("%s: found %d rows for %d arrivals, and feeder %s gives each row out once; add rows, or take order: sequential or random", r.file, r.count, planned, r.name)
		}
	}
	return nil
}
