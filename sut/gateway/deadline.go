package gateway

import (
	"context"
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

type deadlineKey struct{}

// tellDeadline writes what is left into TimeoutHeader, unless what the client
// wrote there cannot be read: that is for the service to say. A request without
// an end gets no deadline.
func tellDeadline(r *http.Request, v *visit, now time.Time) *http.Request {
	if endless(r) {
		return r
	}
	if h := r.Header[TimeoutHeader]; len(h) > 0 {
		if _, err := strconv.ParseUint(h[0], 10, 31); err != nil {
			return r
		}
	}
	left := max(1, v.Deadline.Sub(now).Milliseconds())
	r.Header[TimeoutHeader] = []string{strconv.FormatInt(left, 10)}
	return r.WithContext(context.WithValue(r.Context(), deadlineKey{}, v.Deadline))
}

// endless is true of requests whose answer is not at an end when it has come.
func endless(r *http.Request) bool {
	return asksUpgrade(r) || strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// inTime gives the context of a request its deadline.
func inTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if due, ok := r.Context().Value(deadlineKey{}).(time.Time); ok {
			ctx, cancel := context.WithDeadline(r.Context(), due)
			defer cancel()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}
