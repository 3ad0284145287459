package nethttp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// A count of the connections that a server has.
type count struct {
	mu         sync.Mutex
	all        int
	connection map[net.Conn]http.ConnState
}

// watch has a server count into it.
func (c *count) watch(s *httptest.Server) {
	c.connection = map[net.Conn]http.ConnState{}
	s.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.connection[conn] = state; state == http.StateNew {
			c.all++
		}
	}
}

func (c *count) now() (all, open int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, state := range c.connection {
		if state != http.StateClosed && state != http.StateHijacked {
			open++
		}
	}
	return c.all, open
}

// becomes waits until so many connections are open.
func (c *count) becomes(t *testing.T, want int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, open := c.now(); open == want {
			return
		} else if time.Now().After(end) {
			t.Fatalf("%d connections are open, want %d", open, want)
		}
	}
}

func TestConnectionsAreKept(t *testing.T) {
	var c count
	l := opened(t, driver.Options{Target: serve(t, whoAsks, c.watch).URL})
	for range 10 {
		one(t, l, get("/"))
	}
	if all, _ := c.now(); all != 1 {
		t.Errorf("%d connections for 10 requests, want 1", all)
	}
}

func TestCloseIsAConnectionForEachRequest(t *testing.T) {
	eachProtocol(t, func(t *testing.T, o driver.Options, set func(*httptest.Server)) {
		var c count
		o.Target, o.Close = serve(t, whoAsks, set, c.watch).URL, true
		l := opened(t, o)
		for range 3 {
			if out := one(t, l, get("/")); out.Status != 200 {
				t.Fatal(out.Kind, out.Err)
			}
		}
		if all, _ := c.now(); all != 3 {
			t.Errorf("%d connections for 3 requests, want 3", all)
		}
		c.becomes(t, 0)
	})
}

func eachProtocol(t *testing.T, test func(t *testing.T, o driver.Options, set func(*httptest.Server))) {
	t.Run("HTTP/1.1", func(t *testing.T) { test(t, driver.Options{}, func(*httptest.Server) {}) })
	t.Run("HTTP/2", func(t *testing.T) { test(t, driver.Options{HTTP2: true}, h2(t, nil, 0)) })
}

func TestIdleForClosesWhatIsNotUsed(t *testing.T) {
	eachProtocol(t, func(t *testing.T, o driver.Options, set func(*httptest.Server)) {
		var c count
		o.Target, o.IdleFor = serve(t, whoAsks, set, c.watch).URL, 50*time.Millisecond
		l := opened(t, o)
		for i := range 2 {
			if out := one(t, l, get("/")); out.Status != 200 {
				t.Fatal(out.Kind, out.Err)
			}
			c.becomes(t, 0)
			if all, _ := c.now(); all != i+1 {
				t.Errorf("%d connections for %d requests", all, i+1)
			}
		}
	})
}

// Forty at once need 40 connections; when they are answered 10 stay, and it is these that the next 10 use.
func TestIdleIsHowManyAreKept(t *testing.T) {
	var c count
	var inside atomic.Int32
	all := make(chan struct{})
	l := opened(t, driver.Options{Idle: 10, Target: serve(t, func(w http.ResponseWriter, r *http.Request) {
		if inside.Add(1) == 40 {
			close(all)
		}
		<-all
	}, c.watch).URL})
	for slot := range uint64(40) {
		l.Submit(slot, get("/"))
	}
	gather(t, l, 40)
	c.becomes(t, 10)
	for slot := range uint64(10) {
		l.Submit(slot, get("/"))
	}
	gather(t, l, 10)
	if n, _ := c.now(); n != 40 {
		t.Errorf("%d connections in all, want the 40 of the first requests", n)
	}
}

func TestWarm(t *testing.T) {
	eachProtocol(t, func(t *testing.T, o driver.Options, set func(*httptest.Server)) {
		var c count
		o.Target, o.Idle = serve(t, whoAsks, set, c.watch).URL, 100
		l := opened(t, o)
		var _ driver.Warmer = l
		begin := time.Now()
		for _, want := range []int{0, 100, 50, 100} {
			if n, err := l.Warm(want, begin.Add(10*time.Second)); n != want || err != nil {
				t.Fatalf("warmed %d, %v; want %d", n, err, want)
			}
		}
		warm := map[bool]int{false: 100, true: 1}[o.HTTP2]
		c.becomes(t, warm)
		for slot := range uint64(100) {
			l.Submit(slot, get("/"))
		}
		gather(t, l, 100)
		if all, _ := c.now(); all != warm {
			t.Errorf("%d connections for 100 requests, want the %d that were warm", all, warm)
		}
		if n, err := l.Warm(200, begin.Add(10*time.Second)); n != 100 || err != nil {
			t.Errorf("warmed %d, %v; want no more than Idle, 100", n, err)
		}
	})
}

func TestWarmStopsAtARefusal(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		gone := httptest.NewServer(nil)
		gone.Close()
		l := opened(t, driver.Options{Target: gone.URL, HTTP2: http2})
		n, err := l.Warm(1000, time.Now().Add(10*time.Second))
		if link, ok := errors.AsType[*failure](err); n != 0 || !ok || link.kind != result.KindDial {
			t.Errorf("HTTP/2 %v: warmed %d, %v; want 0 and the refusal", http2, n, err)
		}
		wantFailure(t, one(t, l, get("/")), result.KindDial, false, "refused") // the workers are there all the same
	}
}

// A server that takes connections and says nothing holds up a TLS handshake for ever.
func TestWarmEndsInTime(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for _, http2 := range []bool{false, true} {
		l := opened(t, driver.Options{Target: "https://" + listener.Addr().String(), HTTP2: http2})
		begin := time.Now()
		n, err := l.Warm(3, begin.Add(50*time.Millisecond))
		if took := time.Since(begin); n != 0 || err != nil || took < 50*time.Millisecond || took > 10*time.Second {
			t.Errorf("warmed %d, %v after %v; want 0 at the end of its time", n, err, took)
		}
	}
}

func TestKeep(t *testing.T) {
	long := make([]byte, 50_000)
	for i := range long {
		long[i] = byte('a' + i%26)
	}
	eachProtocol(t, func(t *testing.T, o driver.Options, set func(*httptest.Server)) {
		l := func() *loop {
			o.Target = serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Date"] = nil
				w.Header().Add("Set-Cookie", "a=1")
				w.Header().Add("Set-Cookie", "b=2")
				w.Header().Set("Content-Type", "text/plain")
				w.Header().Set("Content-Length", fmt.Sprint(len(long)))
				var status int
				fmt.Sscanf(r.URL.Path, "/%d", &status)
				w.WriteHeader(status)
				w.Write(long)
			}, set).URL
			return opened(t, o)
		}()
		for _, status := range []int{200, 404} {
			r := get(fmt.Sprint("/", status))
			r.Keep = true
			out := one(t, l, r)
			wantAnswer(t, out, status, string(long))
			if want := "Content-Length: 50000\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"; string(out.Head) != want {
				t.Errorf("head %q, want %q", out.Head, want)
			}
			r.Keep = false
			if out := one(t, l, r); out.Head != nil || (len(out.Body) == 512) != (status == 404) {
				t.Errorf("not kept: head %q, %d bytes of body", out.Head, len(out.Body))
			}
		}
	})
}

func TestBytesAreThoseOfTheConnection(t *testing.T) {
	const answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var arrived atomic.Int64
	go func() {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		for buffer := make([]byte, 1<<16); ; {
			n, err := c.Read(buffer)
			if err != nil {
				return
			}
			arrived.Store(int64(n))
			io.WriteString(c, answer)
		}
	}()
	l := opened(t, driver.Options{Target: "http://" + listener.Addr().String()})
	for _, size := range []int{0, 100, 1000} { // small enough to arrive in one piece
		out := one(t, l, &scenarios.Request{Method: "POST", Path: "/", Body: make([]byte, size)})
		if out.Status != 200 || out.BytesOut != arrived.Load() || out.BytesIn != int64(len(answer)) {
			t.Errorf("status %d, %d bytes out, %d in; the server had %d and wrote %d", out.Status, out.BytesOut, out.BytesIn, arrived.Load(), len(answer))
		}
	}
}

// The length in the answer to HEAD is that of a body which does not come.
func TestHeadHasNoBodyToBeTooLong(t *testing.T) {
	eachProtocol(t, func(t *testing.T, o driver.Options, set func(*httptest.Server)) {
		o.MaxBody, o.Target = 10, serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Length", "1000") }, set).URL
		l := opened(t, o)
		for range 2 {
			wantAnswer(t, one(t, l, &scenarios.Request{Method: "HEAD", Path: "/", Keep: true}), 200, "")
		}
	})
}

func TestMaxHead(t *testing.T) {
	l := opened(t, driver.Options{MaxHead: 5000, Target: serve(t, func(w http.ResponseWriter, r *http.Request) {
		for i := range 100 {
			w.Header().Set(fmt.Sprint("X-", i), "a value of some twenty")
		}
		if r.URL.Path == "/more" {
			w.Header().Set("X-More", string(slices.Repeat([]byte("x"), 5000)))
		}
	}).URL})
	if out := one(t, l, get("/")); out.Status != 200 {
		t.Errorf("status %d, %v", out.Status, out.Err)
	}
	wantFailure(t, one(t, l, get("/more")), result.KindOversize, true, "")
}

func TestOpenRefusesWhatItCannotDo(t *testing.T) {
	for _, o := range []driver.Options{
		{Target: "http://127.0.0.1", ConnectTo: map[string]string{"127.0.0.1:80": "127.0.0.1"}},
		{Target: "http://127.0.0.1", ConnectTo: map[string]string{"127.0.0.1": "127.0.0.1:80"}},
		{Target: "http://127.0.0.1", Proxy: &url.URL{Scheme: "ftp", Host: "127.0.0.1"}},
		{Target: "http://127.0.0.1", Proxy: &url.URL{Scheme: "http"}},
		{Target: "http://127.0.0.1", Proxy: &url.URL{Scheme: "http", Host: "127.0.0.1"}, HTTP2: true},
		{Target: "http://127.0.0.1", Proxy: &url.URL{Scheme: "http", Host: "127.0.0.1"}, ConnectTo: map[string]string{"127.0.0.1:80": "127.0.0.1:81"}},
	} {
		if loop, err := (Driver{o}).Open(); err == nil {
			loop.Close()
			t.Errorf("%+v was accepted", o)
		}
	}
}
