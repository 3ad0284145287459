package gateway

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestAConnectionBeyondTheLimitIsAnsweredNotParked(t *testing.T) {
	for _, tt := range []struct {
		name   string
		limits Listener
		from   Forwarding
		taken  bool // a third connection
	}{
		{"of all", Listener{Connections: 2}, Forwarding{}, false},
		{"of one address", Listener{PerAddress: 2}, Forwarding{}, false},
		{"of a trusted hop there is none", Listener{PerAddress: 2}, trusting("127.0.0.0/8"), true},
	} {
		gw := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Config{Listener: tt.limits, Forwarding: tt.from})
		ask := func() (net.Conn, int) {
			c := dialRaw(t, gw)
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatalf("%s: %v, want an answer", tt.name, err)
			}
			if resp.StatusCode == 503 && (resp.Header.Get("Retry-After") == "" || !resp.Close) {
				t.Errorf("%s: %v, want a time to retry and the end of the connection", tt.name, resp.Header)
			}
			return c, resp.StatusCode
		}
		first, one := ask()
		_, two := ask()
		_, three := ask()
		if one != 200 || two != 200 || (three == 200) != tt.taken || !tt.taken && three != 503 {
			t.Errorf("%s: answered %d, %d and %d", tt.name, one, two, three)
		}
		if tt.taken {
			continue
		}
		first.Close()
		eventually(t, "the place of a closed connection is free", func() bool { _, status := ask(); return status == 200 })
	}
}

func TestAReloadTrustsAnotherHop(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Config{Listener: Listener{PerAddress: 1}})
	ask := func() int {
		c := dialRaw(t, gw)
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	if one, two := ask(), ask(); one != 200 || two != 503 {
		t.Errorf("as a client it was answered %d and %d, want 200, and 503 for the second connection", one, two)
	}
	next := gw.guard.plan.Load().config
	next.Forwarding = trusting("127.0.0.0/8")
	if err := gw.guard.Reload(next); err != nil {
		t.Fatal(err)
	}
	if status := ask(); status != 200 {
		t.Errorf("as a trusted hop it was answered %d, want 200", status)
	}
}

func TestWhatIsOneClient(t *testing.T) {
	for address, want := range map[string]string{"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::"} {
		if got := household(netip.MustParseAddr(address)); got.String() != want {
			t.Errorf("%s: %v, want %s", address, got, want)
		}
	}
}

func TestClientsThatAreTooSlowAreCutOff(t *testing.T) {
	limits := Listener{Header: 100 * time.Millisecond, Grace: 100 * time.Millisecond, FloorRate: 1 << 20, Idle: 150 * time.Millisecond}
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			io.Copy(io.Discard, r.Body)
			return
		}
		for piece := make([]byte, 1<<16); ; {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	})
	for _, slow := range []bool{false, true} {
		limits.NoFastPath = slow
		for _, tt := range []struct {
			name, sent string
			drip       bool // go on with a byte every 20 ms
			want       string
		}{
			{"a connection without a request", "", false, ""},
			{"a head that drips", "GET / HTTP/1.1\r\nX: ", true, ""},
			{"a body that drips", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", true, "HTTP/1.1 408 "},
			{"a body that stops", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc", false, "HTTP/1.1 408 "},
			{"a connection that was used", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", false, "HTTP/1.1 200 "},
		} {
			gw := start(t, endless, Config{Listener: limits})
			c := dialRaw(t, gw)
			io.WriteString(c, tt.sent)
			if tt.drip {
				go func() {
					for {
						if _, err := io.WriteString(c, "x"); err != nil {
							return
						}
						time.Sleep(20 * time.Millisecond)
					}
				}()
			}
			got, err := io.ReadAll(c)
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
				t.Errorf("%s, slow %v: still open", tt.name, slow)
			} else if !strings.HasPrefix(string(got), tt.want) || tt.want == "" && len(got) > 0 {
				t.Errorf("%s, slow %v: %q, want %q", tt.name, slow, got, tt.want)
			}
			eventually(t, "all places are given back", func() bool { return gw.guard.State().InFlight == 0 })
		}

		gw := start(t, endless, Config{Listener: limits})
		c := dialRaw(t, gw)
		c.(*net.TCPConn).SetReadBuffer(1 << 12)
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		eventually(t, "a client that takes nothing of its answer has a place", func() bool { return gw.guard.State().InFlight == 1 })
		eventually(t, "it has lost it", func() bool { return gw.guard.State().InFlight == 0 })
	}
}

// A client may be slow to be asked: only what it does itself counts.
func TestAServiceThatIsSlowToReadIsNotTheClientsFault(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(1200 * time.Millisecond)
		n, err := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n, err)
	}), Config{Listener: Listener{Grace: 200 * time.Millisecond, FloorRate: 16 << 20}})
	const size = 32 << 20 // more than the buffers between take
	resp, err := ownClient(t).Post(gw.URL(), "", io.LimitReader(zeros{}, size))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, _ := io.ReadAll(resp.Body); string(got) != fmt.Sprint(size, " <nil>") && string(got) != fmt.Sprint(size, nil) {
		t.Errorf("the service read %s, want all", got)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestTooLargeIsRefused(t *testing.T) {
	asked := 0
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, err := io.Copy(io.Discard, r.Body); err == nil {
			asked++
			fmt.Fprint(w, n)
		}
	}), Config{
		Listener: Listener{HeaderBytes: 8 << 10, BodyBytes: 1000},
		Routes:   []Route{{Method: "POST", Pattern: "/photo", Body: 2000}},
	})
	for _, tt := range []struct {
		name, path, request string
		want                int
	}{
		{"a body of the size", "/", "Content-Length: 1000\r\n\r\n" + strings.Repeat("b", 1000), 200},
		{"a longer one, refused before it is sent", "/", "Content-Length: 1001\r\n\r\n", 413},
		{"chunks that are more", "/", "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + strings.Repeat("b", 1001) + "\r\n0\r\n\r\n", 413},
		{"chunks that are not", "/", "Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + strings.Repeat("b", 1000) + "\r\n0\r\n\r\n", 200},
		{"where the route allows it", "/photo", "Content-Length: 2000\r\n\r\n" + strings.Repeat("b", 2000), 200},
		{"where even the route does not", "/photo", "Content-Length: 2001\r\n\r\n", 413},
		{"a head", "/", "X: " + strings.Repeat("x", 20<<10) + "\r\n\r\n", 431},
	} {
		c := dialRaw(t, gw)
		io.WriteString(c, "POST "+tt.path+" HTTP/1.1\r\nHost: a\r\n"+tt.request)
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if resp.StatusCode != tt.want || tt.want != 200 && !resp.Close {
			t.Errorf("%s: %d, close %v, want %d", tt.name, resp.StatusCode, resp.Close, tt.want)
		}
	}
	if asked != 3 {
		t.Errorf("the service got %d requests, want the 3 that are not too large", asked)
	}
	eventually(t, "all places are given back", func() bool { return gw.guard.State().InFlight == 0 })
}

func TestConnectionsBeyondTheLimitUnderTLSAreClosed(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Config{TLS: tlsFiles(t), Listener: Listener{Connections: 1}})
	dial := func() (*tls.Conn, error) {
		return tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", strings.TrimPrefix(gw.URL(), "https://"), &tls.Config{InsecureSkipVerify: true})
	}
	c, err := dial()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if second, err := dial(); err == nil {
		second.Close()
		t.Error("a second connection was taken")
	}
}
