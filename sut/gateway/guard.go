package gateway

import (
	"context"
	"hash/maphash"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// TimeoutHeader is the request header by which a client says how long the
// answer will be of use, in milliseconds. It can only shorten the guard's own
// deadline: a client that could lengthen it could also own the queue.
const TimeoutHeader = "X-Request-Timeout-Ms"

// A Guard puts admission before an http.Handler. It is safe for concurrent use.
type Guard struct {
	deadline time.Duration
	routes   []Route
	matcher  matcher
	metrics  *metrics
	refusals refusals
	seed     maphash.Seed
	visits   sync.Pool

	perClient int // 0 is no limit

	mu      sync.Mutex // serialises guard and clients; held for well under a microsecond
	guard   *admission.Guard
	clients map[string]int // requests here by address, while there is a limit
}

// visit is one request before the guard. Visits are used again, so that a
// refusal allocates nothing of ours.
type visit struct {
	admission.Entry
	verdict chan admission.Decision // holds one, so that Answer never blocks
}

func newVisit() any {
	v := &visit{verdict: make(chan admission.Decision, 1)}
	v.Answer = func(d admission.Decision) { v.verdict <- d }
	return v
}

// New makes a guard from the Law, FixedLimit, Deadline and Routes of c.
func New(c Config) (*Guard, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	law, err := admission.NewLaw(c.Limiter.Law, c.Limiter.law(c.deadline()))
	if err != nil {
		return nil, err
	}
	g := &Guard{
		deadline: c.deadline(),
		routes:   c.Routes,
		matcher:  newMatcher(c.Routes),
		refusals: newRefusals(),
		seed:     maphash.MakeSeed(),
		visits:   sync.Pool{New: newVisit},
		guard:    admission.NewGuard(law, c.deadline()),

		perClient: c.PerClient,
		clients:   map[string]int{},
	}
	g.metrics = newMetrics(g)
	return g, nil
}

// State is the guard's state at this instant.
func (g *Guard) State() admission.State {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.guard.State()
}

// Middleware returns a handler that lets through to next what the guard
// admits and answers the rest itself. /livez, /readyz and /metrics always
// pass, uncounted: a probe that is shed gets a healthy process killed.
func (g *Guard) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/livez", "/readyz", "/metrics":
			next.ServeHTTP(w, r)
			return
		}
		v := g.visits.Get().(*visit)
		defer g.visits.Put(v)
		arrived := time.Now()
		v.Class = g.class(r)
		v.Deadline = arrived.Add(g.patience(r))
		v.Client = maphash.String(g.seed, r.RemoteAddr)

		d, done := g.enter(r, v)
		defer done()
		g.metrics.decided(v.Class, d)
		if d.Refused() {
			g.refusals.write(w, v.Class, d)
			return
		}
		w.Header()["Guard-Decision"] = admittedHeader
		g.pass(w, r, next, arrived, v)
	})
}

// class is that of the route, P2 where none matches.
func (g *Guard) class(r *http.Request) admission.Class {
	if n := g.matcher.match(r.Method, r.URL); n > 0 {
		return g.routes[n-1].Class
	}
	return admission.P2
}

// enter asks for a place: first under the client's own limit, then under the guard's. done gives the client's back.
func (g *Guard) enter(r *http.Request, v *visit) (d admission.Decision, done func()) {
	if g.perClient == 0 {
		return g.admit(r.Context(), v), func() {}
	}
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	g.mu.Lock()
	if g.clients[address] >= g.perClient {
		defer g.mu.Unlock()
		return g.guard.RefuseClient(&v.Entry), func() {}
	}
	g.clients[address]++
	g.mu.Unlock()
	return g.admit(r.Context(), v), func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.clients[address]--; g.clients[address] == 0 {
			delete(g.clients, address)
		}
	}
}

// patience is how long the client will wait: its own word, up to the deadline.
func (g *Guard) patience(r *http.Request) time.Duration {
	if h := r.Header[TimeoutHeader]; len(h) > 0 {
		if ms, err := strconv.ParseUint(h[0], 10, 31); err == nil {
			return min(time.Duration(ms)*time.Millisecond, g.deadline)
		}
	}
	return g.deadline
}

// admit asks the guard and, if told so, waits for its verdict. The clock is
// read under the lock, so that the guard never sees it go back.
func (g *Guard) admit(ctx context.Context, v *visit) admission.Decision {
	g.mu.Lock()
	d := g.guard.Admit(time.Now(), &v.Entry)
	g.mu.Unlock()
	if d.Reason != admission.Queued {
		return d
	}
	timer := time.NewTimer(d.Wait)
	defer timer.Stop()
	why := admission.Deadline
	select {
	case d := <-v.verdict:
		return d
	case <-timer.C:
	case <-ctx.Done():
		why = admission.ClientGone
	}
	g.mu.Lock()
	d, left := g.guard.Leave(time.Now(), &v.Entry, why)
	g.mu.Unlock()
	if !left {
		return <-v.verdict // it came between the select and the lock
	}
	return d
}

// pass serves an admitted request and gives its place back whatever happens:
// a panic leaves the outcome at Ignored and goes on up.
func (g *Guard) pass(w http.ResponseWriter, r *http.Request, next http.Handler, arrived time.Time, v *visit) {
	outcome, left := admission.Ignored, false
	leave := func() {
		if left {
			return
		}
		left = true
		g.mu.Lock()
		now := time.Now()
		g.guard.Done(now, &v.Entry, outcome)
		g.mu.Unlock()
		g.metrics.answered(v.Class, now.Sub(arrived))
	}
	defer leave()
	sw := &statusWriter{ResponseWriter: w}
	sw.leave = func() { outcome = judge(sw.status); leave() }
	next.ServeHTTP(sw, r)
	if r.Context().Err() == nil {
		outcome = judge(sw.status)
	} else if !time.Now().Before(v.Deadline) {
		// The client waited as long as it could: that is a backend too slow,
		// and counting only those that were answered would hide it.
		outcome = admission.Dropped
	}
}

// judge reads a status as a sign of load.
func judge(status int) admission.Outcome {
	switch {
	case status < 400: // 0 is a handler that wrote nothing: 200
		return admission.Succeeded
	case status == http.StatusTooManyRequests, status == http.StatusBadGateway,
		status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return admission.Dropped
	}
	return admission.Ignored
}
