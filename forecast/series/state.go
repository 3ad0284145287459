package series

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A State is what the value of a bin is worth. The zero value is Value.
type State uint8

const (
	Value     State = iota // what came in the bin
	Missing                // nobody counted: the value is NaN
	Outage                 // the service was down: what would have come is not known, the value is NaN
	Throttled              // some were refused or slowed: the value is a lower bound of the demand
)

// states are the names, in the order of the constants.
func states() []string { return []string{"value", "missing", "outage", "throttled"} }

func (s State) String() string {
	if int(s) < len(states()) {
		return states()[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// ParseState reads the name of a state, in any case.
func ParseState(text string) (State, error) {
	if i := slices.Index(states(), strings.ToLower(text)); i >= 0 {
		return State(i), nil
	}
	return Value, fmt.Errorf("state %q: want one of %s", text, strings.Join(states(), ", "))
}

// State is the state of bin i. The value has the last word, so that no number
// is ever a hole and no hole a number: NaN is an Outage if marked so and else
// Missing; a number is Throttled if marked so and else a Value.
func (s Series) State(i int) State {
	marked := Value
	if s.States != nil {
		marked = s.States[i]
	}
	switch hole := math.IsNaN(s.Values[i]); {
	case hole && marked == Outage, !hole && marked == Throttled:
		return marked
	case hole:
		return Missing
	}
	return Value
}

// Count is the number of bins in a state.
func (s Series) Count(state State) int {
	n := 0
	for i := range s.Values {
		if s.State(i) == state {
			n++
		}
	}
	return n
}

// Mark gives the bins that overlap the time from from up to to a state and
// tells how many there are. What was counted in an outage, or in a time marked
// missing, is not what would have come and becomes NaN; a bin that nobody
// counted has no lower bound and stays a hole when marked throttled. It writes
// into Values.
func (s *Series) Mark(from, to time.Time, state State) int {
	n := 0
	for i := range s.Values {
		if !s.At(i).Before(to) || !s.At(i+1).After(from) {
			continue
		}
		n++
		if state == Value && s.States == nil {
			continue
		}
		if s.States == nil {
			s.States = make([]State, len(s.Values))
		}
		s.States[i] = state
		if state == Missing || state == Outage {
			s.Values[i] = math.NaN()
		}
	}
	return n
}

// Observed is what is known of the demand from bin from up to bin to, a copy. A
// throttled bin is NaN there: its value is a lower bound, and no forecast is wrong
// for being above it.
func (s Series) Observed(from, to int) []float64 {
	values := slices.Clone(s.Values[from:to])
	for i := range values {
		if s.State(from+i) != Value {
			values[i] = math.NaN()
		}
	}
	return values
}
