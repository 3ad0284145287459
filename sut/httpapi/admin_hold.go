package httpapi

import (
	"context"
	"net/http"
	"time"
)

// maxHold is the longest that a worker may be held, in seconds: longer than any client waits.
const maxHold = 300

// hold makes the service slower or faster while it runs, as a database that falls ill does: {"seconds": 2}.
func (a Admin) hold(w http.ResponseWriter, r *http.Request) {
	var want struct {
		Seconds float64 `json:"seconds"`
	}
	_, err := (&exchange{w: w, r: r}).readInto(&want)
	if err == nil && !(want.Seconds >= 0 && want.Seconds <= maxHold) {
		err = problem(http.StatusBadRequest, "bad-hold", "seconds: want 0 to 300, such as 0.8")
	}
	if p, ok := err.(*Problem); ok {
		p.ServeHTTP(w, r)
		return
	}
	a.does("admin.hold", func(context.Context) (any, error) {
		if err == nil {
			a.Hold(time.Duration(want.Seconds * float64(time.Second)))
		}
		return want, err
	}).ServeHTTP(w, r)
}
