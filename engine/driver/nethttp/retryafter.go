package nethttp

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest bounds a Retry-After, against numbers that would wrap around.
const longest = 365 * 24 * time.Hour

// retryAfter reads a Retry-After field, seconds or an HTTP date (RFC 9110, section 10.2.3). A date in the past is zero;
// what is neither is as if it were not there.
func retryAfter(field string, now time.Time) (pause time.Duration, ok bool) {
	if field == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(strings.TrimSpace(field), 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(longest/time.Second))) * time.Second, true
	}
	date, err := http.ParseTime(field)
	if err != nil {
		return 0, false
	}
	return min(max(date.Sub(now), 0), longest), true
}
