package gateway

import (
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// pipeline is a guard with everything that costs time on the way of a request.
func pipeline(b *testing.B, limit int) (*Guard, *http.Request) {
	g := newGuard(b, Config{
		Limiter:  Limiter{Law: "fixed", Fixed: limit},
		Routes:   append([]Route{{Method: "GET", Pattern: "/other", Class: admission.P3}}, matched...),
		Identity: Identity{Subject: source(b, "header:Authorization"), Tenant: source(b, "host")},
	})
	r := httptest.NewRequest("POST", "/claims/7/settle", nil)
	r.Header.Set("Authorization", "Bearer 0123456789abcdef0123456789abcdef")
	return g, r
}

func source(t testing.TB, text string) (s Source) {
	t.Helper()
	if err := s.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return s
}

// What the guard itself takes of a request that it lets in: all stages, both
// clock readings, the metrics, and giving the place back.
func BenchmarkDecideAndLeave(b *testing.B) {
	g, r := pipeline(b, 100)
	p := g.plan.Load()
	b.ReportAllocs()
	defer cpu(b)()
	for b.Loop() {
		v := g.visits.Get().(*visit)
		d := g.decide(p, r, v, lotOf(r))
		g.account(p, v, d)
		g.leave(v, g.now(), 0, admission.Succeeded)
		g.visits.Put(v)
	}
}

// What it takes of one that the threshold refuses.
func BenchmarkDecideBelowThreshold(b *testing.B) {
	g, r := pipeline(b, 100)
	closeAll(g)
	p := g.plan.Load()
	b.ReportAllocs()
	defer cpu(b)()
	for b.Loop() {
		v := g.visits.Get().(*visit)
		d := g.decide(p, r, v, lotOf(r))
		if d.Reason != admission.AboveThreshold {
			b.Fatal(d.Reason)
		}
		g.account(p, v, d)
		g.visits.Put(v)
	}
}

// What a request costs from the first handler of the guard to the last, with a
// service that does nothing: the request's context and header, and the writer
// around the answer, come to what the decision takes.
func BenchmarkMiddleware(b *testing.B) {
	g, r := pipeline(b, 100)
	h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(nil) }))
	w := &nowhere{header: http.Header{}}
	b.ReportAllocs()
	defer cpu(b)()
	for b.Loop() {
		h.ServeHTTP(w, r)
	}
}

// nowhere is an http.ResponseWriter that keeps nothing.
type nowhere struct{ header http.Header }

func (w *nowhere) Header() http.Header         { return w.header }
func (w *nowhere) WriteHeader(int)             {}
func (w *nowhere) Write(p []byte) (int, error) { return len(p), nil }

// What one reading of the clock takes: of the figures above, two of these in the
// first and one in the second.
func BenchmarkClock(b *testing.B) {
	g, _ := pipeline(b, 100)
	b.ReportAllocs()
	for b.Loop() {
		_ = g.now()
	}
}

// cpu reports the processor time of an operation beside the wall time, which
// on a machine with company counts the company too.
func cpu(b *testing.B) (report func()) {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := used()
	return func() { b.ReportMetric(float64(used()-began)/float64(b.N), "cpu-ns/op") }
}

// closeAll publishes a threshold that nothing passes, until the next tick,
// which never comes.
func closeAll(g *Guard) {
	c := g.core.Load()
	s := *c.snapshot.Load()
	s.Threshold = 0
	c.snapshot.Store(&s)
	c.due.Store(1 << 62)
}
