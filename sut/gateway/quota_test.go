package gateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/sut/admission"
)

func TestWhoHasUsedUpAQuotaGets429WithTheFieldsOfTheDraft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{
			Identity: Identity{Subject: source(t, "header:Authorization")},
			Routes:   []Route{{Pattern: "/free", Op: "free", Class: admission.P1}},
			Quotas:   []Quota{{Name: "person", Limit: Rate{30, time.Minute}, Burst: 2, Classes: []admission.Class{admission.P2}}},
		})
		h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		ask := func(who, path string) *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", path, nil)
			r.Header.Set("Authorization", who)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		ask("a", "/")
		ask("a", "/")
		w := ask("a", "/")
		got := fmt.Sprintln(w.Code, w.Header()["Ratelimit-Policy"], w.Header()["Ratelimit"], decided(w.Header()))
		if want := fmt.Sprintln(429, []string{`"person";q=30;w=60`}, []string{`"person";r=0;t=2`}, "shed;reason=quota;class=P2"); got != want {
			t.Errorf("got %swant %s", got, want)
		}
		if after := w.Header().Get("Retry-After"); after < "2" || after > "4" || len(after) > 1 {
			t.Errorf("Retry-After is %s, want not before the 2 s of t, and spread by 2", after)
		}
		for _, want := range []string{`"type":"https://iana.org/assignments/http-problem-types#quota-exceeded"`, `"violated-policies":["person"]`, `"status":429`} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("the problem is %s, want %s in it", w.Body, want)
			}
		}
		if w := ask("b", "/"); w.Code != 200 {
			t.Errorf("another person got %d, want to be served", w.Code)
		}
		if w := ask("a", "/free"); w.Code != 200 {
			t.Errorf("an operation that the quota is not for got %d, want it served", w.Code)
		}
		// A reload forgives no debt.
		next := g.plan.Load().config
		next.PerClient = 99
		if err := g.Reload(next); err != nil {
			t.Fatal(err)
		}
		if w := ask("a", "/"); w.Code != 429 {
			t.Errorf("after a reload: got %d, want the debt kept", w.Code)
		}
		time.Sleep(2 * time.Second)
		if w := ask("a", "/"); w.Code != 200 {
			t.Errorf("two seconds later: got %d, want what has come back", w.Code)
		}
	})
}

func TestWhomAQuotaIsCountedBy(t *testing.T) {
	for _, by := range []Key{BySubject, ByTenant, ByAddress} {
		g := newGuard(t, Config{
			Identity: Identity{Subject: source(t, "cookie:sid"), Tenant: source(t, "host")},
			Quotas:   []Quota{{Name: "q", By: by, Limit: Rate{1, time.Hour}}},
		})
		h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		ask := func(subject, tenant, address string) int {
			r := httptest.NewRequest("GET", "http://"+tenant+"/", nil)
			r.Header.Set("Cookie", "x=1; sid="+subject)
			r.RemoteAddr = address + ":1234"
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code
		}
		ask("a", "one", "192.0.2.1")
		for _, tt := range []struct {
			same                     Key
			subject, tenant, address string
		}{
			{BySubject, "a", "two", "192.0.2.2"}, {ByTenant, "b", "one", "192.0.2.3"}, {ByAddress, "c", "three", "192.0.2.1"},
		} {
			want := 200
			if by == tt.same {
				want = 429
			}
			if got := ask(tt.subject, tt.tenant, tt.address); got != want {
				t.Errorf("by %s, the same %s: got %d, want %d", by, tt.same, got, want)
			}
		}
	}
}

func TestATenantCanBeTheAddress(t *testing.T) {
	g := newGuard(t, Config{
		Identity: Identity{Subject: Header("X-Who"), Tenant: source(t, "address")},
		Quotas:   []Quota{{Name: "office", By: ByTenant, Limit: Rate{1, time.Hour}}},
	})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	ask := func(who, address string) int {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-Who", who)
		r.RemoteAddr = address
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	got := [3]int{ask("a", "192.0.2.1:1"), ask("b", "192.0.2.1:2"), ask("a", "192.0.2.2:3")}
	if want := [3]int{200, 429, 200}; got != want {
		t.Errorf("two people at one address, then one of them elsewhere: got %v, want %v", got, want)
	}
}

// The memory of a request is used again: nobody pays for who used it before.
func TestARequestThatCannotBeReadIsCountedByItsAddress(t *testing.T) {
	g := newGuard(t, Config{
		Identity: Identity{SubjectOf: func(r *http.Request) string {
			if r.URL.Path == "/broken" {
				panic("bug")
			}
			return "a"
		}},
		Quotas: []Quota{{Name: "person", Limit: Rate{2, time.Hour}}},
	})
	p := g.plan.Load()
	v := newVisit().(*visit)
	ask := func(path, address string) admission.Reason {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = address
		d := g.decide(p, r, v, lotOf(r))
		g.leave(v, g.now(), 0, admission.Succeeded)
		return d.Reason
	}
	for _, tt := range []struct {
		path, address string
		want          admission.Reason
	}{
		{"/", "192.0.2.1:1", admission.Admitted},
		{"/broken", "192.0.2.2:1", admission.Admitted},
		{"/broken", "192.0.2.2:1", admission.Admitted},
		{"/broken", "192.0.2.2:1", admission.QuotaSpent},
		{"/broken", "192.0.2.3:1", admission.Admitted},
		{"/", "192.0.2.1:1", admission.Admitted},
		{"/", "192.0.2.1:1", admission.QuotaSpent},
	} {
		if got := ask(tt.path, tt.address); got != tt.want {
			t.Errorf("%s from %s: got %v, want %v", tt.path, tt.address, got, tt.want)
		}
	}
}

// Against a map that forgets nothing: whoever had a place in the bounded memory
// whenever it came is decided on as if there were no bound.
func TestABoundedMemoryForgetsNoDebt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		law := admission.Quota{Amount: 10, Per: time.Second, Burst: 3}
		bounded, all, unheld := newTab(16), map[uint64]int64{}, map[uint64]bool{}
		now := int64(time.Hour)
		for range 300 {
			now += rapid.Int64Range(0, int64(40*time.Millisecond)).Draw(t, "gap")
			key := rapid.Uint64Range(0, 60).Draw(t, "key")
			var want admission.Spent
			all[key], want = law.Take(all[key], now, 1)
			before := bounded.unheld.Load()
			got := bounded.take(key, law, now)
			if bounded.unheld.Load() > before {
				unheld[key] = true
			}
			if got != want && !unheld[key] {
				t.Fatalf("key %d at %d: %+v, want %+v", key, now, got, want)
			}
		}
	})
}

func TestAFullMemoryIsCounted(t *testing.T) {
	tab, law := newTab(8), admission.Quota{Amount: 1, Per: time.Hour}
	for key := range uint64(9) {
		if !tab.take(key, law, 1).OK {
			t.Errorf("key %d was refused its first request", key)
		}
	}
	if tab.used(1) != 8 || tab.unheld.Load() != 1 {
		t.Errorf("%d places kept and %d requests not held, want 8 and 1", tab.used(1), tab.unheld.Load())
	}
	if tab.take(3, law, 2).OK {
		t.Error("a debt was forgotten")
	}
	if later := int64(2 * time.Hour); !tab.take(8, law, later).OK || tab.used(later) != 1 {
		t.Error("places whose quota is full again are not given to others")
	}
}

func BenchmarkQuota(b *testing.B) {
	tab, law := newTab(0), admission.Quota{Amount: 1_000_000, Per: time.Second}
	b.ReportAllocs()
	defer cpu(b)()
	key, now := uint64(0), int64(0)
	for b.Loop() {
		key += 0x9e3779b97f4a7c15
		now += 100
		tab.take(key, law, now)
	}
}

// Who is told to come again for the load has not paid for it.
func TestWhatTheThresholdRefusesCostsNoQuota(t *testing.T) {
	g := newGuard(t, Config{Quotas: []Quota{{Name: "person", Limit: Rate{2, time.Hour}}}})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	open := g.core.Load().snapshot.Load()
	closeAll(g)
	for range 5 {
		if _, decision := decisionOf(h, "/"); decision != "shed;reason=level;class=P2" {
			t.Fatalf("got %q, want the threshold", decision)
		}
	}
	g.core.Load().snapshot.Store(open)
	if status, decision := decisionOf(h, "/"); status != 200 {
		t.Errorf("after the storm: got %d %q, want to be served", status, decision)
	}
}
