package nethttp

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/scenarios"
)

// follow sends a request and up to so many redirects as the options say. The answer is the last one: a 3xx if there are
// more of them, or if it leads nowhere.
func (w *worker) follow(ctx context.Context, r *scenarios.Request, out *driver.Outcome) (*http.Response, error) {
	request, to := w.loop.request(ctx, r), w.loop.origin
	for left := w.loop.options.Redirects; ; left-- {
		answer, err := w.send(request, to, out)
		if err != nil || left <= 0 {
			return answer, err
		}
		next := redirected(request, answer)
		if next == nil {
			return answer, nil
		}
		if _, err := w.read(answer, false, out); err != nil { // to its end, so that the connection is free
			return nil, err
		}
		request, to = next, originOf(next.URL)
	}
}

// redirected is the request that an answer redirects r to, nil if there is none (RFC 9110, section 15.4). What clients do
// for long is done here: a POST becomes a GET after 301, 302 and 303, and what identifies the sender stays with the origin.
func redirected(r *http.Request, answer *http.Response) *http.Request {
	method := r.Method
	switch answer.StatusCode {
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	case http.StatusMovedPermanently, http.StatusFound:
		if method == http.MethodPost {
			method = http.MethodGet
		}
	case http.StatusSeeOther:
		if method != http.MethodHead {
			method = http.MethodGet
		}
	default:
		return nil
	}
	location := answer.Header.Get("Location")
	to, err := address(r.URL).Parse(location)
	if location == "" || err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil
	}
	next := r.Clone(r.Context())
	next.Method, next.URL = method, to
	if method != r.Method {
		next.ContentLength, next.Body = 0, nil
		for _, name := range []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Location"} {
			next.Header.Del(name)
		}
	}
	if originOf(to) != originOf(r.URL) {
		next.Host = to.Host
		for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization"} {
			next.Header.Del(name)
		}
	}
	return next
}

// address is u, which may be opaque, in parts, so that a relative reference can be resolved against it.
func address(u *url.URL) *url.URL {
	if u.Opaque == "" {
		return u
	}
	parts := u.Opaque
	if !strings.HasPrefix(parts, "//") {
		parts = "//" + u.Host + parts
	}
	whole, err := url.Parse(u.Scheme + ":" + parts)
	if err != nil {
		return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
	}
	return whole
}
