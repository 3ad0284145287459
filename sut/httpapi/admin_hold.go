package httpapi

import (
	"net/http"
	"time"
)

// maxHold is the longest that a worker may be held, in seconds: longer than any client waits.
const maxHold = 300

// hold makes the service slower or faster while it runs, as a database that falls ill does: {"seconds": 2}.
func (a Admin) hold(x *exchange) error {
	var want struct {
		Seconds float64 `json:"seconds"`
	}
	if _, err := x.readInto(&want); err != nil {
		return err
	}
	if !(want.Seconds >= 0 && want.Seconds <= maxHold) {
		return problem(http.StatusBadRequest, "bad-hold", "seconds: want 0 to 300, such as 0.8")
	}
	a.Hold(time.Duration(want.Seconds * float64(time.Second)))
	if err := a.audit(x.r.Context(), "admin.hold", "service"); err != nil {
		return err
	}
	return reply(x.w, http.StatusOK, want)
}
