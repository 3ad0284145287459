package gateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
)

// One address may have two requests here; its third gets 429 at once, another address is served, and places come back.
func TestAClientBeyondItsOwnLimitGets429(t *testing.T) {
	g, err := New(Config{PerClient: 2})
	if err != nil {
		t.Fatal(err)
	}
	inside, release := make(chan bool), make(chan bool)
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside <- true; <-release }))
	ask := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	var served sync.WaitGroup
	enter := func(address string) {
		served.Go(func() {
			if w := ask(address); w.Code != http.StatusOK {
				t.Errorf("%s got %d, want to be served", address, w.Code)
			}
		})
		<-inside
	}
	enter("192.0.2.1:1001")
	enter("192.0.2.1:1002")
	enter("192.0.2.2:1001")

	w := ask("192.0.2.1:1003")
	var problem struct {
		Status int    `json:"status"`
		Reason string `json:"reason"`
		After  int    `json:"retry_after_s"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusTooManyRequests || problem.Status != w.Code || problem.Reason != "client_limit" ||
		problem.After < 1 || w.Header().Get("Retry-After") != strconv.Itoa(problem.After) {
		t.Errorf("the third request of a client got %d, Retry-After %q, %+v", w.Code, w.Header().Get("Retry-After"), problem)
	}

	close(release)
	served.Wait()
	if len(g.clients.here) != 0 || g.State().InFlight != 0 {
		t.Errorf("places not given back: clients %v, in flight %d", g.clients.here, g.State().InFlight)
	}
	if _, err := New(Config{PerClient: -1}); err == nil {
		t.Error("a negative limit was taken")
	}
}
