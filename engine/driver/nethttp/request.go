package nethttp

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/peakday/peakday/scenarios"
)

// request makes a new one each time: net/http may read a request after RoundTrip returned.
func (l *loop) request(ctx context.Context, r *scenarios.Request) *http.Request {
	path := l.prefix + r.Path
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	header := make(http.Header, len(r.Header)+1)
	values := make([]string, len(r.Header)+1)
	host := l.target.Host
	for i, h := range r.Header {
		name := http.CanonicalHeaderKey(h.Name)
		if name == "Host" {
			host = h.Value
			continue
		}
		values[i] = h.Value
		if have := header[name]; have != nil {
			header[name] = append(have, h.Value)
		} else {
			header[name] = values[i : i+1 : i+1]
		}
	}
	if header["User-Agent"] == nil {
		values[len(r.Header)] = "peakday"
		header["User-Agent"] = values[len(r.Header):]
	}
	request := &http.Request{
		Method: r.Method,
		URL:    l.url(path),
		Header: header,
		Host:   host,
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Close: l.options.Close,
	}
	request.ContentLength = int64(len(r.Body)) // send puts the payload there
	return request.WithContext(ctx)
}

// url is an opaque URL, which goes out as it is written, without parsing and escaping it again.
func (l *loop) url(path string) *url.URL {
	u := &url.URL{Scheme: l.target.Scheme, Host: l.target.Host, Opaque: path}
	proxy := l.options.Proxy
	if proxy != nil && proxy.Scheme != "socks5" && u.Scheme == "http" || strings.HasPrefix(path, "//") {
		u.Opaque = "//" + u.Host + path // net/http puts the scheme before it: the absolute form, which a proxy wants
	}
	return u
}

// A payload is the body of a request while net/http sends it. net/http may go on reading when the request is over, as when
// the answer came first; but then the loop's owner may write another request there, so end takes the bytes away.
type payload struct {
	mu   sync.Mutex
	left []byte
}

func (b *payload) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.left)
	b.left = b.left[n:]
	return n, nil
}

func (b *payload) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = nil
}

func (*payload) Close() error { return nil }
