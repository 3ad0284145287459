package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

func TestWhoWouldBeRefusedGetsTheAnswerOfBefore(t *testing.T) {
	g := newGuard(t, Config{Routes: []Route{{Method: "GET", Pattern: "/policies/{id}", Class: admission.P3, Stale: time.Minute}}})
	asked := 0
	h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("X-Year", "2018")
		fmt.Fprintf(w, "policy %s", r.PathValue("id")+r.URL.Path)
	}))
	ask := func(method, target string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	ask("GET", "/policies/7")
	closeAll(g)
	if w := ask("GET", "/policies/7"); w.Code != 200 || w.Body.String() != "policy /policies/7" || asked != 1 ||
		w.Header().Get("Guard-Decision") != "stale;age=0" || w.Header().Get("Age") != "0" || w.Header().Get("X-Year") != "2018" {
		t.Errorf("got %d %q %v, want the answer of before", w.Code, w.Body, w.Header())
	}
	if w := ask("HEAD", "/policies/7"); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "18" {
		t.Errorf("HEAD got %d %q %v, want the head of it", w.Code, w.Body, w.Header())
	}
	for _, tt := range []struct{ name, method, target, key, value string }{
		{"another thing", "GET", "/policies/8", "X", "y"},
		{"another query", "GET", "/policies/7?x=1", "X", "y"},
		{"another host", "GET", "http://other/policies/7", "X", "y"},
		{"one who says who he is", "GET", "/policies/7", "Authorization", "Bearer x"},
		{"one with a cookie", "GET", "/policies/7", "Cookie", "sid=1"},
		{"another encoding", "GET", "/policies/7", "Accept-Encoding", "gzip"},
		{"a part of it", "GET", "/policies/7", "Range", "bytes=0-1"},
		{"a change", "POST", "/policies/7", "X", "y"},
	} {
		if w := ask(tt.method, tt.target, tt.key, tt.value); w.Code != 503 {
			t.Errorf("%s got %d %q, want the refusal", tt.name, w.Code, w.Body)
		}
	}
	g.shelf.boards[0].byAge.Front().Value.(*kept).at = time.Now().Add(-2 * time.Minute)
	if w := ask("GET", "/policies/7"); w.Code != 503 {
		t.Errorf("too old: got %d, want the refusal", w.Code)
	}
}

func TestWhatMayBeKept(t *testing.T) {
	for _, tt := range []struct {
		name    string
		request http.Header
		status  int
		answer  http.Header
		body    int
		want    bool
	}{
		{"a plain answer", nil, 200, nil, 10, true},
		{"one that is not all right", nil, 404, nil, 10, false},
		{"one that sets a cookie", nil, 200, http.Header{"Set-Cookie": {"a=b"}}, 10, false},
		{"a private one", nil, 200, http.Header{"Cache-Control": {"private"}}, 10, false},
		{"one not to be stored", nil, 200, http.Header{"Cache-Control": {"max-age=3, no-store"}}, 10, false},
		{"one for somebody", http.Header{"Authorization": {"Bearer x"}}, 200, nil, 10, false},
		{"one for somebody with a session", http.Header{"Cookie": {"sid=x"}}, 200, nil, 10, false},
		{"one for everybody, though asked by somebody", http.Header{"Authorization": {"Bearer x"}}, 200, http.Header{"Cache-Control": {"public, max-age=60"}}, 10, true},
		{"one that depends on something else", nil, 200, http.Header{"Vary": {"Accept-Language"}}, 10, false},
		{"one that depends on what is in the key", nil, 200, http.Header{"Vary": {"accept-encoding"}}, 10, true},
		{"one that was cut off", nil, 200, http.Header{"Content-Length": {"11"}}, 10, false},
		{"a long one", nil, 200, nil, answerBytes + 1, false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		if tt.request != nil {
			r.Header = tt.request
		}
		w := &recorder{ResponseWriter: httptest.NewRecorder()}
		for name, values := range tt.answer {
			w.Header()[name] = values
		}
		w.WriteHeader(tt.status)
		io.WriteString(w, strings.Repeat("x", tt.body/2))
		io.WriteString(w, strings.Repeat("x", tt.body-tt.body/2))
		if got := w.answer(r, newGuard(t, Config{}).plan.Load().anonymous(r), time.Now()); (got != nil) != tt.want {
			t.Errorf("%s: kept %v, want %v", tt.name, got != nil, tt.want)
		}
	}
}

func TestAShelfIsBounded(t *testing.T) {
	var s shelf
	body := make([]byte, answerBytes)
	for i := range 3 * shelfBytes / answerBytes {
		s.keep(&kept{key: fmt.Sprint(i % 200), query: i%2 == 1, body: body})
	}
	answers := 0
	for i := range s.boards {
		total, b := 0, &s.boards[i]
		for e := b.byAge.Front(); e != nil; e = e.Next() {
			total += e.Value.(*kept).size()
		}
		if b.bytes != total || total > shelfBytes/2 {
			t.Errorf("%d bytes counted, %d there, want as many, at most %d", b.bytes, total, shelfBytes/2)
		}
		answers += b.byAge.Len()
	}
	if len(s.byKey) != answers || answers < shelfBytes/answerBytes-4 {
		t.Errorf("%d keys for %d answers; want the bound nearly used up", len(s.byKey), answers)
	}
}

func TestMadeUpQueriesPushNoPlainAnswerOff(t *testing.T) {
	g := newGuard(t, Config{Routes: []Route{{Method: "GET", Pattern: "/policies/", Stale: time.Hour}}})
	page := strings.Repeat("x", answerBytes)
	h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, page) }))
	decisionOf(h, "/policies/7")
	for i := range 2 * shelfBytes / answerBytes {
		decisionOf(h, fmt.Sprintf("/policies/7?%d", i))
	}
	closeAll(g)
	if status, decision := decisionOf(h, "/policies/7"); status != 200 || !strings.HasPrefix(decision, "stale;") {
		t.Errorf("got %d %q, want the answer of before", status, decision)
	}
}

// Whatever the configuration tells people by makes an answer somebody's own.
func TestNobodyGetsTheAnswerOfAnother(t *testing.T) {
	person := func(r *http.Request) string { return r.Header.Get("X-Person") }
	for _, tt := range []struct {
		name   string
		config Config
		stale  bool
	}{
		{"a header that tells nobody apart", Config{}, true},
		{"the subject", Config{Identity: Identity{Subject: Header("X-Person")}}, false},
		{"the tenant", Config{Identity: Identity{Tenant: Header("X-Person")}}, false},
		{"a function", Config{Identity: Identity{SubjectOf: person}}, false},
		{"the region", Config{Access: Access{Region: Header("X-Person")}}, false},
		{"the digit", Config{Access: Access{Digit: Header("X-Person")}}, false},
	} {
		tt.config.Routes = []Route{{Method: "GET", Pattern: "/me", Stale: time.Hour}}
		g := newGuard(t, tt.config)
		h := g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "I am "+person(r)) }))
		ask := func(name string) string {
			r := httptest.NewRequest("GET", "/me", nil)
			if name != "" {
				r.Header.Set("X-Person", name)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Body.String()
		}
		ask("alice")
		closeAll(g)
		if got := ask("bob") == "I am alice"; got != tt.stale {
			t.Errorf("%s: got the answer of another: %v, want %v", tt.name, got, tt.stale)
		}
		if got := ask("") == "I am alice"; got != tt.stale {
			t.Errorf("%s: nobody got the answer of another: %v, want %v", tt.name, got, tt.stale)
		}
	}
}
