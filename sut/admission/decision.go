package admission

import "time"

// Reason says why a request was let in, made to wait or refused.
type Reason uint8

const (
	Admitted    Reason = iota // goes to the backend now
	Queued                    // waits; the verdict comes through Entry.Answer
	Limit                     // the limit is reached and no wait could fit in the deadline
	QueueFull                 // the limit is reached and the queue is at its bound
	Deadline                  // the wait and the service would end after the deadline
	Outranked                 // was waiting, and a higher class took the place
	ClientGone                // was waiting, and the client left
	ClientLimit               // this client has as many requests here as it may
	Reasons     = 8           // how many reasons there are
)

var reasonNames = [Reasons]string{"admitted", "queued", "limit", "queue_full", "deadline", "outranked", "client_gone", "client_limit"}

// String is the name in metrics, headers and reports, lower snake case.
func (r Reason) String() string { return reasonNames[r] }

// A Decision is the guard's answer to one request.
type Decision struct {
	Reason Reason
	// Wait is the time spent in the queue; for Queued, the longest that
	// waiting can still pay: after it the caller should Leave with Deadline.
	Wait time.Duration
	// RetryAfter is when a refused client may come back: whole seconds, at
	// least one, different from client to client. Zero if not refused.
	RetryAfter time.Duration
}

// Refused reports whether the request was turned away.
func (d Decision) Refused() bool { return d.Reason > Queued }
