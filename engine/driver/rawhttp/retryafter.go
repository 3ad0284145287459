package rawhttp

import (
	"strconv"
	"time"
)

// longest bounds a Retry-After, against numbers that would wrap around.
const longest = 365 * 24 * time.Hour

// A retryAfter is what a Retry-After field asked for: a pause, or an instant (RFC 9110, section 10.2.3).
// A field that is neither is as if it were not there.
type retryAfter struct {
	has   bool
	pause time.Duration
	until time.Time // zero means that pause says it
}

func readRetryAfter(value []byte) retryAfter {
	if seconds, err := strconv.ParseUint(string(value), 10, 64); err == nil {
		return retryAfter{has: true, pause: time.Duration(min(seconds, uint64(longest/time.Second))) * time.Second}
	}
	for _, form := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} {
		if until, err := time.Parse(form, string(value)); err == nil {
			return retryAfter{has: true, until: until}
		}
	}
	return retryAfter{}
}

// from is the pause that begins at now; an instant in the past is none.
func (r retryAfter) from(now time.Time) time.Duration {
	if r.until.IsZero() {
		return r.pause
	}
	return min(max(r.until.Sub(now), 0), longest)
}
