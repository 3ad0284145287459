package gateway

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

func decisionOf(h http.Handler, target string) (status int, decision string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	return w.Code, decided(w.Header())
}

// decided is the Guard-Decision without the id that one in 1,024 has.
func decided(h http.Header) string {
	decision, _, _ := strings.Cut(h.Get("Guard-Decision"), ";id=")
	return decision
}

func TestADryRunServesEverythingAndSaysWhatItWouldHaveDone(t *testing.T) {
	g := newGuard(t, Config{Mode: DryRun, Limiter: Limiter{Law: "fixed", Fixed: 1}})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if status, decision := decisionOf(h, "/"); status != 200 || decision != "dry_run;reason=admitted;class=P2" {
		t.Errorf("got %d %q, want served and admitted", status, decision)
	}
	closeAll(g)
	if status, decision := decisionOf(h, "/"); status != 200 || decision != "dry_run;reason=level;class=P2" {
		t.Errorf("got %d %q, want served, and the refusal that it would have been", status, decision)
	}
	if got := g.metrics.decisions[toLook][admission.P2][admission.AboveThreshold].Load(); got != 1 {
		t.Errorf("the refusal is counted %d times as one that was not meant, want once", got)
	}
	idle(t, g)
}

func TestAGuardThatIsOffDecidesNothing(t *testing.T) {
	g := newGuard(t, Config{Mode: Off})
	closeAll(g)
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if status, decision := decisionOf(h, "/"); status != 200 || decision != "" {
		t.Errorf("got %d %q, want served without a word", status, decision)
	}
}

// What a client writes there reaches the service in no mode, and on no way.
func TestAClientTurnsNoFeatureOff(t *testing.T) {
	for _, mode := range []Mode{Enforce, DryRun, Off} {
		for _, path := range []string{"/", "/livez"} {
			h := newGuard(t, Config{Mode: mode}).Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if got := r.Header[FeaturesOff]; got != nil {
					t.Errorf("in mode %s %s came with %q, want nothing", mode, path, got)
				}
			}))
			r := httptest.NewRequest("GET", path, nil)
			r.Header.Set(FeaturesOff, "history")
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
}

func TestAFewProbesPassWhateverTheLoad(t *testing.T) {
	g := newGuard(t, Config{})
	closeAll(g)
	inside, release := make(chan bool), make(chan bool)
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside <- true; <-release }))
	var served sync.WaitGroup
	for range 4 {
		served.Go(func() {
			if status, _ := decisionOf(h, "/livez"); status != 200 {
				t.Errorf("a probe got %d, want it served", status)
			}
		})
		<-inside
	}
	if status, _ := decisionOf(h, "/livez"); status != 503 {
		t.Errorf("the fifth at a time got %d, want 503", status)
	}
	close(release)
	served.Wait()
	for _, r := range []*http.Request{
		httptest.NewRequest("POST", "/livez", nil),
		httptest.NewRequest("GET", "/metrics", strings.NewReader("x")),
		httptest.NewRequest("GET", "/readyz/x", nil),
	} {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != 503 {
			t.Errorf("%s %s got %d, want 503: that is no probe", r.Method, r.URL, w.Code)
		}
	}
}

func TestAReloadTakesEffectAtOnceAndKeepsWhatWasLearnt(t *testing.T) {
	g := newGuard(t, Config{Routes: []Route{{Pattern: "/pay", Class: admission.P1}}})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	before := g.core.Load()
	if err := g.Reload(Config{Mode: DryRun, Routes: []Route{{Pattern: "/pay", Class: admission.P0}}, Classes: map[admission.Class]Class{admission.P0: {Reserve: .5}}}); err != nil {
		t.Fatal(err)
	}
	if _, decision := decisionOf(h, "/pay"); decision != "dry_run;reason=admitted;class=P0" {
		t.Errorf("got %q, want what the new configuration says", decision)
	}
	if g.core.Load() != before || g.plan.Load().generation != 2 {
		t.Errorf("generation %d, want 2, and the brain of before", g.plan.Load().generation)
	}
	if err := g.Reload(Config{Limiter: Limiter{Law: "fixed", Fixed: 3}}); err != nil {
		t.Fatal(err)
	}
	if g.State().Limit != 3 {
		t.Errorf("the limit is %d, want that of the new law", g.State().Limit)
	}
}

func TestABadReloadChangesNothing(t *testing.T) {
	g := newGuard(t, Config{})
	for _, tt := range []struct {
		name string
		next Config
		want string
	}{
		{"a fault", Config{Mode: "on"}, `mode: found "on"`},
		{"another listener", Config{Addr: "127.0.0.1:1"}, "addr: found 127.0.0.1:1, want 127.0.0.1:0, with which the guard began"},
		{"another listener's limit", Config{Listener: Listener{PerAddress: 3}}, "listener.per_address: found 3, want none, with which"},
	} {
		if err := g.Reload(tt.next); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	if err := g.Reread(); err == nil {
		t.Error("a guard that came from nowhere was read again")
	}
	if g.plan.Load().generation != 1 {
		t.Errorf("generation %d, want 1", g.plan.Load().generation)
	}
}

func TestTheAdminPagesAreListed(t *testing.T) {
	pages := newGuard(t, Config{}).Admin()
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	for _, page := range []string{"/metrics", "/debug/guard", "/debug/guard/decisions", "/debug/guard/dashboard"} {
		if !strings.Contains(w.Body.String(), "GET  "+page) {
			t.Errorf("no %s in\n%s", page, w.Body)
		}
		if status, _ := decisionOf(pages, page); status != 200 {
			t.Errorf("%s is a %d", page, status)
		}
	}
	if status, _ := decisionOf(pages, "/debug/guard/decisions?id=none"); status != 404 {
		t.Errorf("a decision that is not kept is a %d, want 404", status)
	}
}

func TestAReloadIsLogged(t *testing.T) {
	log, fault := &lines{}, error(nil)
	g := newGuard(t, Config{Log: log.logger(), Source: func() (Config, error) { return Config{}, fault }})
	for _, fault = range []error{nil, errors.New("g:1:1: a fault")} {
		g.Admin().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/admin/reload", nil))
	}
	if len(log.text) != 2 || !strings.Contains(log.text[0], "read again\" generation=2") || !strings.Contains(log.text[1], "g:1:1: a fault") {
		t.Errorf("the log has %q, want a line for each", log.text)
	}
}

func TestTheAdminPageReloads(t *testing.T) {
	text, fail := "mode: dry_run\n", error(nil)
	var c Config
	c.Source = func() (Config, error) {
		if fail != nil {
			return Config{}, fail
		}
		return ReadConfig("g.yaml", strings.NewReader(text), today)
	}
	g := newGuard(t, c)
	post := func() (int, string) {
		w := httptest.NewRecorder()
		g.Admin().ServeHTTP(w, httptest.NewRequest("POST", "/admin/reload", nil))
		return w.Code, w.Body.String()
	}
	if status, body := post(); status != 200 || !strings.Contains(body, `"generation": 2`) || g.plan.Load().mode != DryRun {
		t.Errorf("got %d %s in mode %s, want generation 2 in dry_run", status, body, g.plan.Load().mode)
	}
	text = "mdoe: off\n"
	if status, body := post(); status != 409 || !strings.Contains(body, "g.yaml:1:1: mdoe") || g.plan.Load().mode != DryRun {
		t.Errorf("got %d %s, want why the file is bad, and the old one in force", status, body)
	}
	if fail = errors.New("no such file"); true {
		if status, body := post(); status != 409 || !strings.Contains(body, "no such file") {
			t.Errorf("got %d %s, want why it cannot be read", status, body)
		}
	}
}

// Under load, no request is lost or decided wrongly by a reload, whichever
// limiter it brings.
func TestReloadsUnderLoad(t *testing.T) {
	g := newGuard(t, Config{Limiter: Limiter{Law: "fixed", Fixed: 50}})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Millisecond) }))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 30 {
				if status, _ := decisionOf(h, "/"); status != 200 {
					t.Errorf("got %d, want every request served: there are places for all", status)
				}
			}
		})
	}
	for i := range 40 {
		if err := g.Reload(Config{Limiter: Limiter{Law: "fixed", Fixed: 50 + i%3}}); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
	idle(t, g)
	for c := range admission.Class(admission.Classes) {
		if n := g.metrics.inside(c); n != 0 {
			t.Errorf("class %v has %d inside, want none", c, n)
		}
	}
}

func TestABrokenGuardFailsAsTheClassSays(t *testing.T) {
	g := newGuard(t, Config{
		Routes:  []Route{{Pattern: "/open", Class: admission.P0}, {Pattern: "/closed", Class: admission.P3}},
		Classes: map[admission.Class]Class{admission.P3: {Fail: FailClosed}},
	})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, tt := range []struct {
		path, decision string
		status         int
	}{{"/open", "admitted", 200}, {"/closed", "shed;reason=guard;class=P3", 503}} {
		broken := g.core.Load()
		broken.brain = nil // every call panics
		broken.due.Store(1 << 62)
		if status, decision := decisionOf(h, tt.path); status != tt.status || decision != tt.decision {
			t.Errorf("%s: got %d %q, want %d %q", tt.path, status, decision, tt.status, tt.decision)
		}
		if g.core.Load() == broken {
			t.Error("the broken brain is still there")
		}
		if status, decision := decisionOf(h, tt.path); status != 200 || decision != "admitted" {
			t.Errorf("%s with a new brain: got %d %q, want admitted", tt.path, status, decision)
		}
	}
	idle(t, g)
}

// A brain that breaks over its tick takes no request with it, on either way.
func TestABrainThatBreaksOverItsTickIsReplaced(t *testing.T) {
	served := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, serve := range map[string]func(*Guard){
		"the way of all": func(g *Guard) {
			if status, decision := decisionOf(g.Middleware(served), "/"); status != 200 || decision != "admitted" {
				t.Errorf("got %d %q, want it admitted by the new brain", status, decision)
			}
		},
		"before parsing": func(g *Guard) {
			w := httptest.NewRecorder()
			if !g.early(w, httptest.NewRequest("GET", "/", nil), 0) || w.Code != 503 {
				t.Errorf("got %d, want what the last threshold says", w.Code)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGuard(t, Config{})
			broken := g.core.Load()
			closeAll(g)
			broken.brain = nil // every call panics
			broken.due.Store(0)
			serve(g)
			if g.core.Load() == broken {
				t.Error("the broken brain is still there")
			}
			idle(t, g)
		})
	}
}

// A broken brain may still hold the entry that it broke over, and answer it
// later: the memory of that is not used for another request.
func TestWhatABrokenBrainHoldsIsNotUsedAgain(t *testing.T) {
	g := newGuard(t, Config{})
	c, v := g.core.Load(), newVisit().(*visit)
	c.brain = nil
	v.begin(g.now(), 0)
	g.place(g.plan.Load(), c, t.Context(), v)
	if g.release(v); !v.lost {
		t.Error("it is kept for another request")
	}
}

func TestARequestThatCannotBeReadIsOfTheLowestClass(t *testing.T) {
	g := newGuard(t, Config{
		Routes:   []Route{{Pattern: "/", Class: admission.P0}},
		Identity: Identity{SubjectOf: func(*http.Request) string { panic("bug") }},
	})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	closeAll(g)
	if status, decision := decisionOf(h, "/"); status != 503 || decision != "shed;reason=level;class=P3" {
		t.Errorf("got %d %q, want the lowest class", status, decision)
	}
	if got := g.metrics.broken[brokeClassify].Load(); got != 1 {
		t.Errorf("counted %d times, want once", got)
	}
}

// What a reload does not speak of goes on: debts, an open breaker, a brownout.
func TestAReloadForgivesNothing(t *testing.T) {
	c := Config{Breaker: &Breaker{}, Brownout: []Brownout{{Refused: .5, Off: []string{"history"}}}, Quotas: []Quota{{Name: "person", Limit: Rate{2, time.Hour}}}}
	g := newGuard(t, c)
	h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	for range 2 {
		decisionOf(h, "/")
	}
	core := g.core.Load()
	core.level.Store(1)
	for range 30 {
		core.breaker.Done(time.Now(), admission.Pass{}, admission.Dropped)
	}
	c.Deadline, c.Quotas = 2*time.Second, []Quota{{Name: "person", Limit: Rate{2, time.Hour / 2}}}
	if err := g.Reload(c); err != nil {
		t.Fatal(err)
	}
	if next := g.core.Load(); next == core || next.breakerState() != admission.Open || next.level.Load() != 1 {
		t.Errorf("a new deadline: breaker %v, brownout %d, want them open and at 1, in a new core", next.breakerState(), next.level.Load())
	}
	if _, decision := decisionOf(h, "/"); decision != "shed;reason=quota;class=P2" {
		t.Errorf("under another limit, who had used it up got %q, want no forgiveness", decision)
	}
}

// To write out what holds anyway changes nothing.
func TestAReloadThatWritesOutTheDefaultsChangesNothing(t *testing.T) {
	c := Config{
		Breaker:  &Breaker{},
		Quotas:   []Quota{{Name: "person", Limit: Rate{1, time.Hour}}},
		Identity: Identity{SubjectOf: func(*http.Request) string { return "a" }},
	}
	g := newGuard(t, c)
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	decisionOf(h, "/")
	core, breaker := g.core.Load(), g.core.Load().breaker
	for _, next := range []Config{c.Effective(), c} {
		if err := g.Reload(next); err != nil {
			t.Fatal(err)
		}
		if g.core.Load() != core || core.breaker != breaker {
			t.Error("a new brain or breaker, want those of before")
		}
		if _, decision := decisionOf(h, "/"); decision != "shed;reason=quota;class=P2" {
			t.Errorf("who had used up the quota got %q, want no forgiveness", decision)
		}
	}
}
