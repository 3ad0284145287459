package rawhttp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/peakday/peakday/scenarios"
)

// An encoder writes requests to one target.
type encoder struct {
	host   string // of the Host header, unless a request brings its own
	prefix string // path of the target, without a slash at its end
	close  bool   // ask for Connection: close

	alike  [][]byte // what was written for the requests of each Alike
	buffer []byte   // of the last request that is like no other
}

// mostAlike bounds the requests that are kept; beyond it they are written anew each time.
const mostAlike = 1 << 16

// encode returns the bytes of r, head and body. They stay as they are if kept, and until the next call if not.
func (e *encoder) encode(r *scenarios.Request) (wire []byte, kept bool, err error) {
	if r.Alike == 0 || r.Alike >= mostAlike {
		e.buffer, err = e.append(e.buffer[:0], r)
		return e.buffer, false, err
	}
	for int(r.Alike) >= len(e.alike) {
		e.alike = append(e.alike, nil)
	}
	wire = e.alike[r.Alike]
	if wire == nil {
		if wire, err = e.append(nil, r); err == nil {
			e.alike[r.Alike] = wire
		}
	}
	return wire, true, err
}

// append writes r. Host, User-Agent and Content-Length are added as net/http does; hop-by-hop framing is ours to decide.
func (e *encoder) append(b []byte, r *scenarios.Request) ([]byte, error) {
	b = append(append(b, r.Method...), ' ')
	b = append(b, e.prefix...)
	if e.prefix == "" && (r.Path == "" || r.Path[0] != '/') {
		b = append(b, '/')
	}
	b = append(append(b, r.Path...), " HTTP/1.1\r\nHost: "...)
	host, agent := e.host, "peakday"
	for i := range r.Header {
		switch h := &r.Header[i]; {
		case same(h.Name, "host"):
			host = h.Value
		case same(h.Name, "user-agent"):
			agent = ""
		}
	}
	b = append(append(b, host...), "\r\n"...)
	if agent != "" {
		b = append(append(append(b, "User-Agent: "...), agent...), "\r\n"...)
	}
	for i := range r.Header {
		h := &r.Header[i]
		if same(h.Name, "host") || same(h.Name, "content-length") || same(h.Name, "transfer-encoding") || e.close && same(h.Name, "connection") {
			continue
		}
		b = append(append(b, h.Name...), ": "...)
		b = append(append(b, h.Value...), "\r\n"...)
	}
	if e.close {
		b = append(b, "Connection: close\r\n"...)
	}
	if len(r.Body) > 0 || r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH" {
		b = strconv.AppendInt(append(b, "Content-Length: "...), int64(len(r.Body)), 10)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	return append(b, r.Body...), check(r)
}

// check refuses what would make two lines, or two requests, of one: what a journey takes from an answer may hold anything.
func check(r *scenarios.Request) error {
	if !clean(r.Method, '!') || r.Method == "" {
		return fmt.Errorf("method %q: want a word such as GET", r.Method)
	}
	if !clean(r.Path, '!') {
		return fmt.Errorf("path %q: want blanks and control characters escaped, such as %%20", r.Path)
	}
	for i := range r.Header {
		if h := &r.Header[i]; !clean(h.Name, '!') || h.Name == "" || strings.Contains(h.Name, ":") || !clean(h.Value, ' ') {
			return fmt.Errorf("header %q: %q: want a word and a value without line breaks and control characters", h.Name, h.Value)
		}
	}
	return nil
}

// clean reports that s has no control characters and nothing below least, but for tabs where blanks are allowed.
func clean(s string, least byte) bool {
	for len(s) >= 8 && eightClean(s, least) {
		s = s[8:]
	}
	for i := range len(s) {
		if c := s[i]; c < least && (c != '\t' || least > ' ') || c == 0x7f {
			return false
		}
	}
	return true
}

// eightClean looks at the first eight bytes at once: tokens are long, and most of what writing a request costs is looking
// at each of their bytes. (x - n) &^ x has the high bit of a byte set where it is below n, if n is at most 0x80; beyond the
// first such byte it may err, so it only says whether there is one (S. E. Anderson, Bit Twiddling Hacks).
func eightClean(s string, least byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	del := x ^ 0x7f*ones
	return ((x-uint64(least)*ones)&^x|(del-ones)&^del)&high == 0
}
