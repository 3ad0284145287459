package drivertest

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// These tests write answers byte by byte, as servers do that are not net/http, or mean harm.

const okHead = "HTTP/1.1 200 OK\r\n"

func keep(path string) *scenarios.Request {
	return &scenarios.Request{Method: "GET", Path: path, Keep: true}
}

func chunked(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	wire := okHead + "Transfer-Encoding: chunked\r\nTrailer: Digest\r\n\r\n5;why=not\r\nhello\r\n6 \r\n world\r\n0\r\nDigest: x\r\n\r\n"
	loop := raw(t, newDriver, Says(wire))
	for range 3 { // the trailers were taken to their end, or the second answer would begin within them
		if out := one(t, loop, keep("/")); out.Status != 200 || string(out.Body) != "hello world" {
			t.Errorf("status %d, body %q, %v; want 200 and hello world", out.Status, out.Body, out.Err)
		}
	}
}

func untilClose(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		readRequest(c)
		io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\nall there is")
	})
	for range 2 {
		if out := one(t, loop, keep("/")); out.Status != 200 || string(out.Body) != "all there is" {
			t.Errorf("status %d, body %q, %v; want 200 and all there is", out.Status, out.Body, out.Err)
		}
	}
}

func interim(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := raw(t, newDriver, Says("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+okHead+"Content-Length: 2\r\n\r\nok"))
	for range 2 {
		if out := one(t, loop, get("/")); out.Status != 200 {
			t.Errorf("status %d, %v; want 200", out.Status, out.Err)
		}
	}
}

func withoutBody(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	loop := open(t, newDriver(driver.Options{Target: connections.serve(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		if r.Method == "GET" {
			w.Header().Del("Content-Length")
			w.WriteHeader(http.StatusNoContent)
		}
	})}))
	for range 3 {
		if out := one(t, loop, &scenarios.Request{Method: "HEAD", Path: "/", Keep: true}); out.Status != 200 || len(out.Body) > 0 {
			t.Errorf("HEAD: status %d, body %q, %v; want 200 without body", out.Status, out.Body, out.Err)
		}
		if out := one(t, loop, get("/")); out.Status != 204 {
			t.Errorf("GET: status %d, %v; want 204", out.Status, out.Err)
		}
	}
	if n := connections.opened.Load(); n != 1 {
		t.Errorf("%d connections, want 1: nothing was left on it", n)
	}
}

func promisesMore(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	for _, wire := range []string{
		okHead + "Content-Length: 1000\r\n\r\nthe first few",
		okHead + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		okHead + "Content-Le",
		"",
	} {
		loop := raw(t, newDriver, func(c *net.TCPConn) {
			readRequest(c)
			io.WriteString(c, wire)
		})
		wantFailure(t, one(t, loop, get("/")), result.KindReset, true)
	}
}

// What comes after an answer is no answer to the next request.
func givesMore(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := raw(t, newDriver, Says(okHead+"Content-Length: 2\r\n\r\nok"+"HTTP/1.1 500 Surprise\r\nContent-Length: 0\r\n\r\n"))
	for range 3 {
		out := one(t, loop, keep("/"))
		if out.Status != 200 || string(out.Body) != "ok" {
			t.Errorf("status %d, body %q, %v; want 200 and ok", out.Status, out.Body, out.Err)
		}
	}
}

func trickles(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	wire := okHead + "Content-Length: 1000\r\n\r\n" + strings.Repeat("x", 1000)
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		readRequest(c)
		for i := range wire {
			if _, err := io.WriteString(c, wire[i:i+1]); err != nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	wantTimeout(t, loop)
}

// Slow is not wrong: an answer that comes a byte at a time and in time is an answer.
func byteByByte(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	wire := "HTTP/1.1 100 Continue\r\n\r\n" + okHead + "X: y\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: u\r\n\r\n"
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		readRequest(c)
		for i := range wire {
			io.WriteString(c, wire[i:i+1])
			time.Sleep(100 * time.Microsecond)
		}
	})
	if out := one(t, loop, keep("/")); out.Status != 200 || string(out.Body) != "abc" {
		t.Errorf("status %d, body %q, %v; want 200 and abc", out.Status, out.Body, out.Err)
	}
}

func oversizeHead(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	for _, rest := range []string{"X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", strings.Repeat("X: y\r\n", 10<<10) + "\r\n"} {
		target := Serve(t, func(c *net.TCPConn) {
			readRequest(c)
			io.WriteString(c, okHead+"Content-Length: 0\r\n"+rest)
			io.Copy(io.Discard, c)
		})
		loop := open(t, newDriver(driver.Options{Target: target, MaxHead: 16 << 10}))
		wantFailure(t, one(t, loop, get("/")), result.KindOversize, true)
	}
}

func oversizeBody(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	long := strings.Repeat("x", 1001)
	for _, wire := range []string{
		okHead + "Content-Length: 1001\r\n\r\n" + long,
		okHead + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + long + "\r\n0\r\n\r\n",
		okHead + "Connection: close\r\n\r\n" + long,
	} {
		target := Serve(t, func(c *net.TCPConn) {
			readRequest(c)
			io.WriteString(c, wire)
		})
		wantFailure(t, one(t, open(t, newDriver(driver.Options{Target: target, MaxBody: 1000})), get("/")), result.KindOversize, true)
		if out := one(t, open(t, newDriver(driver.Options{Target: target, MaxBody: 1001})), get("/")); out.Status != 200 {
			t.Errorf("a body as long as allowed: status %d, %v", out.Status, out.Err)
		}
	}
}

func counts(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	const answer = okHead + "Content-Length: 4\r\n\r\nfour"
	read := make(chan int64, 2)
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		for range 2 {
			var got int64
			for head := ""; !strings.HasSuffix(head, "\r\n\r\nbody"); {
				buffer := make([]byte, 4096)
				n, err := c.Read(buffer)
				if err != nil {
					return
				}
				head, got = head+string(buffer[:n]), got+int64(n)
			}
			read <- got
			io.WriteString(c, answer)
		}
	})
	for range 2 {
		out := one(t, loop, &scenarios.Request{Method: "POST", Path: "/", Body: []byte("body")})
		if want := <-read; out.BytesOut != want {
			t.Errorf("%d bytes written, the server read %d", out.BytesOut, want)
		}
		if out.BytesIn < 4 || out.BytesIn > int64(len(answer)) {
			t.Errorf("%d bytes read, want at least the body's 4 and at most all %d", out.BytesIn, len(answer))
		}
	}
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

func resetInBody(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		readRequest(c)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe first few")
		c.SetLinger(0)
	})
	wantFailure(t, one(t, loop, get("/")), result.KindReset, true)
}

func notHTTP(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := raw(t, newDriver, func(c *net.TCPConn) {
		readRequest(c)
		io.WriteString(c, "220 mail.example ESMTP\r\n\r\n")
	})
	wantFailure(t, one(t, loop, get("/")), result.KindReset, true)
}

func oversize(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		chunk := make([]byte, 1<<20)
		for range MaxBody>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	wantFailure(t, one(t, loop, get("/")), result.KindOversize, true)
}
