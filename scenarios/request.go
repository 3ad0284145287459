package scenarios

import "time"

// A Request is what a driver sends: complete, with tokens and payload in place.
type Request struct {
	Op       string // operation name, as in the mix
	Class    string // priority class, P0 to P3
	Person   uint64 // who asks: an index into the population
	Method   string
	Path     string // path and query
	Header   []Header
	Body     []byte
	Deadline time.Time // the client stops waiting then; zero means never
	Alike    uint32    // requests of one run with the same number, not 0, have the same bytes: a driver may keep what it wrote
	Keep     bool      // the outcome carries the whole head and body of the answer, whatever its status
}

// Requests makes the request of arrival seq for an operation. The same arguments give the same request.
type Requests interface {
	At(seq uint64, op string) (Request, error)
}

// Sessions are Requests in which some operations of the mix are journeys: several steps, or one whose answer is checked.
// It may be used by several goroutines at once.
type Sessions interface {
	Requests
	// Begin starts the journey op for arrival seq; nil means that op is a single request, which At makes.
	// The same arguments give a session that asks the same and thinks as long.
	Begin(seq uint64, op string) (Session, error)
	// Setup and Teardown are run once, before the first arrival and after the last; nil means none.
	// What Setup extracts is known to every session that begins after it.
	Setup() Session
	Teardown() Session
}

// A Session is one person on the way through a journey. One goroutine owns it at a time.
type Session interface {
	// Request writes the request of the step at hand into r, over whatever stands there; once more for a retry.
	// Its error means that a value may not stand where it should, such as a line break in a header: the step has failed.
	Request(r *Request) error
	// Answer judges the answer to it and takes from it what later steps need. failed is the name of the first check that
	// did not hold, empty when all did; judged says that a check looked at the status, which decides about an answer that is
	// not 2xx. It keeps nothing of a after it returns.
	Answer(a Answer) (failed string, judged bool)
	// Next moves on: the pause before the next step, and whether there is one. A step whose last answer failed, or that got
	// none, was the last. elapsed is the time since the journey began; where nothing more comes, think is what is left of
	// the journey's pace, for a closed model to wait before the user begins again.
	Next(elapsed time.Duration) (think time.Duration, more bool)
}

// An Answer is what came back for a request: an answer of any status, read to its end.
type Answer struct {
	Status int
	Head   []byte // the header lines, "Name: value\r\n" each, without the status line
	Body   []byte
}
