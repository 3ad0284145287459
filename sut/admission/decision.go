package admission

import "time"

// Reason says why a request was let in, made to wait or refused.
type Reason uint8

const (
	Admitted       Reason = iota // goes to the backend now
	Queued                       // waits; the verdict comes through Entry.Answer
	Limit                        // the limit is reached and no wait could fit in the deadline
	QueueFull                    // the limit is reached and the queue is at its bound
	Deadline                     // the wait and the service would end after the deadline
	Outranked                    // was waiting, and a higher class or a tenant with less here took the place
	ClientGone                   // was waiting, and the client left
	ClientLimit                  // this client has as many requests here as it may
	AboveThreshold               // its Level is above the threshold
	QuotaSpent                   // its subject or tenant has had what it may have
	BreakerOpen                  // the backend fails, and is asked by a few requests only
	InMaintenance                // an announced maintenance window
	OutsideWindow                // not the hours of this subject
	GuardBroken                  // the guard itself has failed, and refuses this class then
	Reasons        = 14          // how many reasons there are
)

var reasonNames = [Reasons]string{
	"admitted", "queued", "limit", "queue_full", "deadline", "outranked", "client_gone", "client_limit",
	"level", "quota", "breaker", "maintenance", "window", "guard",
}

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

// Refusal turns a request away before it came to the guard: because of its
// quota, a breaker, a window of time. RetryAfter is after, rounded up to whole
// seconds, at least one, and then spread by client and lot (any number that
// differs from refusal to refusal), never before after. It needs no lock.
func Refusal(why Reason, after time.Duration, client, lot uint64) Decision {
	return Decision{Reason: why, RetryAfter: spread(int((after+time.Second-1)/time.Second), client, lot)}
}

// Refusal turns away a request that the snapshot Refuses. It may come back
// when those refused lately have been served.
func (s *Snapshot) Refusal(client, lot uint64) Decision {
	return Refusal(AboveThreshold, s.Backlog, client, lot)
}
