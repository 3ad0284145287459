package nethttp

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/drivertest"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, func(o driver.Options) driver.Driver { return Driver{o} })
}

func TestPathOfTheTargetGoesFirst(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got = r.RequestURI }))
	defer server.Close()
	one(t, opened(t, driver.Options{Target: server.URL + "/base/"}), get("/x?y=z"))
	if got != "/base/x?y=z" {
		t.Errorf("asked for %q, want /base/x?y=z", got)
	}
}

func TestOpenRefusesWhatIsNoTarget(t *testing.T) {
	for _, target := range []string{"", "127.0.0.1:80", "ftp://127.0.0.1", "http://", "://"} {
		if _, err := (Driver{driver.Options{Target: target}}).Open(); err == nil {
			t.Errorf("%q was accepted", target)
		}
	}
}

func TestRetryAfterThatIsNeitherNumberNorDate(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for field, want := range map[string]time.Duration{"": -1, "soon": -1, "-3": -1, "1.5": -1, "0": 0, " 3 ": 3 * time.Second,
		"99999999999999999999": -1, "9999999999999999999": longest, "Thu, 01 Jan 2026 00:00:09 GMT": 9 * time.Second} {
		got, ok := retryAfter(field, now)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v, %v; want %v", field, got, ok, want)
		}
	}
}

// Whatever a server writes there, the pause is neither negative nor beyond the bound.
func FuzzRetryAfter(f *testing.F) {
	for _, field := range []string{"", "120", "-1", "9999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"} {
		f.Add(field)
	}
	f.Fuzz(func(t *testing.T, field string) {
		pause, ok := retryAfter(field, time.Unix(0, 0))
		if pause < 0 || pause > longest || !ok && pause != 0 {
			t.Errorf("%q: %v, %v", field, pause, ok)
		}
	})
}
