package driver

import (
	"strconv"
	"strings"
	"time"
)

// longest bounds a Retry-After, against numbers that would wrap around.
const longest = 365 * 24 * time.Hour

// A RetryAfter is what a Retry-After field asked for: a pause, or an instant (RFC 9110, section 10.2.3). The zero value
// is that of an answer without the field.
type RetryAfter struct {
	Has   bool
	pause time.Duration
	until time.Time // zero means that pause says it
}

// ReadRetryAfter reads a field. One that is neither a number of seconds nor a date is as if it were not there.
func ReadRetryAfter(field string) RetryAfter {
	field = strings.Trim(field, " \t")
	if seconds, err := strconv.ParseUint(field, 10, 64); err == nil {
		return RetryAfter{Has: true, pause: time.Duration(min(seconds, uint64(longest/time.Second))) * time.Second}
	}
	// The three forms of HTTP dates (section 5.6.7).
	for _, form := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} {
		if until, err := time.Parse(form, field); err == nil {
			return RetryAfter{Has: true, until: until}
		}
	}
	return RetryAfter{}
}

// From is the pause that begins at now, between 0 and a year; an instant in the past is none.
func (r RetryAfter) From(now time.Time) time.Duration {
	if r.until.IsZero() {
		return r.pause
	}
	return min(max(r.until.Sub(now), 0), longest)
}
