package nethttp

import (
	"context"
	"net/http"
	"net/url"
	"strings"

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
	request := new(http.Request).WithContext(ctx) // a copy, made before it is large
	request.Method, request.URL, request.Host, request.Header = r.Method, l.url(path), host, header
	request.Proto, request.ProtoMajor, request.ProtoMinor = "HTTP/1.1", 1, 1
	request.ContentLength = int64(len(r.Body)) // send puts the body there
	request.Close = l.options.Close
	return request
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
