package gateway

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/sut/admission"
)

// What a client says of its own importance changes nothing: a priority that can
// be chosen is soon the highest for everybody.
func TestNoHeaderOfAClientRaisesItsClass(t *testing.T) {
	g := newGuard(t, Config{Routes: []Route{{Pattern: "/estimates", Class: admission.P3}}})
	for _, header := range []string{
		"Priority", "X-Priority", "X-Request-Priority", "X-Criticality", "X-Class", "X-Level", "Guard-Class", "Guard-Level", "Guard-Decision",
		"X-Peakday-Class", "Failsafe-Level", "X-Envoy-Retry-On", "X-Forwarded-Class", "Idempotency-Key", "X-Http-Method-Override", "X-Original-Url", "X-Rewrite-Url",
	} {
		for _, value := range []string{"P0", "0", "u=0, i", "critical", "high", "499", "admitted", "/payments"} {
			r := httptest.NewRequest("GET", "/estimates", nil)
			r.Header.Set(header, value)
			v := newVisit().(*visit)
			v.begin(g.now(), 1<<22-1)
			g.classify(g.plan.Load(), r, v)
			if v.Class != admission.P3 || v.Level < admission.LevelOf(admission.P3, false, 0, 0) {
				t.Errorf("%s: %s made it class %v at level %d", header, value, v.Class, v.Level)
			}
		}
	}
}

// hijackable is a ResponseWriter whose connection can be taken over.
type hijackable struct{ *httptest.ResponseRecorder }

func (hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	ours, theirs := net.Pipe()
	theirs.Close()
	return ours, bufio.NewReadWriter(bufio.NewReader(ours), bufio.NewWriter(ours)), nil
}

// Whatever handlers and clients do, in whatever order, and with reloads between:
// no place is lost, none given back twice.
func TestNoPlaceIsLostWhateverHappens(t *testing.T) {
	endings := []string{"answer", "panic", "abort", "hijack", "events", "flush", "fail", "client leaves", "wait too long"}
	rapid.Check(t, func(rt *rapid.T) {
		ends := rapid.SliceOfN(rapid.SampledFrom(endings), 1, 40).Draw(rt, "endings")
		gaps := rapid.SliceOfN(rapid.IntRange(0, 30), len(ends), len(ends)).Draw(rt, "gaps")
		reloads := rapid.SliceOfN(rapid.IntRange(0, 3), len(ends), len(ends)).Draw(rt, "reloads")
		mode := rapid.SampledFrom([]Mode{Enforce, DryRun}).Draw(rt, "mode")
		synctest.Test(t, func(t *testing.T) {
			config := Config{Mode: mode, Limiter: Limiter{Law: "fixed", Fixed: 3}, Deadline: 200 * time.Millisecond, PerClient: 9, Breaker: &Breaker{Least: 3, Pause: 20 * time.Millisecond}}
			g, err := New(config)
			if err != nil {
				rt.Fatal(err)
			}
			h := g.Middleware(http.HandlerFunc(endAsAsked))
			var wg sync.WaitGroup
			for i, end := range ends {
				time.Sleep(time.Duration(gaps[i]) * time.Millisecond)
				if reloads[i] == 0 {
					config.Limiter.Fixed = 5 - config.Limiter.Fixed // 2 or 3
					if err := g.Reload(config); err != nil {
						rt.Fatal(err)
					}
				}
				wg.Go(func() {
					defer func() { _ = recover() }() // as net/http does
					ctx, leave := context.WithCancel(t.Context())
					defer leave()
					if end == "client leaves" {
						time.AfterFunc(25*time.Millisecond, leave)
					}
					r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
					r.Header.Set("X-End", end)
					h.ServeHTTP(hijackable{httptest.NewRecorder()}, r)
				})
			}
			wg.Wait()
			time.Sleep(10 * time.Second) // the shadows of a dry run end after their requests
			synctest.Wait()
			if s := g.State(); s.InFlight != 0 || s.Queued != [admission.Classes]int{} || len(g.clients.here) != 0 {
				rt.Errorf("left behind: %d in flight, %v queued, clients %v", s.InFlight, s.Queued, g.clients.here)
			}
			for c := range admission.Class(admission.Classes) {
				if n := g.metrics.inside(c); n != 0 {
					rt.Errorf("class %v has %d inside, want none", c, n)
				}
			}
			for i := range g.metrics.broken {
				if n := g.metrics.broken[i].Load(); n != 0 {
					rt.Errorf("the guard broke %d times", n)
				}
			}
		})
	})
}

// endAsAsked ends as the request asks.
func endAsAsked(w http.ResponseWriter, r *http.Request) {
	time.Sleep(50 * time.Millisecond)
	switch r.Header.Get("X-End") {
	case "panic":
		panic("bug")
	case "abort":
		panic(http.ErrAbortHandler)
	case "hijack":
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			time.Sleep(time.Second)
			c.Close()
		}
	case "events":
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		time.Sleep(time.Second)
	case "flush":
		http.NewResponseController(w).Flush()
	case "fail":
		w.WriteHeader(http.StatusServiceUnavailable)
	case "client leaves", "wait too long":
		select {
		case <-r.Context().Done():
		case <-time.After(time.Second):
		}
	}
}
