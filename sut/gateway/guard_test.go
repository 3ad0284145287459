package gateway

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

func newGuard(t testing.TB, c Config) *Guard {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// idle fails unless every place was given back and nobody waits.
func idle(t *testing.T, g *Guard) {
	t.Helper()
	if s := g.State(); s.InFlight != 0 || s.Queued != [admission.Classes]int{} {
		t.Errorf("left behind: %d in flight, %v queued, want none", s.InFlight, s.Queued)
	}
}

func TestNoPlaceIsLost(t *testing.T) {
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		panics  bool
	}{
		{"a plain answer", func(w http.ResponseWriter, r *http.Request) {}, false},
		{"a panic", func(http.ResponseWriter, *http.Request) { panic("bug") }, true},
		{"an abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true},
		{"a hijack, which is refused", func(w http.ResponseWriter, _ *http.Request) {
			if _, _, err := http.NewResponseController(w).Hijack(); err == nil {
				t.Error("the connection could be hijacked")
			}
		}, false},
		{"a flush", func(w http.ResponseWriter, _ *http.Request) {
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Errorf("Flush: %v", err)
			}
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGuard(t, Config{})
			h := g.Middleware(tt.handler)
			func() {
				defer func() {
					if got := recover() != nil; got != tt.panics {
						t.Errorf("the panic went on up: %v, want %v", got, tt.panics)
					}
				}()
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			}()
			idle(t, g)
		})
	}
}

// hold is a handler that keeps each request for d, or until its client leaves.
func hold(d time.Duration) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
		}
	}
}

func TestAWaitingRequestTakesTheNextPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Limiter: Limiter{Law: "fixed", Fixed: 1}, Deadline: 10 * time.Second})
		h := g.Middleware(hold(time.Second))
		var wg sync.WaitGroup
		var answered [2]time.Duration
		began := time.Now()
		for i := range answered {
			wg.Go(func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				answered[i] = time.Since(began)
				if got := decided(w.Header()); got != "admitted" {
					t.Errorf("Guard-Decision is %q, want admitted", got)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		if answered != [2]time.Duration{time.Second, 2 * time.Second} {
			t.Errorf("answered after %v, want 1 s and 2 s", answered)
		}
		idle(t, g)
	})
}

func TestAWaitEndsAtTheDeadlineOrWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Limiter: Limiter{Law: "fixed", Fixed: 2}, Deadline: 3 * time.Second})
		h := g.Middleware(hold(time.Hour))
		ctx, leave := context.WithCancel(t.Context())
		began := time.Now()
		type refusal struct {
			decision string
			after    time.Duration
		}
		send := func(ctx context.Context, timeoutMs string) <-chan refusal {
			answer := make(chan refusal, 1)
			r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
			r.Header.Set(TimeoutHeader, timeoutMs)
			go func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				answer <- refusal{decided(w.Header()), time.Since(began)}
			}()
			synctest.Wait()
			return answer
		}
		first := send(ctx, "not a number") // holds a place
		second := send(ctx, "3000")        // and another
		patient := send(t.Context(), "2000")
		gone, goodbye := context.WithCancel(t.Context())
		left := send(gone, "2000")
		goodbye()
		if got, want := <-left, (refusal{"shed;reason=client_gone;class=P2", 0}); got != want {
			t.Errorf("the one that left: %v, want %v", got, want)
		}
		if got, want := <-patient, (refusal{"shed;reason=deadline;class=P2", 2 * time.Second}); got != want {
			t.Errorf("the patient one: %v, want %v", got, want)
		}
		leave()
		<-first
		<-second
		idle(t, g)
	})
}

func TestWhatAnAnswerSaysOfTheBackend(t *testing.T) {
	for status, want := range map[int]admission.Outcome{
		0:   admission.Succeeded,
		200: admission.Succeeded,
		303: admission.Succeeded,
		404: admission.Ignored,
		500: admission.Ignored,
		429: admission.Ignored, // about one client
		502: admission.Dropped,
		503: admission.Dropped,
		504: admission.Dropped,
	} {
		if got := judge(status); got != want {
			t.Errorf("status %d: got %v, want %v", status, got, want)
		}
	}
}

func TestBadConfigurationsAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config Config
		want   string
	}{
		{"an unknown law", Config{Limiter: Limiter{Law: "guess"}}, `limiter.law: found "guess", want one of elastic, vegas, gradient2, aimd, fixed`},
		{"fixed without a limit", Config{Limiter: Limiter{Law: "fixed"}}, "limiter: law fixed: limit 0: want at least 1"},
		{"a pattern without a path", Config{Routes: []Route{{Method: "GET", Pattern: "claims", Op: "ask"}}},
			`routes[0].path: found "claims", want a path such as /claims/{id}/settle`},
		{"two routes in conflict", Config{Routes: []Route{{Method: "GET", Pattern: "/a/{x}", Op: "a"}, {Pattern: "/", Op: "rest"}, {Method: "GET", Pattern: "/a/{y}", Op: "b"}}},
			`routes[2]: "GET /a/{y}" matches the same requests as "GET /a/{x}" of routes[0]: want one of them, or one that is a special case of the other`},
		{"a class beyond P3", Config{Routes: []Route{{Pattern: "/a", Class: 4}}}, "routes[0].class: found class 4, want P0 to P3"},
		{"all faults at once", Config{Mode: "on", PerClient: -1}, "mode: found \"on\", want enforce or dry_run or off\nper_client: found -1, want 1 or more requests at a time, or 0 for no limit"},
	} {
		if _, err := New(tt.config); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	for upstream, want := range map[string]string{
		"":               `upstream: found "", want a URL such as http://127.0.0.1:8080`,
		"ftp://a:b@host": `upstream: found "ftp://a:xxxxx@host", want a URL such as http://127.0.0.1:8080`,
		"http://a:b@host": `upstream: found "http://a:xxxxx@host", want it without user and password, which the guard would drop; ` +
			`clients send their own Authorization`,
	} {
		u, err := url.Parse(upstream)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Start(t.Context(), Config{Upstream: u}); err == nil || err.Error() != want {
			t.Errorf("upstream %q: %v, want %s", upstream, err, want)
		}
	}
	if _, err := Start(t.Context(), Config{}); err == nil {
		t.Error("no upstream was taken")
	}
}

func BenchmarkRefusal(b *testing.B) {
	g := newGuard(b, Config{Limiter: Limiter{Law: "fixed", Fixed: 1}, Routes: []Route{{Method: "POST", Pattern: "/claims/{id}/settle", Op: "claims.settle", Class: admission.P1}}})
	now := time.Now()
	var slow admission.Entry
	g.core.Load().brain.Admit(now, &slow)
	g.core.Load().brain.Done(now.Add(time.Hour), &slow, admission.Succeeded) // slower than any deadline: nobody waits
	g.core.Load().brain.Admit(now, &slow)
	h := g.Middleware(http.NotFoundHandler())
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/claims/7/settle", nil)
	b.ReportAllocs()
	for b.Loop() {
		w.Body.Reset()
		h.ServeHTTP(w, r)
	}
	if w.Code != 503 {
		b.Fatalf("got %d", w.Code)
	}
}
