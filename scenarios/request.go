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
}

// Requests makes the request of arrival seq for an operation. The same arguments give the same request.
type Requests interface {
	At(seq uint64, op string) (Request, error)
}
