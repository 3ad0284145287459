package gateway

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// TimeoutHeader is the request header by which a client says how long the
// answer will be of use, in milliseconds. It can only shorten the guard's own
// deadline: a client that could lengthen it could also own the queue. The guard
// passes on with it what is left of the deadline, also where the client said
// nothing, so that the service can leave work that nobody waits for.
const TimeoutHeader = "X-Request-Timeout-Ms"

// patience is how long the client will wait: its own word, up to the deadline.
func patience(r *http.Request, deadline time.Duration) time.Duration {
	if h := r.Header[TimeoutHeader]; len(h) > 0 {
		if ms, err := strconv.ParseUint(h[0], 10, 31); err == nil {
			return min(time.Duration(ms)*time.Millisecond, deadline)
		}
	}
	return deadline
}

// impatient reports whether the client wants its answer in less than half of the
// time that the route gives. What becomes of such a request is its own doing: by
// asking for answers in no time, one client could open the breaker for everybody.
func (v *visit) impatient() bool { return v.Deadline.Sub(v.arrived) < v.op.deadline/2 }

// forgive makes nothing of a failure that the client may have brought about: by
// its impatience, or by a body that it sent so slowly that the deadline was over.
func (v *visit) forgive(o admission.Outcome, now time.Time, away time.Duration) admission.Outcome {
	took := now.Sub(v.arrived)
	if o == admission.Dropped && took-away < v.op.deadline && (v.impatient() || took >= v.op.deadline) {
		return admission.Ignored
	}
	return o
}

// tellDeadline writes what is left at the instant now into TimeoutHeader, and
// reports whether it has. Not if what the client wrote there cannot be read, which
// is for the service to say, nor if the request has no end.
func tellDeadline(r *http.Request, v *visit, now time.Time) bool {
	if endless(r) {
		return false
	}
	if h := r.Header[TimeoutHeader]; len(h) > 0 {
		if _, err := strconv.ParseUint(h[0], 10, 31); err != nil {
			return false
		}
	}
	left := max(1, v.Deadline.Sub(now).Milliseconds())
	r.Header[TimeoutHeader] = []string{strconv.FormatInt(left, 10)}
	return true
}

// endless is true of requests whose answer is not at an end when it has come.
func endless(r *http.Request) bool {
	return asksUpgrade(r) || strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}
