package admission

// Class is how much a request matters. When not all can be served, P3 is shed
// first and P0 last. A class comes from the route, never from the client:
// a priority that a client may choose is soon the highest for everybody.
type Class uint8

const (
	P0      Class = iota // must go on: the payment that is due today
	P1                   // a person waits for it: the settlement of a claim
	P2                   // the usual; also what an unknown route gets
	P3                   // can come back later: an estimate, a policy text
	Classes = 4          // how many classes there are
)

// String is the name in metrics, headers and reports: "P0" to "P3".
func (c Class) String() string { return "P" + string('0'+rune(c)) }
