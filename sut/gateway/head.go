package gateway

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// framing is what the bytes of a connection hold at the start of a request.
type framing int

const (
	partial framing = iota // the head goes on
	whole                  // the head is complete, and plain enough to tell where the request ends
	strange                // anything else: valid or not, it is net/http's to judge
)

// A head is that of one HTTP/1.1 request. It is read more strictly than
// net/http does: what is whole here means the same there, and what is strange
// here goes there. So a doubt costs time, and never an answer.
type head struct {
	request http.Request
	target  url.URL
	header  http.Header
	values  []string
	length  int   // of the head, in bytes
	body    int64 // that follow it
	plain   bool  // the path means itself, and the answer has a body
}

// frame looks for the end of the head.
func frame(b []byte) (length int, f framing) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	text := b
	if end >= 0 {
		text = b[:end+4]
	}
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '\n')
		if n < 0 {
			break
		}
		// net/http takes a bare LF for the end of a line, and so for the end of a head.
		if i+n == 0 || text[i+n-1] != '\r' || i == 0 && n == 1 {
			return 0, strange
		}
		i += n + 1
	}
	if end < 0 {
		return 0, partial
	}
	return end + 4, whole
}

// read fills h from the text of a head that frame has found, up to and with
// the empty line.
func (h *head) read(text string) framing {
	clear(h.header)
	h.values = h.values[:0]
	h.length, h.body, h.plain = len(text), 0, true
	line, rest, _ := strings.Cut(text, "\r\n")
	if !h.requestLine(line) {
		return strange
	}
	var host, sized bool
	for {
		line, rest, _ = strings.Cut(rest, "\r\n")
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || !isToken(name) {
			return strange
		}
		value = strings.Trim(value, " \t")
		if !printable(value) {
			return strange
		}
		switch name = http.CanonicalHeaderKey(name); name {
		case "Host":
			if host || !hostname(value) {
				return strange
			}
			host, h.request.Host = true, value
			continue // as net/http does
		case "Content-Length":
			n, err := strconv.ParseUint(value, 10, 62)
			if sized || err != nil || value[0] == '+' {
				return strange
			}
			sized, h.body = true, int64(n)
		case "Transfer-Encoding", "Trailer", "Upgrade", "Expect":
			return strange
		case "Connection":
			if !strings.EqualFold(value, "keep-alive") {
				return strange
			}
		}
		h.add(name, value)
	}
	if !host {
		return strange
	}
	h.request.Header, h.request.ContentLength = h.header, h.body
	return whole
}

// requestLine reads a line such as "GET /claims?page=2 HTTP/1.1".
func (h *head) requestLine(line string) bool {
	method, rest, _ := strings.Cut(line, " ")
	target, proto, _ := strings.Cut(rest, " ")
	switch method {
	case "GET", "POST", "PUT", "PATCH", "DELETE":
	case "HEAD", "OPTIONS":
		h.plain = false
	default:
		return false
	}
	if proto != "HTTP/1.1" || target == "" || target[0] != '/' || !printable(target) || strings.ContainsAny(target, " \t") {
		return false
	}
	path, query, asked := strings.Cut(target, "?")
	if strings.ContainsFunc(path, func(c rune) bool { return !pathRune(c) }) || strings.Contains(target, "#") || asked && query == "" || strings.HasPrefix(path, "//") {
		h.plain = false
	}
	h.target = url.URL{Path: path, RawQuery: query}
	h.request = http.Request{Method: method, URL: &h.target, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RequestURI: target, Body: http.NoBody}
	return true
}

// add keeps a value without allocating a slice for each.
func (h *head) add(name, value string) {
	if old, ok := h.header[name]; ok {
		h.header[name] = append(old, value)
		return
	}
	h.values = append(h.values, value)
	n := len(h.values)
	h.header[name] = h.values[n-1 : n : n]
}

func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !letterOrDigit(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return true
}

func letterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && c != '\t' {
			return false
		}
	}
	return true
}

// pathRune says that a character means itself in a path, and that net/url would
// write it as it is.
func pathRune(c rune) bool {
	return c < 0x80 && (letterOrDigit(byte(c)) || strings.ContainsRune("/-._~$&+,;=:@", c))
}

func hostname(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !letterOrDigit(c) && strings.IndexByte(".-_:[]", c) < 0 {
			return false
		}
	}
	return true
}
