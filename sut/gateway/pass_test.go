package gateway

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

func TestWhoWasLetInLatelyGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := Config{Identity: Identity{Subject: Header("Authorization"), Pass: Pass{Cookie: "guard", For: time.Minute}}}
		g := newGuard(t, config)
		h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		request := func(who string, cookies ...*http.Cookie) *http.Request {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", who)
			for _, c := range cookies {
				r.AddCookie(c)
			}
			return r
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request("a"))
		given := w.Result().Cookies()
		if len(given) != 1 || given[0].Name != "guard" || !given[0].HttpOnly || given[0].MaxAge != 60 {
			t.Fatalf("got the cookies %v, want a pass", given)
		}
		again := httptest.NewRecorder()
		h.ServeHTTP(again, request("a", given[0]))
		if len(again.Result().Cookies()) != 0 {
			t.Error("a pass that is good for long was replaced")
		}
		level := func(g *Guard, r *http.Request) (fresh bool) {
			v := newVisit().(*visit)
			v.begin(g.now(), 0)
			g.classify(g.plan.Load(), r, v)
			return v.Level>>29&1 == 1
		}
		forged := *given[0]
		forged.Value = "A" + forged.Value[1:33] + "A"
		short := *given[0]
		short.Value = forged.Value[:5]
		if level(g, request("a", given[0])) {
			t.Error("who was let in lately is taken for new")
		}
		for name, fresh := range map[string]bool{
			"without one":     level(g, request("a")),
			"another's":       level(g, request("b", given[0])),
			"a forged one":    level(g, request("a", &forged)),
			"a short one":     level(g, request("a", &short)),
			"another guard's": level(newGuard(t, config), request("a", given[0])),
		} {
			if !fresh {
				t.Errorf("%s: taken for one who was let in lately", name)
			}
		}
		time.Sleep(2 * time.Minute)
		if !level(g, request("a", given[0])) {
			t.Error("a pass is good after its end")
		}
	})
}

// What is easy to be served with must not be a way into what is not.
func TestAPassIsHadBySuccessAndForItsClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{
			Routes:   []Route{{Pattern: "/easy", Class: admission.P1}, {Pattern: "/hard", Class: admission.P3}},
			Identity: Identity{Pass: Pass{Cookie: "guard", For: 20 * time.Minute}},
			Access:   Access{Classes: []admission.Class{admission.P3}, Hours: []Hours{{From: 0, To: 60}}},
		})
		status := 200
		h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if status != 0 {
				w.WriteHeader(status)
			}
			fmt.Fprint(w, "x")
		}))
		var pass *http.Cookie
		ask := func(path string) (code int, given bool) {
			r, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
			if pass != nil {
				r.AddCookie(pass)
			}
			h.ServeHTTP(w, r)
			for _, c := range w.Result().Cookies() {
				pass, given = c, true
			}
			return w.Code, given
		}
		begun := func(path string) bool {
			r := httptest.NewRequest("GET", path, nil)
			r.AddCookie(pass)
			v := newVisit().(*visit)
			v.begin(g.now(), 0)
			g.classify(g.plan.Load(), r, v)
			return v.begun
		}
		for _, status = range []int{404, 302, 500} {
			if _, given := ask("/easy"); given {
				t.Errorf("a %d gave a pass", status)
			}
		}
		status = 0
		if _, given := ask("/easy"); !given || !begun("/easy") || begun("/hard") {
			t.Fatalf("a success gave a pass: %v, good for its class %v, for one that is shed sooner %v", given, begun("/easy"), begun("/hard"))
		}
		if _, given := ask("/hard"); !given || !begun("/easy") || !begun("/hard") {
			t.Error("the pass of a class that is shed sooner is not good for both")
		}
		if _, given := ask("/easy"); given {
			t.Error("a better pass was replaced by a lesser one")
		}
		for range 3 { // to 45 minutes
			time.Sleep(15 * time.Minute)
			if _, given := ask("/hard"); !given || !begun("/hard") {
				t.Error("a pass was not renewed")
			}
		}
		time.Sleep(15 * time.Minute)
		if begun("/hard") {
			t.Error("a pass was renewed past its hour")
		}
		if code, _ := ask("/hard"); code != 503 {
			t.Errorf("outside the hours, with a pass: got %d, want 503", code)
		}
	})
}

// A balancer that speaks TLS with the people, and not with the guard, must be
// believed, or their passes go over any wire.
func TestAPassIsForHTTPSWhereThatWasSpoken(t *testing.T) {
	g := newGuard(t, Config{Identity: Identity{Pass: Pass{Cookie: "guard"}}, Forwarding: trusting("10.0.0.0/8")})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, tt := range []struct {
		name, peer, proto string
		tls, want         bool
	}{
		{"with the guard", "192.0.2.1:7", "", true, true},
		{"not at all", "192.0.2.1:7", "", false, false},
		{"with a trusted hop", "10.0.0.1:7", "https", false, true},
		{"not with a trusted hop", "10.0.0.1:7", "http", false, false},
		{"by the client's own word", "192.0.2.1:7", "https", false, false},
	} {
		r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		r.RemoteAddr = tt.peer
		r.Header.Set("X-Forwarded-Proto", tt.proto)
		if tt.tls {
			r.TLS = &tls.ConnectionState{}
		}
		h.ServeHTTP(w, r)
		if cookies := w.Result().Cookies(); len(cookies) != 1 || cookies[0].Secure != tt.want {
			t.Errorf("HTTPS %s: %v, want it secure: %v", tt.name, cookies, tt.want)
		}
	}
}

func BenchmarkPass(b *testing.B) {
	p, now := newPasses(), time.Now()
	w := httptest.NewRecorder()
	v := &visit{subject: 7, arrived: now}
	p.give(w, Pass{"guard", time.Hour}, false, v)
	text := w.Result().Cookies()[0].Value
	b.ReportAllocs()
	defer cpu(b)()
	for b.Loop() {
		if p.read(text, 7, now).left == 0 {
			b.Fatal("not good")
		}
	}
}
