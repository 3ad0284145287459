package drivertest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
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

// inTurn sends n requests, each after the answer to the one before.
func inTurn(t *testing.T, loop driver.Loop, n int) {
	t.Helper()
	for range n {
		if out := one(t, loop, get("/")); out.Status != 200 {
			t.Fatalf("status %d, %v", out.Status, out.Err)
		}
	}
}

func reuses(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	loop := open(t, newDriver(driver.Options{Target: connections.serve(hello)}))
	inTurn(t, loop, 300)
	if n := connections.opened.Load(); n != 1 {
		t.Errorf("300 requests, one after the other, took %d connections, want 1", n)
	}
}

func serverCloses(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	loop := open(t, newDriver(driver.Options{Target: connections.serve(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
	})}))
	inTurn(t, loop, 5)
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
	inTurn(t, loop, 5)
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

// A kept connection is closed by the server when the second request arrives: it was sent, and may have had its effect.
func sentOnce(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	var requests atomic.Int32
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		for {
			buffer := make([]byte, 4096)
			if n, _ := c.Read(buffer); n == 0 {
				return
			}
			if requests.Add(1) == 2 {
				return
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	})
	if out := one(t, loop, get("/")); out.Status != 200 {
		t.Fatalf("first request: status %d, %v", out.Status, out.Err)
	}
	wantFailure(t, one(t, loop, get("/")), result.KindReset, true)
	if n := requests.Load(); n != 2 {
		t.Errorf("the server saw %d requests, want 2", n)
	}
}

// A connection that is closed before it has carried an answer has failed its request, whether that was read or not: nobody
// knows, and nobody asks again.
func freshConnection(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	for _, test := range []struct {
		name   string
		handle func(*net.TCPConn)
	}{
		{"before it reads", func(*net.TCPConn) {}},
		{"after it has read", func(c *net.TCPConn) { readRequest(c) }},
	} {
		var opened atomic.Int32
		loop := raw(t, newDriver, func(c *net.TCPConn) {
			opened.Add(1)
			test.handle(c)
		})
		if out := one(t, loop, get("/")); out.Kind != result.KindReset {
			t.Errorf("%s: kind %q (%v), want %q", test.name, out.Kind, out.Err, result.KindReset)
		}
		if outs := loop.Wait(time.Now().Add(20 * time.Millisecond)); len(outs) > 0 || opened.Load() != 1 {
			t.Errorf("%s: %d connections and %d outcomes more, want one connection", test.name, opened.Load(), len(outs))
		}
	}
}

// What connecting takes lies between Ready and Sent: it is not the generator's lateness, nor the time of the service.
func connectsSlowly(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	const slow = 50 * time.Millisecond
	var connect atomic.Int64 // when it may begin
	loop := open(t, newDriver(driver.Options{Target: counted(t).serve(hello), Allow: func(netip.Addr) error {
		time.Sleep(slow)
		connect.Store(time.Now().UnixNano())
		return nil
	}}))
	out := one(t, loop, get("/"))
	if waited := out.Sent.Sub(out.Ready); out.Status != 200 || waited < slow || out.Sent.UnixNano() < connect.Load() {
		t.Errorf("status %d, %v; sent %v after it was ready, want %v at least", out.Status, out.Err, waited, slow)
	}
}

// Nothing was sent on the connection that is gone, so nobody has failed.
func keptConnection(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	var closed atomic.Int32
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		readRequest(c)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		c.CloseWrite()
		c.Read(make([]byte, 1)) // until the driver has noticed and closes, too
		closed.Add(1)
	})
	for i := range int32(3) {
		if out := one(t, loop, get("/")); out.Status != 200 {
			t.Fatalf("request %d: status %d, %v", i, out.Status, out.Err)
		}
		for end := time.Now().Add(patience); closed.Load() == i; { // an event loop notices while it waits
			if outs := loop.Wait(time.Now().Add(time.Millisecond)); len(outs) > 0 {
				t.Fatalf("an outcome that nobody asked for: %v", outs)
			}
			if time.Now().After(end) {
				t.Fatalf("the driver keeps connection %d, which the server closed", i)
			}
		}
	}
}
