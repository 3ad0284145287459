package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/peakday/peakday/sut/gateway"
)

// deadlineKey is where [Deadlines] keeps the instant in the request's context. It is a value and not the context's own
// deadline, since the pool of workers, which makes nobody's patience its own, drops that.
type deadlineKey struct{}

// Deadlines notes for every request that says how long its answer will be of use ([gateway.TimeoutHeader], milliseconds)
// when that time is over, counted from now: put it before everything that a request waits for. A value that cannot be
// read is refused.
func Deadlines(now func() time.Time, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text := r.Header.Get(gateway.TimeoutHeader); text != "" {
			ms, err := strconv.ParseUint(text, 10, 31)
			if err != nil {
				problem(http.StatusBadRequest, "bad-timeout", gateway.TimeoutHeader+": want whole milliseconds").ServeHTTP(w, r)
				return
			}
			due := now().Add(time.Duration(ms) * time.Millisecond)
			r = r.WithContext(context.WithValue(r.Context(), deadlineKey{}, due))
		}
		next.ServeHTTP(w, r)
	})
}

// bound gives the exchange's context its deadline. A request whose time is over is refused before any work is done.
func bound(x *exchange, now time.Time) (end func(), err error) {
	due, ok := x.r.Context().Value(deadlineKey{}).(time.Time)
	if !ok {
		return func() {}, nil
	}
	left := due.Sub(now)
	if left <= 0 {
		return nil, tooLate()
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), left)
	x.r = x.r.WithContext(ctx)
	return cancel, nil
}

func tooLate() *Problem {
	return problem(http.StatusServiceUnavailable, "too-late", "the time in which the answer is of use is over: ask again, with the same Idempotency-Key if there was one")
}
