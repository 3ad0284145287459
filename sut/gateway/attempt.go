package gateway

import (
	"net/http"
	"strconv"
)

// AttemptHeader is the request header by which a client says, from the second
// attempt on, how many times it has sent this request. It is counted, and moves
// nobody forward or back: a lie must not pay.
const AttemptHeader = "Guard-Attempt"

func isRetry(r *http.Request) bool {
	h := r.Header[AttemptHeader]
	if len(h) == 0 {
		return false
	}
	n, err := strconv.ParseUint(h[0], 10, 31)
	return err == nil && n > 1
}
