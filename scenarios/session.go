package scenarios

import "time"

// A Journey is what one person does in a visit: steps, one after the other. A mix names journeys as it names operations.
type Journey struct {
	Name  string
	Steps []Step
	Pace  time.Duration // closed model: a user begins it at most once in this time; 0 means no limit
}

// A Step is one of: a request, a pause, a branch. Exactly one of its fields is set.
type Step struct {
	Request string   // the op of a Literal
	Think   Think    // a pause
	Branch  []Branch // one of these, by weight
}

// A Branch is one way to go on.
type Branch struct {
	Share float64 // > 0, relative to the other branches
	Steps []Step  // none: go on after the branch
}

// A Think is a pause drawn evenly between Least and Most; both 0 means none.
type Think struct{ Least, Most time.Duration }

// An Extract gives a name to a part of an answer.
type Extract struct {
	Name string // of the variable, lower case
	From string // where it stands, see Pick
}

// A Feeder is a file of rows, each for one session: ${name.column} in a template is a field of its row.
type Feeder struct {
	Name  string
	File  string // .csv with a header line, or .jsonl with one object a line
	Order Order  // empty means Sequential
}

// Order is how sessions get rows.
type Order string

// The orders of a feeder.
const (
	Sequential Order = "sequential" // row after row, from the start again after the last
	Random     Order = "random"     // any row, drawn with the run's seed
	Unique     Order = "unique"     // each row once; a plan with more sessions than rows is refused
)

// An Overload is what becomes of an arrival when MaxInFlight requests are in flight.
type Overload struct {
	Policy OverloadPolicy // empty: as the scenario has it, there Drop
	Most   int            // Queue: arrivals that wait at most; Spawn: requests in flight at most
	Late   time.Duration  // LateBy: how long an arrival waits at most
}

// OverloadPolicy names what is done.
type OverloadPolicy string

// The policies. A queued arrival that finds no place until its client would have given up is dropped as well.
const (
	Drop   OverloadPolicy = "drop"  // it is not sent
	Queue  OverloadPolicy = "queue" // it waits with at most Most others, else it is dropped
	LateBy OverloadPolicy = "late"  // it waits for at most Late, then it is dropped
	Spawn  OverloadPolicy = "spawn" // it is sent beyond MaxInFlight, up to Most in flight
)

// An AbortRule is a budget that must hold over every window of its own length while requests are sent:
// "failed <= 50% over 2s".
type AbortRule struct {
	Budget Budget
	Over   time.Duration // in steps of 100 ms, > 0
}
