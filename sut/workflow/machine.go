package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// A State is where a case stands, a word such as "reviewing". States are words of one machine: two machines may share one.
type State string

// An Edge is one lawful step of a machine.
type Edge struct {
	Verb         string // what is done, unique among the edges that leave From
	From, To     State
	Roles        Roles  // who may do it
	FourEyes     bool   // it takes a person who neither made the case nor took an earlier step of it
	Compensation bool   // it undoes what a saga did so far
	Guard        string // what must hold besides, in words; empty: nothing
}

// A Machine is a set of states and the edges between them. It is data: copy it, compare it, draw it.
type Machine struct {
	Name  string
	Start State
	Edges []Edge
}

// Next lists the edges that leave a state. It is empty at an end, and for a word that is no state of the machine.
func (m Machine) Next(from State) []Edge {
	var next []Edge
	for _, e := range m.Edges {
		if e.From == from {
			next = append(next, e)
		}
	}
	return next
}

// Step is the edge between two states, or an [*IllegalEdge].
func (m Machine) Step(from, to State) (Edge, error) {
	for _, e := range m.Edges {
		if e.From == from && e.To == to {
			return e, nil
		}
	}
	illegal := &IllegalEdge{Machine: m.Name, From: from, To: to, Known: slices.Contains(m.States(), from)}
	for _, e := range m.Next(from) {
		illegal.Allowed = append(illegal.Allowed, e.To)
	}
	return Edge{}, illegal
}

// Path is nil where a log of states begins at Start and follows edges. An empty log is one of a case that never was, nil.
func (m Machine) Path(log []State) error { return m.PathFrom(m.Start, log) }

// PathFrom is [Machine.Path] of a log that begins at another state: that of a case which stood there at the opening.
func (m Machine) PathFrom(first State, log []State) error {
	if len(log) == 0 {
		return nil
	}
	if log[0] != first || !slices.Contains(m.States(), first) {
		return fmt.Errorf("%s: the log begins at %q, want %q, a state of the machine", m.Name, log[0], first)
	}
	for i := 1; i < len(log); i++ {
		if _, err := m.Step(log[i-1], log[i]); err != nil {
			return fmt.Errorf("step %d of the log: %w", i, err)
		}
	}
	return nil
}

// States lists the states in the order in which the edges first name them, Start first.
func (m Machine) States() []State {
	states := []State{m.Start}
	for _, e := range m.Edges {
		for _, s := range []State{e.From, e.To} {
			if !slices.Contains(states, s) {
				states = append(states, s)
			}
		}
	}
	return states
}

// Terminal tells a state that no edge leaves. A word that is no state of the machine is none.
func (m Machine) Terminal(s State) bool {
	return len(m.Next(s)) == 0 && slices.Contains(m.States(), s)
}

// An IllegalEdge is a step that a machine does not have.
type IllegalEdge struct {
	Machine  string
	From, To State
	Known    bool    // whether From is a state of the machine
	Allowed  []State // where From may go; empty at an end
}

// Error names what is allowed instead.
func (e *IllegalEdge) Error() string {
	said := fmt.Sprintf("the %s is %s and cannot become %s: ", e.Machine, e.From, e.To)
	switch {
	case !e.Known:
		return said + fmt.Sprintf("%q is no state of it", string(e.From))
	case len(e.Allowed) == 0:
		return said + string(e.From) + " is its end"
	}
	words := make([]string, len(e.Allowed))
	for i, s := range e.Allowed {
		words[i] = string(s)
	}
	return said + "it can become " + strings.Join(words, ", ")
}
