package nethttp

import (
	"net/http"
	"net/http/httptest"
	"testing"

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
