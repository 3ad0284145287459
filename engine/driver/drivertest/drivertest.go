package drivertest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// MaxBody is the size of the body that must count as oversize, less one.
const MaxBody = 16 << 20

// Run runs the suite against loops of newDriver, which gets a target with http on loopback and sometimes more options.
func Run(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, func(driver.Options) driver.Driver)
	}{
		{"an answer comes back with its slot, status and instants", answers},
		{"the request arrives as it was written", arrivesAsWritten},
		{"many requests are in flight at once", manyAtOnce},
		{"Wait returns at once when an outcome comes, and at until when none does", waits},
		{"the start of a body that is not 2xx is kept", keepsBody},
		{"Retry-After is read as seconds and as a date", retryAfter},
		{"a redirect is an outcome", redirect},
		{"a refused connection is a dial failure", refused},
		{"a connection that breaks in the middle of a body is a reset", resetInBody},
		{"an answer that is not HTTP is a reset", notHTTP},
		{"too much body is oversize", oversize},
		{"a deadline ends the wait for an answer", deadlineBeforeAnswer},
		{"a deadline ends the wait for the rest of a body", deadlineInBody},
		{"a deadline that has passed sends nothing", deadlinePassed},
		{"a request is sent once though its connection broke", sentOnce},
		{"a fresh connection that the server closes is a reset, and the request is sent once", freshConnection},
		{"Sent comes after the connection", connectsSlowly},
		{"a kept connection that the server closed is replaced", keptConnection},
		{"Close abandons what is in flight and leaves no goroutine", closes},
		{"Close leaves no descriptor", closesFiles},

		{"chunks, their extensions and trailers are taken", chunked},
		{"a body may end with the connection", untilClose},
		{"interim answers are passed over", interim},
		{"answers to HEAD and 204 have no body", withoutBody},
		{"an answer shorter than it says is a reset", promisesMore},
		{"bytes after an answer are not the next answer", givesMore},
		{"a deadline ends an answer that trickles", trickles},
		{"an answer may come byte by byte", byteByByte},
		{"too much head is oversize", oversizeHead},
		{"MaxBody bounds every kind of body", oversizeBody},
		{"bytes are counted", counts},
		{"Keep keeps the whole head and body", keepsAll},

		{"requests that follow each other share a connection", reuses},
		{"an answer that closes is the last on its connection", serverCloses},
		{"Close of the options takes a connection for each request", clientCloses},
		{"connections beyond Idle are closed", atMostIdle},
		{"a connection idle for IdleFor is closed", idleFor},
		{"Warm opens connections that requests then use", warms},
		{"Warm returns the refusal", warmRefused},
		{"Allow is asked at every connection", allows},
		{"ConnectTo changes where, not what for", connectsElsewhere},
		{"Sources are taken in turn", fromSources},
		{"a name is looked up", byName},
		{"a name that does not exist is a dial failure", nameUnknown},

		{"an answer may come before the request was read", earlyAnswer},
		{"deadlines in any order", deadlinesMixed},
		{"a late answer is not the next request's", afterTimeout},
		{"a deadline ends the wait for a handshake", slowHandshake},
		{"what would break the framing is not sent", breaksFraming},
		{"requests that are Alike arrive alike", alike},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, newDriver) })
	}
}

// patience bounds every wait of the suite; only a broken driver waits so long.
const patience = 20 * time.Second

func open(t *testing.T, d driver.Driver) driver.Loop {
	t.Helper()
	loop, err := d.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { loop.Close() })
	return loop
}

// gather waits for n outcomes and checks what holds for each: the order of its instants.
func gather(t *testing.T, loop driver.Loop, n int) (outs []driver.Outcome) {
	t.Helper()
	for give := time.Now().Add(patience); len(outs) < n; {
		came := loop.Wait(give)
		if len(came) == 0 {
			t.Fatalf("%d of %d outcomes after %v", len(outs), n, patience)
		}
		outs = append(outs, came...)
	}
	for _, out := range outs {
		if out.Done.Before(out.Ready) || !out.Sent.IsZero() && (out.Sent.Before(out.Ready) || out.Done.Before(out.Sent)) {
			t.Errorf("instants out of order: ready %v, sent %v, done %v", out.Ready, out.Sent, out.Done)
		}
		if (out.Kind == "") != (out.Err == nil) || (out.Kind == "") != (out.Status != 0) {
			t.Errorf("kind %q, error %v, status %d: want a kind with an error, or else a status", out.Kind, out.Err, out.Status)
		}
	}
	return outs
}

func get(path string) *scenarios.Request { return &scenarios.Request{Method: "GET", Path: path} }

// one sends a single request and returns its outcome.
func one(t *testing.T, loop driver.Loop, r *scenarios.Request) driver.Outcome {
	t.Helper()
	loop.Submit(1, r)
	return gather(t, loop, 1)[0]
}

func answers(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	var arrived atomic.Int64
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		arrived.Store(time.Now().UnixNano())
		io.WriteString(w, "hello")
	})
	before := time.Now()
	loop.Submit(42, get("/"))
	out := gather(t, loop, 1)[0]
	if out.Slot != 42 || out.Status != 200 || out.Kind != "" {
		t.Errorf("slot %d, status %d, kind %q; want 42, 200 and none", out.Slot, out.Status, out.Kind)
	}
	if out.Ready.Before(before) || out.Sent.IsZero() || out.Done.After(time.Now()) {
		t.Errorf("ready %v, sent %v, done %v: not within the test", out.Ready, out.Sent, out.Done)
	}
	if out.Sent.UnixNano() > arrived.Load() {
		t.Errorf("sent %v after it arrived", time.Duration(out.Sent.UnixNano()-arrived.Load()))
	}
}

func arrivesAsWritten(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	arrived := make(chan string, 1)
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		arrived <- fmt.Sprintf("%s %s %q %q %q", r.Method, r.RequestURI, r.Header.Get("Idempotency-Key"), r.Header.Values("X-Two"), body)
		if r.Header.Get("Accept-Encoding") != "" {
			t.Error("asked for compression")
		}
		w.WriteHeader(http.StatusCreated)
	})
	body := bytes.Repeat([]byte("x"), 100_000)
	out := one(t, loop, &scenarios.Request{Method: "POST", Path: "/v1/a%2Fb?q=1&q=%20", Body: body,
		Header: []scenarios.Header{{Name: "idempotency-key", Value: "k1"}, {Name: "X-Two", Value: "a"}, {Name: "X-Two", Value: "b"}}})
	want := fmt.Sprintf("POST /v1/a%%2Fb?q=1&q=%%20 %q %q %q", "k1", []string{"a", "b"}, body)
	if got := <-arrived; out.Status != 201 || got != want {
		t.Errorf("status %d, arrived %.120s, want %.120s", out.Status, got, want)
	}
}

func manyAtOnce(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	const n = 100
	var inside atomic.Int32
	all := make(chan struct{})
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		if inside.Add(1) == n {
			close(all)
		}
		<-all // nobody is answered before everybody is there
	})
	for slot := range uint64(n) {
		loop.Submit(slot, get("/"))
	}
	seen := map[uint64]bool{}
	for _, out := range gather(t, loop, n) {
		if seen[out.Slot] = true; out.Status != 200 {
			t.Errorf("slot %d: status %d, kind %q, %v", out.Slot, out.Status, out.Kind, out.Err)
		}
	}
	if len(seen) != n {
		t.Errorf("%d slots came back, want %d", len(seen), n)
	}
}

func waits(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	answer := make(chan struct{})
	loop := serve(t, newDriver, func(http.ResponseWriter, *http.Request) { <-answer })
	loop.Submit(0, get("/"))
	begin := time.Now()
	if outs := loop.Wait(begin.Add(50 * time.Millisecond)); len(outs) != 0 {
		t.Fatalf("outcomes before the answer: %v", outs)
	}
	if waited := time.Since(begin); waited < 50*time.Millisecond {
		t.Errorf("Wait returned nothing after %v, want 50ms", waited)
	}
	if outs := loop.Wait(begin); len(outs) != 0 {
		t.Errorf("a Wait until the past returned %v", outs)
	}
	close(answer)
	begin = time.Now()
	if gather(t, loop, 1); time.Since(begin) > patience/2 {
		t.Errorf("an outcome took %v", time.Since(begin))
	}
}

func keepsBody(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	long := strings.Repeat("problem ", 1000)
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		io.WriteString(w, long)
	})
	if out := one(t, loop, get("/bad")); out.Status != 500 || len(out.Body) < 100 || !strings.HasPrefix(long, string(out.Body)) {
		t.Errorf("status %d, body %q; want 500 and the start of the body", out.Status, out.Body)
	}
	if out := one(t, loop, get("/good")); len(out.Body) != 0 {
		t.Errorf("the body of a 200 was kept: %q", out.Body)
	}
}

func retryAfter(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/seconds":
			w.Header().Set("Retry-After", "7")
		case "/date":
			w.Header().Set("Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat))
		case "/past":
			w.Header().Set("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	for _, test := range []struct {
		path      string
		has       bool
		low, high time.Duration
	}{
		{"/seconds", true, 7 * time.Second, 7 * time.Second},
		{"/date", true, 50 * time.Second, time.Minute}, // a date has whole seconds
		{"/past", true, 0, 0},
		{"/none", false, 0, 0},
	} {
		out := one(t, loop, get(test.path))
		if out.Status != 503 || out.HasRetry != test.has || out.RetryAfter < test.low || out.RetryAfter > test.high {
			t.Errorf("%s: status %d, Retry-After %v %v; want 503, %v within [%v, %v]",
				test.path, out.Status, out.HasRetry, out.RetryAfter, test.has, test.low, test.high)
		}
	}
}

func redirect(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := serve(t, newDriver, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) })
	if out := one(t, loop, get("/")); out.Status != 302 {
		t.Errorf("status %d, kind %q; want 302", out.Status, out.Kind)
	}
}

// wantFailure checks the kind and whether anything was sent.
func wantFailure(t *testing.T, out driver.Outcome, kind string, sent bool) {
	t.Helper()
	if out.Kind != kind || out.Sent.IsZero() == sent {
		t.Errorf("kind %q (%v), sent %v; want %q, sent %v", out.Kind, out.Err, !out.Sent.IsZero(), kind, sent)
	}
}

func refused(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	gone := httptest.NewServer(nil)
	gone.Close()
	wantFailure(t, one(t, open(t, newDriver(driver.Options{Target: gone.URL})), get("/")), result.KindDial, false)
}

func closes(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	before := runtime.NumGoroutine()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stall" {
			<-r.Context().Done()
		}
	}))
	loop, err := newDriver(driver.Options{Target: server.URL}).Open()
	if err != nil {
		t.Fatal(err)
	}
	for slot := range uint64(20) {
		loop.Submit(slot, get("/"))
	}
	gather(t, loop, 20)
	for slot := range uint64(20) {
		loop.Submit(slot, get("/stall"))
	}
	if outs := loop.Wait(time.Now().Add(100 * time.Millisecond)); len(outs) != 0 {
		t.Fatalf("stalled requests ended: %v", outs)
	}
	begin := time.Now()
	if err := loop.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > patience/2 {
		t.Errorf("Close took %v", took)
	}
	server.Close()
	for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
		}
	}
}
