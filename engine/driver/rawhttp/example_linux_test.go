//go:build amd64 || arm64

package rawhttp_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/rawhttp"
	"github.com/peakday/peakday/scenarios"
)

func Example() {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()

	options := driver.Options{Target: server.URL}
	if err := rawhttp.Supports(options); err != nil {
		log.Fatal(err)
	}
	loop, err := rawhttp.Driver{Options: options}.Open()
	if err != nil {
		log.Fatal(err)
	}
	defer loop.Close()
	request := scenarios.Request{Method: "GET", Path: "/nowhere", Deadline: time.Now().Add(10 * time.Second)}
	loop.Submit(7, &request)
	for _, out := range loop.Wait(time.Now().Add(20 * time.Second)) {
		fmt.Printf("request %d: status %d, %q\n", out.Slot, out.Status, out.Body)
	}
	// Output: request 7: status 404, "404 page not found\n"
}
