package gateway

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// routeMark is the handler of a route in a ServeMux.
type routeMark int

func (routeMark) ServeHTTP(http.ResponseWriter, *http.Request) {}

// byServeMux is the oracle: what http.ServeMux makes of a request. ok is false
// where it would redirect, for the guard never does.
func byServeMux(list []Route, method, path string) (n int, ok bool) {
	mux := http.NewServeMux()
	for i, r := range list {
		mux.Handle(r.mux(), routeMark(i+1))
	}
	u, err := url.ParseRequestURI(path)
	if err != nil || u.Host != "" {
		return 0, false
	}
	h, _ := mux.Handler(&http.Request{Method: method, URL: u})
	if m, ok := h.(routeMark); ok {
		return int(m), true
	}
	_, redirect := h.(interface {
		ServeHTTP(http.ResponseWriter, *http.Request)
	})
	rec := &statusOnly{header: http.Header{}}
	if redirect {
		h.ServeHTTP(rec, &http.Request{Method: method, URL: u})
	}
	return 0, rec.status < 300 || rec.status >= 400
}

type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }

var matched = []Route{
	{Method: "POST", Pattern: "/claims/{id}/settle"},
	{Method: "GET", Pattern: "/claims/{id}"},
	{Method: "GET", Pattern: "/claims/latest"},
	{Pattern: "/claims/"},
	{Pattern: "/payments"},
	{Method: "GET", Pattern: "/payments/{$}"},
	{Method: "GET", Pattern: "/policies/{year}/{rest...}"},
	{Method: "HEAD", Pattern: "/policies/2018/"},
	{Method: "GET", Pattern: "/a/{x}/c"},
	{Method: "GET", Pattern: "/a/{x}/{y}"},
	{Method: "GET", Pattern: "/a/b/c"},
	{Method: "GET", Pattern: "/{$}"},
	{Method: "GET", Pattern: "/w%2Fx/{z}"},
}

func TestARequestFindsTheRouteThatServeMuxWouldFind(t *testing.T) {
	if faults := (Config{Routes: matched}).Validate(time.Now()); faults != nil {
		t.Fatal(faults)
	}
	m := newMatcher(matched)
	for _, tt := range []struct {
		method, path string
		want         int
	}{
		{"POST", "/claims/77/settle", 1},
		{"GET", "/claims/77", 2},
		{"HEAD", "/claims/77", 2}, // GET answers HEAD too
		{"GET", "/claims/latest", 3},
		{"GET", "/claims/77/settle", 4}, // another method is another operation
		{"PUT", "/payments", 5},
		{"GET", "/payments/", 6},
		{"GET", "/payments/7", 0},
		{"GET", "/policies/2018/a/b", 7},
		{"HEAD", "/policies/2018/a", 8},
		{"GET", "/a/b/c", 11},
		{"GET", "/a/b/d", 10},
		{"GET", "/a/z/c", 9},
		{"GET", "/a/z/d", 10},
		{"GET", "/a/b/", 0},
		{"GET", "/", 12},
		{"POST", "/", 0},
		{"GET", "/w%2Fx/1", 13},
		{"GET", "/w/x/1", 0},
		{"GET", "/claims/%37%37", 2},
		{"GET", "/claims//settle", 0}, // not clean
		{"GET", "/payments/../claims/7", 0},
		{"GET", "/claims/..a", 2},
		{"OPTIONS", "*", 0},
		{"GET", "", 0},
	} {
		u, err := url.ParseRequestURI(tt.path)
		if err != nil {
			u = &url.URL{Path: tt.path}
		}
		if got := m.match(tt.method, u); got != tt.want {
			t.Errorf("%s %s: route %d, want %d", tt.method, tt.path, got, tt.want)
		}
		if want, ok := byServeMux(matched, tt.method, tt.path); ok && want != tt.want {
			t.Errorf("%s %s: ServeMux finds %d, the table wants %d", tt.method, tt.path, want, tt.want)
		}
	}
}

func FuzzMatcher(f *testing.F) {
	for _, r := range matched {
		f.Add(r.Pattern, r.Method, strings.NewReplacer("{", "", "}", "", "$", "", ".", "").Replace(r.Pattern))
	}
	f.Add("/x/{a}/{b...}", "GET", "/x/%2e%2e/./")
	f.Add("/x/{a}/%25", "GET", "/x/..a/%25")
	f.Fuzz(func(t *testing.T, pattern, method, path string) {
		routes := append([]Route{{Method: "GET", Pattern: pattern}, {Pattern: "/x/{a}/y"}, {Method: "PUT", Pattern: pattern}}, matched...)
		var taken []Route
		for _, r := range routes {
			if (Config{Routes: append(taken, r)}).Validate(time.Now()) == nil {
				taken = append(taken, r)
			}
		}
		want, ok := byServeMux(taken, method, path)
		if !ok || method == "CONNECT" { // whose paths ServeMux does not clean
			return
		}
		u, _ := url.ParseRequestURI(path)
		m := newMatcher(taken)
		if got := m.match(method, u); got != want {
			t.Errorf("%s %s before %q: route %d, ServeMux finds %d", method, path, pattern, got, want)
		}
	})
}

func BenchmarkMatcher(b *testing.B) {
	m := newMatcher(matched)
	u, _ := url.Parse("/claims/77/settle")
	b.ReportAllocs()
	for b.Loop() {
		if m.match("POST", u) != 1 {
			b.Fatal("no match")
		}
	}
}
