package nethttp

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

func onlyLoopback(a netip.Addr) error { return engine.Allow(nil)(a) }

// chain redirects /5 to /4 and so on to /0, and notes from which connection it was asked.
func chain(seen *events) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		seen.add("%s", r.RemoteAddr)
		var n int
		fmt.Sscanf(r.URL.Path, "/%d", &n)
		if n > 0 {
			http.Redirect(w, r, fmt.Sprint("/", n-1), http.StatusFound)
			return
		}
		io.WriteString(w, "the end")
	}
}

func TestRedirectsAreFollowedUpToTheLimit(t *testing.T) {
	for _, test := range []struct {
		limit, length int
		status        int
		asked         int
	}{{0, 1, 302, 1}, {1, 1, 200, 2}, {3, 3, 200, 4}, {3, 5, 302, 4}, {10, 0, 200, 1}} {
		var seen events
		server := serve(t, chain(&seen))
		l := opened(t, driver.Options{Target: server.URL, Redirects: test.limit})
		r := get(fmt.Sprint("/", test.length))
		began := time.Now()
		out := one(t, l, r)
		all := seen.list()
		if out.Status != test.status || len(all) != test.asked {
			t.Errorf("limit %d, %d redirects: status %d (%v) after %d requests, want %d after %d",
				test.limit, test.length, out.Status, out.Err, len(all), test.status, test.asked)
		}
		if len(slices.Compact(all)) != 1 {
			t.Errorf("redirects to the same server went over connections %v, want one", all)
		}
		if out.Sent.Before(began) || out.Done.Before(out.Sent) {
			t.Errorf("began %v, sent %v, done %v: out of order", began, out.Sent, out.Done)
		}
		if least := int64(100 * test.asked); out.BytesOut < least/2 || out.BytesIn < least {
			t.Errorf("%d bytes out, %d in for %d requests: some are missing", out.BytesOut, out.BytesIn, test.asked)
		}
	}
}

func TestWhatARedirectAsksFor(t *testing.T) {
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "other %s %s auth=%q", r.Method, r.RequestURI, r.Header.Get("Authorization"))
	})
	var location string
	var status int
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/a/from") {
			w.Header().Set("Location", location)
			w.WriteHeader(status)
			return
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %q type=%q auth=%q", r.Method, r.RequestURI, body, r.Header.Get("Content-Type"), r.Header.Get("Authorization"))
	})
	for _, test := range []struct {
		name     string
		method   string
		status   int
		location string
		want     string
	}{
		{"POST becomes GET after 302", "POST", 302, "/to", `GET /to "" type="" auth="key"`},
		{"and after 303", "POST", 303, "/to", `GET /to "" type="" auth="key"`},
		{"PUT becomes GET after 303", "PUT", 303, "/to", `GET /to "" type="" auth="key"`},
		{"PUT stays after 301", "PUT", 301, "/to", `PUT /to "payload" type="text/plain" auth="key"`},
		{"POST stays after 307", "POST", 307, "/to", `POST /to "payload" type="text/plain" auth="key"`},
		{"and after 308", "POST", 308, "/to", `POST /to "payload" type="text/plain" auth="key"`},
		{"a location may be relative", "GET", 302, "to?q=1", `GET /a/to?q=1 "" type="text/plain" auth="key"`},
		{"another origin does not learn who asks", "POST", 302, other.URL + "/there", `other GET /there auth=""`},
		{"304 is an answer", "GET", 304, "/to", ""},
		{"a redirect without location is an answer", "GET", 302, "", ""},
		{"so is one to another protocol", "GET", 302, "ftp://127.0.0.1/", ""},
		{"and one that is no address", "GET", 302, "http://%zz", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			location, status = test.location, test.status
			l := opened(t, driver.Options{Target: server.URL + "/a", Redirects: 1})
			r := &scenarios.Request{Method: test.method, Path: "/from?x=%2F", Keep: true,
				Header: []scenarios.Header{{Name: "Authorization", Value: "key"}, {Name: "Content-Type", Value: "text/plain"}}}
			if test.method != "GET" {
				r.Body = []byte("payload")
			}
			want := 200
			if test.want == "" {
				want = test.status
			}
			wantAnswer(t, one(t, l, r), want, test.want)
		})
	}
}

// The target is this machine, and redirects to one that is not.
func TestARedirectToAnAddressThatIsNotAllowedIsRefusedWithoutAPacket(t *testing.T) {
	for _, location := range []string{"http://192.0.2.1/", "http://elsewhere.example/", "https://[2001:db8::1]/", "http://[::ffff:192.0.2.1]/"} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, location, http.StatusFound) })
		connect := func(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error) {
			if to != listens(server) {
				t.Errorf("connecting to %v", to)
			}
			return connectTCP(ctx, from, to)
		}
		l := openedOver(t, driver.Options{Target: server.URL, Redirects: 3, Allow: engine.Allow(nil)}, fixed("192.0.2.1"), connect)
		wantFailure(t, one(t, l, get("/")), result.KindDial, true, "is not this machine")
	}
}

func FuzzRedirect(f *testing.F) {
	f.Add("/x", "/to")
	f.Add("//", "..")
	f.Add("/a?b#c", "//host:80/%zz")
	f.Fuzz(func(t *testing.T, path, location string) {
		l := opened(t, driver.Options{Target: "http://127.0.0.1:1/base"})
		from := l.request(t.Context(), get(path))
		to := redirected(from, &http.Response{StatusCode: 302, Header: http.Header{"Location": {location}}})
		if to != nil && (to.URL.Host == "" || to.URL.Scheme != "http" && to.URL.Scheme != "https") {
			t.Errorf("%q redirects to %q, that is to %v", path, location, to.URL)
		}
	})
}
