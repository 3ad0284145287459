package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

func TestTheServiceKnowsTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Limiter: Limiter{Law: "fixed", Fixed: 1}, Deadline: 3 * time.Second})
		for _, tt := range []struct {
			name, header, value string
			want                string        // in the header
			left                time.Duration // in the context; 0 is no deadline
		}{
			{"nothing said", "X-Any", "", "3000", 3 * time.Second},
			{"less", TimeoutHeader, "800", "800", 800 * time.Millisecond},
			{"more", TimeoutHeader, "60000", "3000", 3 * time.Second},
			{"what cannot be read is the service's", TimeoutHeader, "soon", "soon", 0},
			{"events have no end", "Accept", "text/event-stream", "", 0},
		} {
			asked := false
			h := g.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				asked = true
				due, ok := r.Context().Deadline()
				if got := r.Header.Get(TimeoutHeader); got != tt.want || ok != (tt.left > 0) || ok && time.Until(due) != tt.left {
					t.Errorf("%s: header %q, context %v %v, want %q and %v", tt.name, got, ok, time.Until(due), tt.want, tt.left)
				}
			}))
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set(tt.header, tt.value)
			if h.ServeHTTP(httptest.NewRecorder(), r); !asked {
				t.Errorf("%s: the service was not asked", tt.name)
			}
		}
		behind := g.handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if _, ok := r.Context().Deadline(); ok || r.Header.Get(TimeoutHeader) != "2000" {
				t.Errorf("after a second of waiting the proxy says %q, and ends the context %v, want 2000 and not", r.Header.Get(TimeoutHeader), ok)
			}
		}), false)

		go g.Middleware(hold(time.Second)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		synctest.Wait()
		behind.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		idle(t, g)
	})
}

// A service that obeys the deadline answers 503 when it is over.
func TestImpatienceIsNotHeldAgainstTheService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Deadline: 3 * time.Second, Breaker: &Breaker{Least: 5, Window: time.Minute}})
		h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			w.WriteHeader(http.StatusServiceUnavailable)
		}))
		ask := func(patience string) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set(TimeoutHeader, patience)
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
		for range 20 {
			ask("5")
		}
		if s := g.core.Load().breakerState(); s != admission.Closed {
			t.Errorf("one who asks for answers in no time: the breaker is %v, want closed", s)
		}
		for range 5 {
			ask("3000")
		}
		if s := g.core.Load().breakerState(); s != admission.Open {
			t.Errorf("a service that is too slow for the route: the breaker is %v, want open", s)
		}
	})
}
