package nethttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/nethttp"
	"github.com/peakday/peakday/scenarios"
)

// A server redirects to a machine that nobody allowed.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		}
	}))
	defer server.Close()
	loop, err := nethttp.Driver{Options: driver.Options{Target: server.URL, Redirects: 3, Allow: engine.Allow(nil)}}.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer loop.Close()
	for slot, path := range []string{"/", "/away"} {
		loop.Submit(uint64(slot), &scenarios.Request{Method: "GET", Path: path})
		for _, out := range loop.Wait(time.Now().Add(10 * time.Second)) {
			fmt.Println(path, out.Status, out.Kind, out.Err)
		}
	}
	// Output:
	// / 200  <nil>
	// /away 0 dial connecting to 192.0.2.1: 192.0.2.1 is not this machine; if the service is yours to load, allow its host with --allow-target
}
