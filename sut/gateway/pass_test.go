package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
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
		forged.Value = "A" + forged.Value[1:26] + "A"
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

func BenchmarkPass(b *testing.B) {
	p, now := newPasses(), time.Now()
	w := httptest.NewRecorder()
	v := &visit{subject: 7}
	p.give(w, Pass{"guard", time.Hour}, false, v, now)
	text := w.Result().Cookies()[0].Value
	b.ReportAllocs()
	defer cpu(b)()
	for b.Loop() {
		if p.left(text, 7, now) == 0 {
			b.Fatal("not good")
		}
	}
}
