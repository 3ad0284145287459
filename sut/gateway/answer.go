package gateway

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// An answer is an http.ResponseWriter for one that is small, and the head of
// the request that it is to.
type answer struct {
	head   head
	header http.Header
	keys   []string
	status int
	body   []byte
	text   []byte
}

func (a *answer) reset() {
	clear(a.header)
	a.status, a.body = 0, a.body[:0]
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// WriteString implements io.StringWriter.
func (a *answer) WriteString(s string) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, s...)
	return len(s), nil
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, p...)
	return len(p), nil
}

// bytes is the answer as net/http writes it.
func (a *answer) bytes(date []byte) []byte {
	b := append(a.text[:0], "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(a.status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(a.status)...)
	a.keys = a.keys[:0]
	for k := range a.header {
		a.keys = append(a.keys, k)
	}
	slices.Sort(a.keys)
	for _, k := range a.keys {
		for _, v := range a.header[k] {
			b = append(append(append(append(b, "\r\n"...), k...), ": "...), v...)
		}
	}
	b = append(append(b, "\r\nDate: "...), date...)
	b = append(b, "\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(a.body)), 10)
	b = append(append(b, "\r\n\r\n"...), a.body...)
	a.text = b
	return b
}

// A date is the header of that name, good for one second.
type date struct {
	second int64
	text   []byte
}

func (p *fastPath) now() []byte {
	now := time.Now()
	d := p.date.Load()
	if d == nil || d.second != now.Unix() {
		d = &date{now.Unix(), now.UTC().AppendFormat(nil, http.TimeFormat)}
		p.date.Store(d)
	}
	return d.text
}
