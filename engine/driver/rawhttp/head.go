package rawhttp

import (
	"bytes"
	"fmt"

	"github.com/peakday/peakday/engine/driver"
)

// statusLine takes "HTTP/1.1 200 OK" without its end. The reason is free.
func (a *answer) statusLine(text []byte) error {
	const form = "HTTP/1.x NNN"
	if len(text) < len(form) || string(text[:7]) != "HTTP/1." || text[8] != ' ' || len(text) > len(form) && text[len(form)] != ' ' {
		return fmt.Errorf("%w: status line %.40q, want HTTP/1.1 200 OK", errMalformed, text)
	}
	a.minor = min(text[7]-'0', 1) // a later minor version is answered as 1.1
	for _, digit := range text[9:12] {
		if digit < '0' || digit > '9' {
			return fmt.Errorf("%w: status %q, want three digits", errMalformed, text[9:12])
		}
		a.status = a.status*10 + int(digit-'0')
	}
	if text[7] < '0' || text[7] > '9' || a.status < 100 {
		return fmt.Errorf("%w: status line %.40q, want HTTP/1.1 200 OK", errMalformed, text)
	}
	return nil
}

// field splits a header line. A line that begins with a blank would go on with the one before; nobody sends that any
// more, and RFC 9112 (section 5.2) lets a client refuse it.
func field(text []byte) (name, value []byte, err error) {
	colon := bytes.IndexByte(text, ':')
	if colon < 1 || text[0] == ' ' || text[0] == '\t' || text[colon-1] == ' ' || text[colon-1] == '\t' {
		return nil, nil, fmt.Errorf("%w: header line %.40q, want Name: value", errMalformed, text)
	}
	return text[:colon], text[colon+1:], nil
}

// header takes a header line without its end. Only four names matter here, and their lengths differ.
func (a *answer) header(text []byte) error {
	name, value, err := field(text)
	if err != nil {
		return err
	}
	switch len(name) {
	case len("connection"):
		if same(name, "connection") {
			a.connection(value)
		}
	case len("retry-after"):
		if same(name, "retry-after") {
			a.retry = driver.ReadRetryAfter(string(value))
		}
	case len("content-length"):
		if same(name, "content-length") {
			return a.contentLength(trim(value))
		}
	case len("transfer-encoding"):
		if same(name, "transfer-encoding") {
			if a.coded {
				return fmt.Errorf("%w: Transfer-Encoding twice", errMalformed)
			}
			a.coded, a.chunked = true, same(trim(value), "chunked")
		}
	}
	return nil
}

func (a *answer) contentLength(value []byte) error {
	var length int64
	for _, digit := range value {
		if digit < '0' || digit > '9' || length > 1<<58 {
			return fmt.Errorf("%w: Content-Length %.40q", errMalformed, value)
		}
		length = length*10 + int64(digit-'0')
	}
	if len(value) == 0 || a.length >= 0 && a.length != length {
		return fmt.Errorf("%w: Content-Length %.40q after %d", errMalformed, value, a.length)
	}
	a.length = length
	return nil
}

func (a *answer) connection(value []byte) {
	for more := true; more; {
		var token []byte
		token, value, more = bytes.Cut(value, []byte{','})
		token = trim(token)
		a.close = a.close || same(token, "close")
		a.alive = a.alive || same(token, "keep-alive")
	}
}

// same compares without regard to case; lower is a name in lower case.
func same[text []byte | string](s text, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// trim is bytes.Trim for blanks and tabs, without the set of bytes that it would make each time.
func trim(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t') {
		text = text[1:]
	}
	for n := len(text); n > 0 && (text[n-1] == ' ' || text[n-1] == '\t'); n-- {
		text = text[:n-1]
	}
	return text
}
