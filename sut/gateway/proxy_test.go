package gateway

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// before starts a gateway before an upstream that is not HTTP's own, or whose
// URL the test needs.
func before(t testing.TB, upstream string, c Config) *Gateway {
	t.Helper()
	gw, err := startAt(t, upstream, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		gw.Close(ctx)
	})
	return gw
}

func startAt(t testing.TB, upstream string, c Config) (*Gateway, error) {
	t.Helper()
	u, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	c.Upstream = u
	return Start(t.Context(), c)
}

// listenRaw is an upstream that does with each connection what serve says.
func listenRaw(t testing.TB, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); serve(c) }()
		}
	}()
	return "http://" + l.Addr().String()
}

// dialRaw opens a connection to the gateway that ends with the test.
func dialRaw(t testing.TB, gw *Gateway) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(gw.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	t.Cleanup(func() { c.Close() })
	return c
}

func ownClient(t testing.TB) *http.Client {
	transport := &http.Transport{DisableCompression: true, ExpectContinueTimeout: 5 * time.Second}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for range 500 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("not after 5 s: %s", what)
}

func TestBodiesStreamBothWays(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		w.WriteHeader(200)
		piece := make([]byte, 1<<16)
		for { // each piece goes back before the next is sent
			n, err := r.Body.Read(piece)
			w.Write(piece[:n])
			http.NewResponseController(w).Flush()
			if err != nil {
				return
			}
		}
	}), Config{})
	out, in := io.Pipe()
	req, _ := http.NewRequest("POST", gw.URL(), out)
	answered := make(chan *http.Response)
	go func() {
		resp, err := ownClient(t).Do(req)
		if err != nil {
			t.Error(err)
		}
		answered <- resp
	}()
	fmt.Fprintf(in, "%08d", 0)
	resp := <-answered
	if resp == nil {
		return
	}
	defer resp.Body.Close()
	got := make([]byte, 8)
	for i := range 200 {
		if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != fmt.Sprintf("%08d", i) {
			t.Fatalf("piece %d came back as %q, %v", i, got, err)
		}
		fmt.Fprintf(in, "%08d", i+1)
	}
	in.Close()
	io.Copy(io.Discard, resp.Body)
}

func TestTrailersPassBothWays(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.Copy(w, r.Body)
		w.Header().Set("X-Sum", "back "+r.Trailer.Get("X-Sum"))
		w.Header().Set(http.TrailerPrefix+"X-Late", "undeclared")
	}), Config{})
	req, _ := http.NewRequest("POST", gw.URL(), io.NopCloser(strings.NewReader("body")))
	req.Trailer = http.Header{"X-Sum": {"1234"}}
	resp, err := ownClient(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if string(body) != "body" || resp.Trailer.Get("X-Sum") != "back 1234" || resp.Trailer.Get("X-Late") != "undeclared" {
		t.Errorf("got %q with trailers %v, want them both", body, resp.Trailer)
	}
}

func TestAClientThatExpectsToContinueIsAnsweredByTheService(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		io.Copy(w, r.Body)
	}), Config{})
	for path, want := range map[string]int{"/no": 403, "/yes": 200} {
		var sent bytes.Buffer
		continued := 0
		req, _ := http.NewRequest("PUT", gw.URL()+path, io.TeeReader(strings.NewReader("body"), &sent))
		req.ContentLength = 4
		req.Header.Set("Expect", "100-continue")
		req = req.WithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(int, textproto.MIMEHeader) error { continued++; return nil },
		}))
		resp, err := ownClient(t).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want || (sent.Len() > 0) != (want == 200) || (continued == 1) != (want == 200) {
			t.Errorf("%s: %d, %d bytes sent, told to continue %d times", path, resp.StatusCode, sent.Len(), continued)
		}
	}
}

func TestEventsAreFlushedAtOnceAndHoldNoPlace(t *testing.T) {
	next := make(chan string)
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(200)
		http.NewResponseController(w).Flush()
		for {
			select {
			case s := <-next:
				fmt.Fprintf(w, "data: %s\n\n", s)
				http.NewResponseController(w).Flush()
			case <-r.Context().Done():
				return
			}
		}
	}), Config{})
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	req, _ := http.NewRequestWithContext(ctx, "GET", gw.URL(), nil)
	resp, err := ownClient(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	idle(t, gw.guard) // its head is here, so its place was given back
	in := bufio.NewReader(resp.Body)
	for _, s := range []string{"one", "two"} {
		next <- s
		if line, err := in.ReadString('\n'); line != "data: "+s+"\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		in.ReadString('\n')
	}
}

// shout is an upstream that upgrades and answers in capitals.
func shout(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") != "shout" {
		io.WriteString(w, "plain")
		return
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
	rw.Flush()
	for {
		line, err := rw.ReadString('\n')
		if err != nil {
			return
		}
		rw.WriteString(strings.ToUpper(line))
		rw.Flush()
	}
}

func upgrade(t *testing.T, gw *Gateway) (net.Conn, *bufio.Reader, *http.Response) {
	t.Helper()
	c := dialRaw(t, gw)
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
	in := bufio.NewReader(c)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, in, resp
}

func TestAnUpgradedConnectionHoldsNoPlaceAndIsCounted(t *testing.T) {
	for _, slow := range []bool{false, true} {
		gw := start(t, http.HandlerFunc(shout), Config{Listener: Listener{Upgrades: 1, NoFastPath: slow}})
		c, in, resp := upgrade(t, gw)
		if resp.StatusCode != 101 || resp.Header.Get("Guard-Decision") != "admitted" {
			t.Fatalf("got %d with %v", resp.StatusCode, resp.Header)
		}
		idle(t, gw.guard)
		for _, s := range []string{"one\n", "two\n"} {
			io.WriteString(c, s)
			if got, err := in.ReadString('\n'); got != strings.ToUpper(s) {
				t.Fatalf("got %q, %v, want it in capitals", got, err)
			}
		}
		if _, _, resp := upgrade(t, gw); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
			t.Errorf("a second upgrade got %d, want 503 with a time to retry", resp.StatusCode)
		}
		c.Close()
		eventually(t, "the upgraded connection is counted out", func() bool { return gw.upgrades.open.Load() == 0 })
	}
}

func TestHopByHopHeadersStayOnTheirHop(t *testing.T) {
	var seen http.Header
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header.Clone()
		w.Header().Set("Connection", "X-Hop")
		w.Header().Set("X-Hop", "1")
		w.Header().Set("Keep-Alive", "timeout=1")
		w.Header().Set("Proxy-Authenticate", "Basic")
		w.Header().Set("X-End", "1")
	}), Config{})
	c := dialRaw(t, gw)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\nKeep-Alive: 3\r\n"+
		"Proxy-Authorization: x\r\nProxy-Connection: x\r\nTE: gzip\r\nX-End: 1\r\nGuard-Decision: forged\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"X-Secret", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Te", "Connection"} {
		if seen[name] != nil {
			t.Errorf("the service got %s: %v", name, seen[name])
		}
	}
	for _, name := range []string{"X-Hop", "Keep-Alive", "Proxy-Authenticate"} {
		if resp.Header[name] != nil {
			t.Errorf("the client got %s: %v", name, resp.Header[name])
		}
	}
	if seen.Get("X-End") == "" || resp.Header.Get("X-End") == "" {
		t.Error("an end-to-end header was lost")
	}
}

func TestHostIsTheServicesOwnOrTheClients(t *testing.T) {
	for _, keep := range []bool{false, true} {
		var host, forwarded, query string
		backend := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			host, forwarded, query = r.Host, r.Header.Get("X-Forwarded-Host"), r.URL.RawQuery
		}))
		defer backend.Close()
		gw := before(t, backend.URL, Config{Proxy: Proxy{KeepHost: keep}})
		c := dialRaw(t, gw)
		io.WriteString(c, "GET /?a=1;b=%zz HTTP/1.1\r\nHost: pay.example\r\nConnection: close\r\n\r\n")
		io.Copy(io.Discard, c)
		want := strings.TrimPrefix(backend.URL, "http://")
		if keep {
			want = "pay.example"
		}
		if host != want || forwarded != "pay.example" || query != "a=1;b=%zz" {
			t.Errorf("keep %v: host %q, forwarded host %q, query %q", keep, host, forwarded, query)
		}
	}
}

// An ambiguous request could be one to the guard and two to the service, or the
// other way round. None of these reaches it.
func TestAmbiguousRequestsAreRefused(t *testing.T) {
	var requests atomic.Int64
	gw := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err == nil {
			requests.Add(1)
		}
	}), Config{})
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, tt := range []struct {
		name, head, body string
		status           int
	}{
		{"two lengths", "Content-Length: 0\r\nContent-Length: 38\r\n", smuggled, 400},
		{"a length that is a list of different ones", "Content-Length: 0, 38\r\n", smuggled, 400},
		{"a signed length", "Content-Length: +38\r\n", smuggled, 400},
		{"a negative length", "Content-Length: -1\r\n", smuggled, 400},
		{"a hexadecimal length", "Content-Length: 0x26\r\n", smuggled, 400},
		{"a length beyond all bounds", "Content-Length: 99999999999999999999\r\n", smuggled, 400},
		{"an unknown coding", "Transfer-Encoding: xchunked\r\n", smuggled, 501},
		{"a list of codings", "Transfer-Encoding: gzip, chunked\r\n", smuggled, 501},
		{"chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + smuggled, 501},
		{"a coding behind a vertical tab", "Transfer-Encoding: \x0bchunked\r\n", smuggled, 400},
		{"a name with a space at its end", "Transfer-Encoding : chunked\r\n", smuggled, 400},
		{"a name with a space before it", " Transfer-Encoding: chunked\r\n", smuggled, 400},
		{"a header without a name", ": x\r\n", smuggled, 400},
		{"a zero byte", "X: a\x00b\r\n", smuggled, 400},
		{"a bare carriage return", "X: a\rContent-Length: 38\r\n", smuggled, 400},
		{"two hosts", "Host: b\r\n", smuggled, 400},
		{"a chunk of no size", "Transfer-Encoding: chunked\r\n", "\r\n" + smuggled, 400},
		{"a chunk that is longer than it says", "Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n0\r\n\r\n", 400},
		{"a chunk of negative size", "Transfer-Encoding: chunked\r\n", "-1\r\n\r\n" + smuggled, 400},
		{"a chunk of a size beyond all bounds", "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n" + smuggled, 400},
	} {
		c := dialRaw(t, gw)
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\n%s\r\n%s", tt.head, tt.body)
		in := bufio.NewReader(c)
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		io.Copy(io.Discard, resp.Body)
		if resp.StatusCode != tt.status || !resp.Close {
			t.Errorf("%s: %d, close %v, want %d and the end of the connection", tt.name, resp.StatusCode, resp.Close, tt.status)
		}
		if rest, _ := io.ReadAll(in); len(rest) > 0 {
			t.Errorf("%s: a second answer: %q", tt.name, rest)
		}
		if n := requests.Swap(0); n > 0 {
			t.Errorf("%s: the service got %d requests", tt.name, n)
		}
	}
	eventually(t, "all places are given back", func() bool { return gw.guard.State().InFlight == 0 })
}

// With a length and chunks, chunks count (RFC 9112, 6.3), and the length is not
// passed on: what reaches the service has one meaning.
func TestOfALengthAndChunksOnlyChunksArePassedOn(t *testing.T) {
	got := make(chan string, 1)
	upstream := listenRaw(t, func(c net.Conn) {
		text, _ := io.ReadAll(io.TeeReader(c, io.Discard))
		got <- string(text)
	})
	gw := before(t, upstream, Config{Proxy: Proxy{Answer: 100 * time.Millisecond}})
	c := dialRaw(t, gw)
	io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 38\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	io.Copy(io.Discard, c)
	if text := <-got; strings.Contains(text, "Content-Length") || !strings.HasSuffix(text, "\r\n\r\n3\r\nabc\r\n0\r\n\r\n") {
		t.Errorf("the service got %q", text)
	}
}

func TestAServiceThatBreaksIsNotAskedTwice(t *testing.T) {
	reset := func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }
	for _, tt := range []struct {
		name  string
		serve func(c net.Conn, in *bufio.Reader)
		want  int // status; 0 is an answer cut off
	}{
		{"resets before the answer", func(c net.Conn, _ *bufio.Reader) { reset(c) }, 502},
		{"closes before the answer", func(net.Conn, *bufio.Reader) {}, 502},
		{"answers something else", func(c net.Conn, _ *bufio.Reader) { io.WriteString(c, "SSH-2.0-OpenSSH\r\n\r\n") }, 502},
		{"is silent", func(c net.Conn, in *bufio.Reader) { io.Copy(io.Discard, in) }, 504},
		{"resets in the middle of the body", func(c net.Conn, _ *bufio.Reader) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
			time.Sleep(50 * time.Millisecond)
			reset(c)
		}, 0},
		{"ends in the middle of the chunks", func(c net.Conn, _ *bufio.Reader) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
		}, 0},
	} {
		for _, method := range []string{"GET", "POST"} {
			var asked atomic.Int64
			upstream := listenRaw(t, func(c net.Conn) {
				in := bufio.NewReader(c)
				req, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				io.Copy(io.Discard, req.Body)
				asked.Add(1)
				tt.serve(c, in)
			})
			gw := before(t, upstream, Config{Proxy: Proxy{Answer: 300 * time.Millisecond}})
			req, _ := http.NewRequest(method, gw.URL(), nil)
			if method == "POST" {
				req, _ = http.NewRequest(method, gw.URL(), strings.NewReader("pay"))
				req.Header.Set("Idempotency-Key", "k")
			}
			resp, err := ownClient(t).Do(req)
			if err != nil { // cut off so early that the head was not sent yet
				if tt.want != 0 {
					t.Errorf("%s, %s: %v", tt.name, method, err)
				}
				continue
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if tt.want == 0 {
				if err == nil {
					t.Errorf("%s, %s: a whole answer, %q, want the client to see that it is not", tt.name, method, body)
				}
			} else if resp.StatusCode != tt.want || resp.Header.Get("Retry-After") != "" {
				t.Errorf("%s, %s: %d, Retry-After %q, want %d without", tt.name, method, resp.StatusCode, resp.Header.Get("Retry-After"), tt.want)
			}
			if asked.Load() != 1 {
				t.Errorf("%s, %s: the service was asked %d times, want once", tt.name, method, asked.Load())
			}
			eventually(t, "its place is given back", func() bool { return gw.guard.State().InFlight == 0 })
		}
	}
}

// The service closes a kept-alive connection just as it is used: a GET may be
// sent again, a POST may not.
func TestOnlyAnIdempotentRequestIsSentAgainOnAStaleConnection(t *testing.T) {
	for method, want := range map[string]int{"GET": 200, "POST": 502} {
		var asked atomic.Int64
		upstream := listenRaw(t, func(c net.Conn) {
			in := bufio.NewReader(c)
			for {
				req, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				io.Copy(io.Discard, req.Body)
				if asked.Add(1) == 2 {
					return
				}
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		})
		gw := before(t, upstream, Config{})
		client := ownClient(t)
		for i := range 2 {
			req, _ := http.NewRequest(method, gw.URL(), nil)
			if method == "POST" {
				req, _ = http.NewRequest(method, gw.URL(), strings.NewReader("pay"))
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if i == 1 && resp.StatusCode != want {
				t.Errorf("%s: %d, want %d", method, resp.StatusCode, want)
			}
		}
		if n := asked.Load(); method == "POST" && n != 2 || method == "GET" && n != 3 {
			t.Errorf("%s: the service was asked %d times", method, n)
		}
	}
}

func TestDrainingTellsTheBalancerFirst(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Config{Listener: Listener{Drain: 300 * time.Millisecond}})
	client := ownClient(t)
	closed := make(chan error)
	go func() { closed <- gw.Close(t.Context()) }()
	eventually(t, "/readyz is 503", func() bool {
		resp, err := client.Get(gw.AdminURL() + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == 503
	})
	resp, err := client.Get(gw.URL())
	if err != nil {
		t.Fatalf("a request while the balancer has not noticed yet: %v", err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 || !resp.Close {
		t.Errorf("got %d, close %v, want 200 and to be asked to close", resp.StatusCode, resp.Close)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := client.Get(gw.URL()); err == nil {
		t.Error("still taken after the end")
	}
}

// As many as Upgrades says, in one connection of HTTP/2 too; the service that
// would send more is not to blame.
func TestStreamsOfEventsAreBounded(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}), Config{TLS: tlsFiles(t), Listener: Listener{Upgrades: 2}, Breaker: &Breaker{Least: 1}})
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	ask := func(ctx context.Context) *http.Response {
		req, _ := http.NewRequestWithContext(ctx, "GET", gw.URL(), nil)
		resp, err := (&http.Client{Transport: transport}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	first, leave := context.WithCancel(t.Context())
	ask(first)
	ask(t.Context())
	for range 3 {
		if r := ask(t.Context()); r.StatusCode != 503 || r.Header.Get("Retry-After") == "" {
			t.Errorf("one too many got %d, want 503 and when to come back", r.StatusCode)
		}
	}
	eventually(t, "none holds a place", func() bool { return gw.guard.State().InFlight == 0 })
	leave()
	eventually(t, "one is counted", func() bool { return gw.upgrades.open.Load() == 1 })
	if r := ask(t.Context()); r.StatusCode != 200 {
		t.Errorf("after one has left: got %d, want 200", r.StatusCode)
	}
}

func TestWhatNeverEndsIsCutOffWhenTheDrainingHasToEnd(t *testing.T) {
	for _, path := range []string{"upgrade", "events"} {
		backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Upgrade") != "" {
				shout(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/event-stream")
			w.WriteHeader(200)
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}))
		gw := before(t, backend.URL, Config{})
		c := dialRaw(t, gw)
		if path == "upgrade" {
			c, _, _ = upgrade(t, gw)
		} else {
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			c.Read(make([]byte, 1))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if err := gw.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: Close: %v, want the end of its context", path, err)
		}
		cancel()
		if _, err := io.Copy(io.Discard, c); errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: the client's connection is still open", path)
		}
		done := make(chan struct{})
		go func() { backend.Close(); close(done) }() // waits for its requests
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: the service's connection is still open", path)
		}
	}
}

// A service may answer without reading the body. The connection stays good for
// the next request, which is what net/http gets wrong for a handler that both
// asks for full duplex and leaves the body alone.
func TestAnAnswerBeforeTheBodyIsReadKeepsTheConnection(t *testing.T) {
	for _, slow := range []bool{false, true} {
		gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}), Config{Listener: Listener{NoFastPath: slow}})
		c := dialRaw(t, gw)
		in := bufio.NewReader(c)
		for i := range 30 {
			head, body := "Content-Length: 9000\r\n\r\n", strings.Repeat("b", 9000)
			if i%2 == 1 {
				head, body = "Transfer-Encoding: chunked\r\n\r\n", "1000\r\n"+strings.Repeat("b", 1<<12)+"\r\n0\r\n\r\n"
			}
			io.WriteString(c, "POST / HTTP/1.1\r\nHost: a\r\n"+head+body)
			resp, err := http.ReadResponse(in, nil)
			if err != nil || resp.StatusCode != 200 {
				t.Fatalf("slow %v, request %d: %v, %v", slow, i, resp, err)
			}
			io.Copy(io.Discard, resp.Body)
		}
	}
}
