package drivertest

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// counter counts the connections of servers.
type counter struct {
	t              *testing.T
	opened, closed atomic.Int32
}

func counted(t *testing.T) *counter { return &counter{t: t} }

// serve returns the base URL of a server that lives as long as the test.
func (c *counter) serve(handle http.HandlerFunc) (target string) {
	c.t.Helper()
	server := httptest.NewUnstartedServer(handle)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			c.opened.Add(1)
		case http.StateClosed:
			c.closed.Add(1)
		}
	}
	server.Start()
	c.t.Cleanup(server.Close)
	return server.URL
}

// until turns the loop until is holds.
func until(t *testing.T, loop driver.Loop, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); {
		if outs := loop.Wait(time.Now().Add(time.Millisecond)); len(outs) > 0 {
			t.Fatalf("an outcome that nobody asked for: %v", outs)
		}
		if time.Now().After(end) {
			t.Fatalf("waited %v in vain: %s", patience, what)
		}
	}
}

func hello(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }

func reuses(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	loop := open(t, newDriver(driver.Options{Target: connections.serve(hello)}))
	for range 300 {
		if out := one(t, loop, get("/")); out.Status != 200 {
			t.Fatalf("status %d, %v", out.Status, out.Err)
		}
	}
	if n := connections.opened.Load(); n != 1 {
		t.Errorf("300 requests, one after the other, took %d connections, want 1", n)
	}
}

func serverCloses(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	loop := open(t, newDriver(driver.Options{Target: connections.serve(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
	})}))
	for range 5 {
		if out := one(t, loop, get("/")); out.Status != 200 {
			t.Fatalf("status %d, %v", out.Status, out.Err)
		}
	}
	if n := connections.opened.Load(); n != 5 {
		t.Errorf("%d connections, want one for each of 5 answers that close", n)
	}
}

func clientCloses(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	loop := open(t, newDriver(driver.Options{Close: true, Target: connections.serve(func(w http.ResponseWriter, r *http.Request) {
		if !r.Close {
			t.Error("the request does not say that the connection closes")
		}
	})}))
	for range 5 {
		if out := one(t, loop, get("/")); out.Status != 200 {
			t.Fatalf("status %d, %v", out.Status, out.Err)
		}
	}
	until(t, loop, "all connections closed", func() bool { return connections.closed.Load() == 5 })
}

func atMostIdle(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	const n, idle = 10, 3
	connections := counted(t)
	var inside atomic.Int32
	all := make(chan struct{})
	loop := open(t, newDriver(driver.Options{Idle: idle, Target: connections.serve(func(http.ResponseWriter, *http.Request) {
		if inside.Add(1) == n {
			close(all)
		}
		<-all
	})}))
	for slot := range uint64(n) {
		loop.Submit(slot, get("/"))
	}
	gather(t, loop, n)
	until(t, loop, "connections beyond Idle closed", func() bool { return connections.closed.Load() == n-idle })
}

func idleFor(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	loop := open(t, newDriver(driver.Options{IdleFor: 20 * time.Millisecond, Target: connections.serve(hello)}))
	if out := one(t, loop, get("/")); out.Status != 200 {
		t.Fatalf("status %d, %v", out.Status, out.Err)
	}
	until(t, loop, "the idle connection closed", func() bool { return connections.closed.Load() == 1 })
	if out := one(t, loop, get("/")); out.Status != 200 {
		t.Errorf("after it closed: status %d, %v", out.Status, out.Err)
	}
}

func warms(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	const n = 100
	connections := counted(t)
	var inside atomic.Int32
	all := make(chan struct{})
	loop := open(t, newDriver(driver.Options{Target: connections.serve(func(http.ResponseWriter, *http.Request) {
		if inside.Add(1) == n {
			close(all)
		}
		<-all
	})}))
	warmer, ok := loop.(driver.Warmer)
	if !ok {
		t.Skip("the loop is no driver.Warmer")
	}
	if warm, err := warmer.Warm(n, time.Now().Add(patience)); warm != n || err != nil {
		t.Fatalf("%d warm, %v; want %d", warm, err, n)
	}
	if warm, err := warmer.Warm(n/2, time.Now().Add(patience)); warm < n/2 || err != nil {
		t.Errorf("warming fewer than are warm: %d, %v; want at least %d", warm, err, n/2)
	}
	for slot := range uint64(n) {
		loop.Submit(slot, get("/"))
	}
	gather(t, loop, n)
	if opened := connections.opened.Load(); opened != n {
		t.Errorf("%d connections for %d requests on as many warm ones", opened, n)
	}
}

func warmRefused(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	gone := httptest.NewServer(nil)
	gone.Close()
	loop := open(t, newDriver(driver.Options{Target: gone.URL}))
	warmer, ok := loop.(driver.Warmer)
	if !ok {
		t.Skip("the loop is no driver.Warmer")
	}
	if warm, err := warmer.Warm(10, time.Now().Add(patience)); warm != 0 || err == nil {
		t.Errorf("%d warm, error %v; want none and the refusal", warm, err)
	}
}

func allows(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	target := connections.serve(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })
	errNot := errors.New("not this one")
	var asked atomic.Int32
	loop := open(t, newDriver(driver.Options{Target: target, Allow: func(a netip.Addr) error {
		if !a.IsLoopback() || !a.Is4() {
			t.Errorf("asked about %v, want 127.0.0.1", a)
		}
		if asked.Add(1) == 1 {
			return nil
		}
		return errNot
	}}))
	if out := one(t, loop, get("/")); out.Status != 200 {
		t.Fatalf("allowed: status %d, %v", out.Status, out.Err)
	}
	out := one(t, loop, get("/")) // the first connection is gone
	if wantFailure(t, out, result.KindDial, false); !errors.Is(out.Err, errNot) {
		t.Errorf("error %v, want that of Allow", out.Err)
	}
	if n := connections.opened.Load(); n != 1 {
		t.Errorf("%d connections, want 1: the second was not allowed", n)
	}
}

func connectsElsewhere(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	var host atomic.Value
	target := counted(t).serve(func(_ http.ResponseWriter, r *http.Request) { host.Store(r.Host) })
	loop := open(t, newDriver(driver.Options{
		Target:    "http://service.test:8080",
		ConnectTo: map[string]string{"service.test:8080": strings.TrimPrefix(target, "http://")},
	}))
	if out := one(t, loop, get("/")); out.Status != 200 || host.Load() != "service.test:8080" {
		t.Errorf("status %d, %v, asked for host %v; want 200 and service.test:8080", out.Status, out.Err, host.Load())
	}
}

func fromSources(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	sources := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}
	probe, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("127.0.0.2 is no address of this machine:", err)
	}
	probe.Close()
	from := make(chan string, 4)
	loop := open(t, newDriver(driver.Options{Sources: sources, Close: true, Target: counted(t).serve(func(_ http.ResponseWriter, r *http.Request) {
		address, _, _ := net.SplitHostPort(r.RemoteAddr)
		from <- address
	})}))
	seen := map[string]int{}
	for range 4 {
		if out := one(t, loop, get("/")); out.Status != 200 {
			t.Fatalf("status %d, %v", out.Status, out.Err)
		}
		seen[<-from]++
	}
	if seen["127.0.0.1"] != 2 || seen["127.0.0.2"] != 2 {
		t.Errorf("came from %v, want each address twice", seen)
	}
}

// byName is the target by a name that every system knows; the name may have other addresses, at which nobody listens.
func byName(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	for _, dnsFor := range []time.Duration{0, time.Nanosecond, -1} {
		target := strings.Replace(counted(t).serve(hello), "127.0.0.1", "localhost", 1)
		loop := open(t, newDriver(driver.Options{Target: target, DNSFor: dnsFor, Close: true}))
		for range 3 {
			if out := one(t, loop, get("/")); out.Status != 200 {
				t.Errorf("DNS for %v: status %d, %v", dnsFor, out.Status, out.Err)
			}
		}
	}
}

func nameUnknown(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := open(t, newDriver(driver.Options{Target: "http://nowhere.invalid"})) // RFC 6761 keeps it from ever existing
	wantFailure(t, one(t, loop, get("/")), result.KindDial, false)
}

func keepsAll(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	long := strings.Repeat("0123456789", 20_000)
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("X-Two", "a")
		w.Header().Add("X-Two", "b")
		if r.URL.Path == "/bad" {
			w.WriteHeader(http.StatusConflict)
		}
		io.WriteString(w, r.URL.Path+long)
	})
	paths := []string{"/good", "/bad", "/other"}
	requests := make([]*scenarios.Request, len(paths))
	for slot, path := range paths { // at once: each has bytes of its own
		requests[slot] = keep(path)
		loop.Submit(uint64(slot), requests[slot])
	}
	for n := 0; n < len(paths); {
		outs := loop.Wait(time.Now().Add(patience))
		if len(outs) == 0 {
			t.Fatal("no outcome")
		}
		for _, out := range outs {
			n++
			if want := paths[out.Slot] + long; string(out.Body) != want {
				t.Errorf("%s: body of %d bytes, want %d", paths[out.Slot], len(out.Body), len(want))
			}
			if head := string(out.Head); !strings.Contains(head, "X-Two: a\r\nX-Two: b\r\n") || strings.HasPrefix(head, "HTTP/") || strings.HasSuffix(head, "\r\n\r\n") {
				t.Errorf("%s: head %q, want its lines without the status line", paths[out.Slot], head)
			}
		}
	}
	if out := one(t, loop, get("/good")); len(out.Head) > 0 || len(out.Body) > 0 {
		t.Errorf("head %q, body %.20q of a request that does not say Keep", out.Head, out.Body)
	}
}
