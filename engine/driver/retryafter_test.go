package driver

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRetryAfterIsANumberOrADate(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for field, want := range map[string]time.Duration{"": -1, "soon": -1, "-3": -1, "1.5": -1, "0": 0, " 3 ": 3 * time.Second,
		"99999999999999999999": -1, "9999999999999999999": longest, "Thu, 01 Jan 2026 00:00:09 GMT": 9 * time.Second} {
		r := ReadRetryAfter(field)
		if got := r.From(now); r.Has != (want >= 0) || r.Has && got != want {
			t.Errorf("%q: %v, %v; want %v", field, got, r.Has, want)
		}
	}
}

// Whatever a server writes there, the pause is neither negative nor beyond the bound, and a date is what net/http takes
// for it.
func FuzzRetryAfter(f *testing.F) {
	for _, field := range []string{"", "120", "-1", "9999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"} {
		f.Add(field)
	}
	f.Fuzz(func(t *testing.T, field string) {
		r := ReadRetryAfter(field)
		pause := r.From(time.Unix(0, 0))
		if pause < 0 || pause > longest || !r.Has && pause != 0 {
			t.Errorf("%q: %v, %v", field, pause, r.Has)
		}
		date, err := http.ParseTime(strings.Trim(field, " \t"))
		if err == nil != !r.until.IsZero() || err == nil && !date.Equal(r.until) {
			t.Errorf("%q is %v, net/http takes it for %v, %v", field, r.until, date, err)
		}
	})
}
