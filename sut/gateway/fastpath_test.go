package gateway

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A script is the server's end of a connection whose client sends pieces and
// then nothing more, and takes all answers. Nothing in it takes time.
type script struct {
	mu     sync.Mutex
	pieces [][]byte
	got    bytes.Buffer
	past   bool // the read deadline
	closed chan struct{}
	once   sync.Once
}

func (s *script) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.past {
		return 0, os.ErrDeadlineExceeded
	}
	for len(s.pieces) > 0 && len(s.pieces[0]) == 0 {
		s.pieces = s.pieces[1:]
	}
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.pieces[0])
	s.pieces[0] = s.pieces[0][n:]
	return n, nil
}

func (s *script) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got.Write(p)
}

func (s *script) SetReadDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.past = !t.IsZero() && t.Unix() < 1e6
	return nil
}

func (s *script) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }
func (s *script) LocalAddr() net.Addr              { return scriptAddr }
func (s *script) RemoteAddr() net.Addr             { return scriptAddr }

var scriptAddr = net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.1:1234"))

// once is a listener with one connection.
type once struct {
	c    net.Conn
	done chan struct{}
}

func (l *once) Accept() (net.Conn, error) {
	if c := l.c; c != nil {
		l.c = nil
		return c, nil
	}
	<-l.done
	return nil, net.ErrClosed
}
func (l *once) Close() error   { return nil }
func (l *once) Addr() net.Addr { return scriptAddr }

// refuseNo is a guard that refuses by the path alone, and says all it knows of
// the request.
func refuseNo(w http.ResponseWriter, r *http.Request, _ uint32) bool {
	if !strings.HasPrefix(r.URL.Path, "/no") {
		return false
	}
	h := w.Header()
	h["Retry-After"] = []string{"7"}
	h["Content-Type"] = problemType
	h["Guard-Decision"] = []string{"shed"}
	w.WriteHeader(503)
	fmt.Fprintf(w, "%s %s %s %s %d %v %s", r.Method, r.URL.Path, r.URL.RawQuery, r.Host, r.ContentLength, r.Header, r.RemoteAddr)
	return true
}

func serveOrRefuse(w http.ResponseWriter, r *http.Request) {
	if refuseNo(w, r, 0) {
		return
	}
	body, err := io.ReadAll(r.Body)
	w.Header()["Content-Type"] = problemType
	fmt.Fprintf(w, "%s %s %s %q %v", r.Method, r.URL, r.Host, body, err)
}

// converse sends pieces to a server, and returns all that it answers, dates left out.
func converse(t testing.TB, pieces [][]byte, fast bool) string {
	t.Helper()
	c := &script{pieces: pieces, closed: make(chan struct{})}
	done := make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(serveOrRefuse), ReadHeaderTimeout: time.Minute, IdleTimeout: time.Minute, ErrorLog: nullLog}
	var l net.Listener = &once{c, done}
	if fast {
		limits := Listener{}.withDefaults()
		path := newFastPath(refuseNo, new(spent), &limits, new(atomic.Bool))
		l = fastListener{l, path}
		server.ConnState, server.ConnContext = path.state, path.context
	}
	finished := make(chan struct{})
	go func() { server.Serve(l); close(finished) }()
	select {
	case <-c.closed:
	case <-time.After(10 * time.Second):
		t.Fatalf("fast %v: still open after %q", fast, pieces)
	}
	close(done)
	<-finished
	return undated(c.got.Bytes())
}

var nullLog = logTo(io.Discard)

func undated(answers []byte) string {
	var out strings.Builder
	in := bufio.NewReader(bytes.NewReader(answers))
	for {
		if _, err := in.Peek(1); err != nil {
			return out.String()
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			rest, _ := io.ReadAll(in)
			fmt.Fprintf(&out, "%v: %s", err, rest)
			return out.String()
		}
		body, err := io.ReadAll(resp.Body)
		if d := resp.Header.Get("Date"); d != "" {
			if _, err := http.ParseTime(d); err != nil {
				out.WriteString(err.Error())
			}
			resp.Header.Del("Date")
		}
		resp.Header.Del("Content-Length") // net/http writes answers above 2 KiB in chunks
		fmt.Fprintf(&out, "%d %v %v %s %v\n", resp.StatusCode, resp.Close, resp.Header, body, err)
	}
}

const get = "GET /no/1?a=b HTTP/1.1\r\nHost: pay.example\r\nAccept: */*\r\nCookie: a=1\r\ncookie: b=2\r\n\r\n"

var conversations = []struct{ name, text string }{
	{"one that is refused", get},
	{"refused, served, refused", get + strings.Replace(get, "/no", "/yes", 1) + get},
	{"a body inside the window", "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody" + get},
	{"a body that is served", "POST /yes HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody" + get},
	{"a body beyond the window", "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n" + strings.Repeat("b", 9000) + get},
	{"a large body that is served", "PUT /yes HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n" + strings.Repeat("b", 9000) + get},
	{"chunks", "POST /yes HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + get},
	{"chunks that are refused", "POST /no HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + get},
	{"a length and chunks", "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + get},
	{"two lengths", "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd" + get},
	{"two equal lengths", "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc" + get},
	{"a length in a list", "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc" + get},
	{"a signed length", "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc" + get},
	{"an empty length", "POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n" + get},
	{"no host", "GET /no HTTP/1.1\r\n\r\n" + get},
	{"two hosts", "GET /no HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + get},
	{"a bad host", "GET /no HTTP/1.1\r\nHost: a b\r\n\r\n" + get},
	{"the head of a HEAD", strings.Replace(get, "GET", "HEAD", 1) + get},
	{"a close", strings.Replace(get, "Accept: */*", "Connection: close", 1) + get},
	{"a keep-alive", strings.Replace(get, "Accept: */*", "Connection: Keep-Alive", 1) + get},
	{"HTTP/1.0", strings.Replace(get, "1.1", "1.0", 1) + get},
	{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + get},
	{"bare line feeds", strings.ReplaceAll(get, "\r\n", "\n") + get},
	{"an empty line first", "\r\n" + get},
	{"a folded header", strings.Replace(get, "*/*", "*/*,\r\n text/html", 1) + get},
	{"a space before the colon", strings.Replace(get, "Accept:", "Accept :", 1) + get},
	{"a header without a colon", strings.Replace(get, "Accept: */*", "Accept", 1) + get},
	{"a header without a name", strings.Replace(get, "Accept: */*", ": x", 1) + get},
	{"a header with a zero byte", strings.Replace(get, "*/*", "\x00", 1) + get},
	{"a header in UTF-8", strings.Replace(get, "*/*", "社保", 1) + get},
	{"a path in escapes", strings.Replace(get, "/no/1", "/%6eo/%2f", 1) + get},
	{"a path with a bad escape", strings.Replace(get, "/no/1", "/no/%zz", 1) + get},
	{"a path of two slashes", strings.Replace(get, "/no/1", "//no/1", 1) + get},
	{"an absolute target", strings.Replace(get, "/no/1", "http://other/no", 1) + get},
	{"a fragment", strings.Replace(get, "/no/1", "/no#1", 1) + get},
	{"an expectation", "POST /no HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody" + get},
	{"a trailer without chunks", strings.Replace(get, "Accept: */*", "Trailer: X", 1) + get},
	{"an upgrade that is not taken", strings.Replace(get, "Accept: */*", "Connection: Upgrade\r\nUpgrade: websocket", 1) + get},
	{"a head beyond the window", strings.Replace(get, "*/*", strings.Repeat("x", 5000), 1) + get},
	{"the beginning of a head", get + "GET /no HTT"},
	{"nothing", ""},
	{"not HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"},
	{"an unknown method", strings.Replace(get, "GET", "BREW", 1) + get},
}

// However the bytes arrive, the answers are those of net/http alone.
func TestTheFastPathAnswersAsNetHTTPDoes(t *testing.T) {
	for _, tt := range conversations {
		want := converse(t, [][]byte{[]byte(tt.text)}, false)
		pieces := map[string][][]byte{"at once": {[]byte(tt.text)}}
		for _, size := range []int{1, 7, 100, 4096} {
			var list [][]byte
			for text := []byte(tt.text); len(text) > 0; {
				n := min(size, len(text))
				list, text = append(list, text[:n:n]), text[n:]
			}
			pieces[fmt.Sprint("by ", size)] = list
		}
		for how, list := range pieces {
			if got := converse(t, list, true); got != want {
				t.Errorf("%s, %s: got\n%s\nwant\n%s", tt.name, how, got, want)
			}
		}
	}
}

func FuzzFastPath(f *testing.F) {
	for _, tt := range conversations {
		f.Add([]byte(tt.text), uint16(20), uint16(200))
	}
	f.Fuzz(func(t *testing.T, text []byte, cut1, cut2 uint16) {
		// What leads a request after a POST is forgiven by net/http, which does
		// not hear of the requests that were refused before it. Clients that
		// send it died in the nineties.
		if bytes.Contains(text, []byte("\r\n\r\n\r")) || bytes.Contains(text, []byte("\r\n\r\n\n")) {
			t.Skip()
		}
		a, b := min(int(cut1), len(text)), min(int(cut2), len(text))
		if a > b {
			a, b = b, a
		}
		cut := func() [][]byte {
			c := bytes.Clone(text)
			return [][]byte{c[:a:a], c[a:b:b], c[b:]}
		}
		// A client that leaves within four bytes gets a 400 if they are its first
		// request to net/http, and else nothing.
		const quirk = "400 true map[Content-Type:[text/plain; charset=utf-8]] 400 Bad Request <nil>\n"
		want := converse(t, cut(), false)
		if got := converse(t, cut(), true); got != want && got != want+quirk {
			t.Errorf("%q cut at %d and %d: got\n%s\nwant\n%s", text, a, b, got, want)
		}
	})
}

func TestARefusalOnTheFastPathAllocatesNothing(t *testing.T) {
	pool := sync.Pool{New: func() any { return new(int) }}
	if testing.AllocsPerRun(1000, func() {
		for range 10 {
			pool.Put(pool.Get())
		}
	}) > 0 {
		t.Skip("the race detector empties pools")
	}
	c, raw := storm()
	raw.left = 10
	c.Read(make([]byte, 100))
	n := testing.AllocsPerRun(10, func() {
		raw.left = 1000
		c.off, c.err = false, nil
		c.Read(nil)
	})
	if n > 1 { // the window, given back at the end of the connection
		t.Errorf("%v allocations for 1000 refusals, want none", n)
	}
}

// storm is a connection on which every request is refused.
func storm() (*fastConn, *repeat) {
	limits := Listener{}.withDefaults()
	path := newFastPath(func(w http.ResponseWriter, r *http.Request, _ uint32) bool {
		h := w.Header()
		h["Content-Type"], h["Retry-After"] = problemType, problemType
		w.WriteHeader(503)
		w.Write(refusalTail)
		return true
	}, new(spent), &limits, new(atomic.Bool))
	raw := &repeat{text: []byte("GET /v1/claims/7 HTTP/1.1\r\nHost: pay.example\r\nAccept: */*\r\nCookie: session=1\r\nUser-Agent: test\r\n\r\n")}
	return &fastConn{Conn: raw, path: path, idle: true}, raw
}

// The lot of a request is drawn once, whether the fast path refuses it or
// net/http serves it: of a threshold in the middle half get through, where two
// draws would leave a quarter.
func TestARequestThatPassesTheFastPathHasDrawnItsLot(t *testing.T) {
	for _, slow := range []bool{false, true} {
		gw := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Config{Listener: Listener{NoFastPath: slow}})
		core := gw.guard.core.Load()
		core.due.Store(math.MaxInt64) // no tick
		var v visit
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "127.0.0.1:1"
		v.begin(time.Now(), 1<<21)
		gw.guard.classify(gw.guard.plan.Load(), r, &v)
		snapshot := *core.snapshot.Load()
		snapshot.Threshold = v.Level
		core.snapshot.Store(&snapshot)

		const n = 2000
		c := dialRaw(t, gw)
		in := bufio.NewReader(c)
		served := 0
		for range n {
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, resp.Body)
			if resp.StatusCode == 200 {
				served++
			}
		}
		if served < n*45/100 || served > n*55/100 { // over 4 deviations of a fair coin
			t.Errorf("slow %v: %d of %d were served, want half", slow, served, n)
		}
		decisions := &gw.guard.metrics.decisions[inEarnest][admission.P2]
		if refused := decisions[admission.AboveThreshold].Load(); int(refused) != n-served {
			t.Errorf("slow %v: %d counted as refused by level, want %d", slow, refused, n-served)
		}
		var arrived uint32
		for i := range core.arrivals {
			arrived += core.arrivals[i].Load()
		}
		if arrived != n {
			t.Errorf("slow %v: %d counted as arrived, want %d", slow, arrived, n)
		}
	}
}

// repeat is a client that sends the same, left times.
type repeat struct {
	script
	text    []byte
	left    int
	written int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	r.left--
	return copy(p, r.text), nil
}
func (r *repeat) Write(p []byte) (int, error) { r.written += len(p); return len(p), nil }

// What a refusal costs apart from the kernel and the guard.
func BenchmarkFastPathWithoutTheKernel(b *testing.B) {
	c, raw := storm()
	b.ReportAllocs()
	raw.left = b.N
	b.ResetTimer()
	c.Read(make([]byte, 10))
}

func logTo(w io.Writer) *log.Logger { return log.New(w, "", 0) }

// The fast path with the real guard, the kernel left out.
func BenchmarkFastPathWithTheGuard(b *testing.B) {
	g := newGuard(b, Config{})
	core := g.core.Load()
	core.due.Store(math.MaxInt64)
	snapshot := *core.snapshot.Load()
	snapshot.Threshold = 0
	core.snapshot.Store(&snapshot)
	c, raw := storm()
	c.path.early = g.early
	b.ReportAllocs()
	raw.left = b.N
	b.ResetTimer()
	c.Read(make([]byte, 10))
}
