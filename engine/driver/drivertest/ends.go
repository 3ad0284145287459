package drivertest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// An answer that comes before the request was read to its end is the answer.
func earlyAnswer(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		readRequest(c)
		io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nless")
		time.Sleep(100 * time.Millisecond) // it never reads the rest; closing at once would destroy the answer (RFC 9112, 9.6)
	})
	r := &scenarios.Request{Method: "POST", Path: "/", Body: make([]byte, 16<<20)}
	if out := one(t, loop, r); out.Status != 413 || string(out.Body) != "less" {
		t.Errorf("status %d, body %q, %v; want 413 and less", out.Status, out.Body, out.Err)
	}
	if out := one(t, loop, get("/")); out.Status != 413 { // on another connection
		t.Errorf("the next request: status %d, %v; want 413", out.Status, out.Err)
	}
}

// A deadline counts for each request by itself, in whatever order they are.
func deadlinesMixed(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/stall") {
			<-r.Context().Done()
		}
	})
	begin := time.Now()
	patiences := []time.Duration{300, 100, 200, 0, 150, 50, 250, 400}
	for slot, ms := range patiences {
		r := get("/stall")
		if r.Deadline = begin.Add(ms * time.Millisecond); ms == 0 {
			r = get("/")
		}
		loop.Submit(uint64(slot), r)
	}
	var order []time.Duration
	for _, out := range gather(t, loop, len(patiences)) {
		ms := patiences[out.Slot]
		if order = append(order, ms); ms == 0 {
			if out.Status != 200 {
				t.Errorf("without deadline: status %d, %v", out.Status, out.Err)
			}
			continue
		}
		wantFailure(t, out, result.KindTimeout, true)
		if over := out.Done.Sub(begin.Add(ms * time.Millisecond)); over < 0 || over > patience/2 {
			t.Errorf("deadline after %d ms: ended %v past it", ms, over)
		}
	}
	if !slices.IsSorted(order[1:]) || order[0] != 0 {
		t.Errorf("ended in the order %v", order)
	}
}

// A request that ends on its deadline leaves nothing on its connection for the next one.
func afterTimeout(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(500 * time.Millisecond)
		}
		io.WriteString(w, r.URL.Path)
	})
	for range 2 {
		r := get("/slow")
		r.Deadline = time.Now().Add(50 * time.Millisecond)
		wantFailure(t, one(t, loop, r), result.KindTimeout, true)
		if out := one(t, loop, keep("/next")); out.Status != 200 || string(out.Body) != "/next" {
			t.Errorf("status %d, body %q, %v; want 200 and /next", out.Status, out.Body, out.Err)
		}
	}
}

// A peer whose queue of new connections is full does not answer the handshake.
func slowHandshake(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	target := unaccepting(t)
	loop := open(t, newDriver(driver.Options{Target: target}))
	r := get("/")
	r.Deadline = time.Now().Add(100 * time.Millisecond)
	wantFailure(t, one(t, loop, r), result.KindTimeout, false)
}

// What would break the framing is not sent: a value taken from an answer may hold anything.
func breaksFraming(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/good" {
			t.Errorf("a request arrived: %s %s %v", r.Method, r.URL, r.Header)
		}
	})
	for _, r := range []scenarios.Request{
		{Method: "GET", Path: "/", Header: []scenarios.Header{{Name: "X-Token", Value: "a\r\nX-Other: b"}}},
		{Method: "GET", Path: "/", Header: []scenarios.Header{{Name: "X-Token: a\r\nX", Value: "b"}}},
		{Method: "GET /\r\n", Path: "/"},
	} {
		for range 2 { // the second time, too, where a driver keeps what it wrote
			r.Alike = 7
			wantFailure(t, one(t, loop, &r), result.KindRequest, false)
		}
	}
	if out := one(t, loop, get("/good")); out.Status != 200 {
		t.Errorf("the next request: status %d, %v", out.Status, out.Err)
	}
}

func alike(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		io.WriteString(w, r.Method+r.URL.Path+r.Header.Get("X")+string(body))
	})
	requests := []*scenarios.Request{
		{Method: "GET", Path: "/a", Alike: 1, Keep: true},
		{Method: "PUT", Path: "/b", Body: []byte("body"), Alike: 2, Keep: true},
		{Method: "GET", Path: "/c", Header: []scenarios.Header{{Name: "X", Value: "x"}}, Alike: 1 << 31, Keep: true},
		{Method: "GET", Path: "/d", Keep: true},
	}
	for range 3 {
		for i, want := range []string{"GET/a", "PUT/bbody", "GET/cx", "GET/d"} {
			if out := one(t, loop, requests[i]); string(out.Body) != want {
				t.Errorf("arrived %q, want %q", out.Body, want)
			}
		}
	}
}

// closesFiles leaves out the goroutines, which closes counts.
func closesFiles(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	files := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no list of descriptors:", err)
		}
		return len(entries)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stall" {
			io.Copy(io.Discard, r.Body) // else the server does not notice that the client has gone
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	stalls := &scenarios.Request{Method: "POST", Path: "/stall", Body: make([]byte, 8<<20)}
	turn := func() {
		loop, err := newDriver(driver.Options{Target: server.URL}).Open()
		if err != nil {
			t.Fatal(err)
		}
		for slot := range uint64(10) {
			loop.Submit(slot, get("/"))
		}
		gather(t, loop, 10)
		for slot := range uint64(10) {
			loop.Submit(slot, stalls)
			loop.Submit(slot, get("/stall"))
		}
		loop.Wait(time.Now().Add(10 * time.Millisecond))
		if err := loop.Close(); err != nil {
			t.Error(err)
		}
	}
	turn() // what the runtime opens for itself is open now
	before := files()
	for range 3 {
		turn()
	}
	for end := time.Now().Add(patience); files() > before; time.Sleep(10 * time.Millisecond) { // the server closes its own in its time
		if time.Now().After(end) {
			t.Fatalf("%d descriptors before, %d after", before, files())
		}
	}
}

func deadlineBeforeAnswer(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	wantTimeout(t, loop)
}

func deadlineInBody(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "begin")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	wantTimeout(t, loop)
}

func wantTimeout(t *testing.T, loop driver.Loop) {
	t.Helper()
	r := get("/")
	r.Deadline = time.Now().Add(100 * time.Millisecond)
	out := one(t, loop, r)
	wantFailure(t, out, result.KindTimeout, true)
	if over := out.Done.Sub(r.Deadline); over < 0 || over > patience/2 {
		t.Errorf("gave up %v after the deadline", over)
	}
}

func deadlinePassed(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") })
	r := get("/")
	r.Deadline = time.Now().Add(-time.Second)
	wantFailure(t, one(t, loop, r), result.KindTimeout, false)
}
