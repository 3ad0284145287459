package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// In a synctest bubble it is midnight, 1 January 2000, UTC, a Saturday.
func TestMaintenanceRefusesEverybodyUntilItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		g := newGuard(t, Config{Maintenance: []Maintenance{{Announced: now.Add(-8 * 24 * time.Hour), From: now.Add(time.Hour), To: now.Add(2 * time.Hour)}}})
		h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		if status, decision := decisionOf(h, "/"); status != 200 {
			t.Errorf("before it: got %d %q, want to be served", status, decision)
		}
		time.Sleep(90 * time.Minute)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		after, err := http.ParseTime(w.Header().Get("Retry-After"))
		if end := now.Add(2 * time.Hour); w.Code != 503 || !strings.Contains(w.Body.String(), `"reason":"maintenance"`) || err != nil || after.Before(end) || after.After(end.Add(time.Hour)) {
			t.Errorf("in it: got %d %s, Retry-After %v, want a 503 until its end, %v", w.Code, w.Body, w.Header()["Retry-After"], end)
		}
		time.Sleep(30 * time.Minute)
		if status, _ := decisionOf(h, "/"); status != 200 {
			t.Errorf("after it: got %d, want to be served", status)
		}
	})
}

func TestAMaintenanceIsAnnouncedToEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now, day := time.Now(), 24*time.Hour
		config := Config{Maintenance: []Maintenance{{Announced: now, From: now.Add(9 * day), To: now.Add(10 * day)}}}
		g := newGuard(t, config)
		h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Add("Link", "</next>; rel=next") }))
		get := func(path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			return w
		}
		for _, tt := range []struct {
			name  string
			until time.Duration
			code  int
			want  int // links
		}{
			{"more than seven days before it", time.Hour, 200, 1},
			{"in the last seven days", 3 * day, 200, 2},
			{"in it", 9*day + time.Hour, 503, 1},
			{"after it", 11 * day, 200, 1},
		} {
			time.Sleep(time.Until(now.Add(tt.until)))
			w := get("/")
			links := w.Header()["Link"]
			if w.Code != tt.code || len(links) != tt.want || (len(links) == 2 || tt.code == 503) != (links[0] == noticeLink[0]) {
				t.Errorf("%s: %d with the links %q", tt.name, w.Code, links)
			}
			closeAll(g) // what is announced is told in a storm, too
			told := get(NoticePath)
			if told.Code != 200 || strings.Contains(told.Body.String(), `"from": "2000-01-10T00:00:00Z"`) != (tt.until < 10*day) {
				t.Errorf("%s: %s is %d %s", tt.name, NoticePath, told.Code, told.Body)
			}
			head := httptest.NewRecorder()
			if h.ServeHTTP(head, httptest.NewRequest("HEAD", NoticePath, nil)); head.Code != 200 {
				t.Errorf("%s: to HEAD it is %d, want 200 as to GET", tt.name, head.Code)
			}
			if g.early(httptest.NewRecorder(), httptest.NewRequest("GET", NoticePath, nil), 0) {
				t.Errorf("%s: it is refused before parsing", tt.name)
			}
			g.core.Load().due.Store(0)
		}
		config.Mode = DryRun
		if err := g.Reload(config); err != nil {
			t.Fatal(err)
		}
		if w := get(NoticePath); w.Header().Get("Link") != "</next>; rel=next" {
			t.Errorf("a dry run answers for the service: %v %s", w.Header(), w.Body)
		}
	})
}

func TestNobodyIsTakenUnawaresByAMaintenance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now, day := time.Now(), 24*time.Hour
		at := func(announced, from, to time.Duration) Config {
			return Config{Maintenance: []Maintenance{{Announced: now.Add(announced), From: now.Add(from), To: now.Add(to)}}}
		}
		if _, err := New(at(time.Hour, 8*day, 9*day)); err == nil || !strings.Contains(err.Error(), "maintenance[0].announced: found 2000-01-01T01:00:00Z, which is yet to come") {
			t.Errorf("one announced in an hour from now: %v", err)
		}
		g := newGuard(t, at(-20*day, day, 2*day))
		for _, tt := range []struct {
			name string
			next Config
			ok   bool
		}{
			{"eight minutes ahead, dated three weeks back", at(-21*day, 8*time.Minute, 2*day), false},
			{"the one that was known", at(-20*day, day, 2*day), true},
			{"that one, longer", at(-20*day, day, 3*day), false},
			{"one in a week", at(0, 7*day, 8*day), true},
			{"one that is over", at(-20*day, -2*day, -day), true},
		} {
			if err := g.Reload(tt.next); (err == nil) != tt.ok {
				t.Errorf("%s: %v, want it taken: %v", tt.name, err, tt.ok)
			}
		}
		if err := g.Reload(at(0, 7*day, 8*day)); err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		g.Admin().ServeHTTP(w, httptest.NewRequest("GET", "/debug/guard", nil))
		if !strings.Contains(w.Body.String(), `"from": "2000-01-08T00:00:00Z"`) {
			t.Errorf("the operator does not see it: %s", w.Body)
		}
	})
}

func TestHoursAreForSome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{
			Routes: []Route{{Pattern: "/pay", Class: admission.P0}},
			Access: Access{
				Region: source(t, "header:X-Region"), Digit: source(t, "header:X-Person"), Classes: []admission.Class{admission.P2},
				Hours: []Hours{{Regions: []string{"31"}, Digits: "02468", Days: []Day{6}, From: 0, To: 8 * 60}},
			},
		})
		h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		for _, tt := range []struct {
			name, path, region, person string
			want                       int
		}{
			{"whose hours they are", "/", "31", "110101200001011234", 200},
			{"another digit", "/", "31", "110101200001011235", 503},
			{"another region", "/", "32", "110101200001011234", 503},
			{"nobody known", "/", "", "", 503},
			{"a class that keeps to no hours", "/pay", "", "", 200},
		} {
			r := httptest.NewRequest("GET", tt.path, nil)
			r.Header.Set("X-Region", tt.region)
			r.Header.Set("X-Person", tt.person)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("%s: got %d %s, want %d", tt.name, w.Code, w.Header().Get("Guard-Decision"), tt.want)
			}
		}
	})
}

func TestAnUnannouncedMaintenanceIsAFault(t *testing.T) {
	_, err := ReadConfig("g", strings.NewReader(`
maintenance:
  - {announced: 2026-11-20T00:00:00Z, from: 2026-11-26T22:00:00Z, to: 2026-11-27T06:00:00Z}
  - {announced: 2026-12-02T00:00:00Z, from: 2026-12-26T22:00:00Z, to: 2026-12-27T06:00:00Z}
access: {zone: Mars/Base, hours: [{digits: "1a", days: [monday], from: "8:00", to: "20:00"}]}
`), today)
	want := []string{
		"g:3:5: maintenance[0]: maintenance from 2026-11-26T22:00:00Z announced at 2026-11-20T00:00:00Z: want it announced 7 days ahead",
		"g:4:17: maintenance[1].announced: found 2026-12-02T00:00:00Z, which is yet to come",
		`g:5:16: access.zone: found "Mars/Base", want the name of a time zone`,
		`access.hours[0].days[0]: found "monday", want a day of the week, mon to sun`,
		`access.hours[0].from: found "8:00", want a time of day such as "08:00"`,
		`access.digit: found none beside hours for digits`,
	}
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("got\n%v\nwant in it\n%s", err, w)
		}
	}
}
