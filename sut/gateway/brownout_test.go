package gateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

func TestABrownoutLeavesFeaturesOutAndThenAsksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{
			Routes:   []Route{{Method: "GET", Pattern: "/page", Class: admission.P3, Stale: time.Hour}},
			Brownout: []Brownout{{Refused: .1, Off: []string{"history"}}, {Refused: .5, Stale: true, Off: []string{"maps"}}},
		})
		asked := 0
		h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			fmt.Fprint(w, Feature(r.Context(), "history"), Feature(r.Context(), "maps"), " ", r.Header.Get(FeaturesOff))
		}))
		ask := func() string {
			r := httptest.NewRequest("GET", "/page", nil)
			r.Header.Set(FeaturesOff, "everything, says the client")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Body.String()
		}
		core := g.core.Load()
		core.due.Store(1 << 62) // the levels are set here
		for _, tt := range []struct {
			level int32
			want  string
			asked int
		}{
			{0, "true true ", 1},
			{1, "false true history", 2},
			{2, "false true history", 2}, // from the shelf
			{0, "true true ", 3},
		} {
			core.level.Store(tt.level)
			if got := ask(); got != tt.want || asked != tt.asked {
				t.Errorf("level %d: got %q after %d questions, want %q after %d", tt.level, got, asked, tt.want, tt.asked)
			}
		}
	})
}

// The level follows what is refused, by the law of sut/admission.
func TestTheLevelRisesWhileRequestsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{
			Limiter: Limiter{Law: "fixed", Fixed: 1}, Deadline: 100 * time.Millisecond,
			Brownout: []Brownout{{Refused: .5, Off: []string{"history"}}},
		})
		h := g.Middleware(hold(50 * time.Millisecond))
		for range 3000 {
			go h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			time.Sleep(time.Millisecond)
		}
		if level := g.core.Load().level.Load(); level != 1 {
			t.Errorf("with nearly all refused the level is %d, want 1", level)
		}
		time.Sleep(time.Minute)
		for range 200 { // a calm day
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			time.Sleep(100 * time.Millisecond)
		}
		if level := g.core.Load().level.Load(); level != 0 {
			t.Errorf("twenty calm seconds later the level is %d, want 0", level)
		}
	})
}

// A shelf that answers everybody must not keep the brownout going.
func TestABrownoutThatAsksNobodyEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{
			Limiter: Limiter{Law: "fixed", Fixed: 1}, Deadline: 100 * time.Millisecond,
			Routes:   []Route{{Method: "GET", Pattern: "/page", Stale: time.Hour}},
			Brownout: []Brownout{{Refused: .3, Wait: 20 * time.Millisecond, Stale: true}},
		})
		h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(50 * time.Millisecond)
			fmt.Fprint(w, "page")
		}))
		storm := func(path string) {
			for range 3000 {
				go decisionOf(h, path)
				time.Sleep(time.Millisecond)
			}
		}
		if decisionOf(h, "/page"); g.core.Load().level.Load() != 0 {
			t.Error("the first request of all, which was served, begins a brownout")
		}
		storm("/")
		if level := g.core.Load().level.Load(); level != 1 {
			t.Fatalf("after a storm the level is %d, want 1", level)
		}
		for range 150 { // fifteen calm seconds, all from the shelf
			decisionOf(h, "/page")
			time.Sleep(100 * time.Millisecond)
		}
		if level := g.core.Load().level.Load(); level != 0 {
			t.Errorf("fifteen calm seconds later the level is %d, want 0", level)
		}
	})
}

func TestTheFirstRequestsAreNotTakenForRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Brownout: []Brownout{{Refused: .05, Off: []string{"history"}}}})
		h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		for i := range 20 {
			if decisionOf(h, "/"); g.core.Load().level.Load() != 0 || g.State().Refused != 0 {
				t.Fatalf("request %d was served, and begins a brownout with %v refused", i, g.State().Refused)
			}
			time.Sleep(300 * time.Millisecond)
		}
	})
}

func TestABreakerSparesAFailingService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Breaker: &Breaker{Least: 10}})
		sick, asked := true, 0
		h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked++
			if sick {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
		for range 30 {
			decisionOf(h, "/")
		}
		status, decision := decisionOf(h, "/")
		if asked != 10 || status != 503 || decision != "shed;reason=breaker;class=P2" {
			t.Errorf("asked %d times, then %d %q, want 10 and the breaker", asked, status, decision)
		}
		time.Sleep(1100 * time.Millisecond)
		sick = false
		for range 40 {
			decisionOf(h, "/")
		}
		if status, decision := decisionOf(h, "/"); status != 200 || g.core.Load().breakerState() != admission.Closed {
			t.Errorf("well again: got %d %q, breaker %v, want it closed", status, decision, g.core.Load().breakerState())
		}
		idle(t, g)
	})
}
