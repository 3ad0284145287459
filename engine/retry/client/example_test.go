package client_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/peakday/peakday/engine/retry/client"
	"github.com/peakday/peakday/scenarios"
)

func Example() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		attempt := r.Header.Get("Guard-Attempt")
		if attempt != "3" {
			fmt.Printf("attempt %q is refused\n", attempt)
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, "the case is open")
	}))
	defer service.Close()

	c := &http.Client{Timeout: 10 * time.Second, Transport: &client.Transport{
		Retry: scenarios.Retry{Attempts: 3, Delay: time.Millisecond, Jitter: 1, Budget: 0.1}, // or none, for the usual
	}}
	resp, err := c.Get(service.URL + "/v1/benefits/BC-7-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body))
	// Output:
	// attempt "" is refused
	// attempt "2" is refused
	// 200 the case is open
}
