package journey

import (
	"bytes"
	"strconv"
)

// The cookies of a session are kept as the Cookie header has them, "a=1; b=2", in a slot of its values. A session speaks
// to one service: path, domain and flags are left aside. There is no clock here, so that only what says that it is over
// goes: a Max-Age of 0 or less, or an Expires in 1970, by which services take cookies back.

// keepCookies takes over what an answer sets.
func (s *session) keepCookies(head []byte) {
	var stack [512]byte
	old, _ := s.values.get(s.program.jar)
	jar := append(stack[:0], old...)
	changed := false
	for field := range fields(head, "Set-Cookie") {
		name, value, attributes := pair(field)
		if len(name) == 0 {
			continue
		}
		changed = true
		jar = without(jar, name)
		if isOver(attributes) {
			continue
		}
		if len(jar) > 0 {
			jar = append(jar, "; "...)
		}
		jar = append(append(append(jar, name...), '='), value...)
	}
	if changed {
		s.set(s.program.jar, view(jar))
	}
}

// without takes the cookie of a name out of the jar, in place.
func without(jar, name []byte) []byte {
	for at := 0; at < len(jar); {
		end, next := len(jar), len(jar)
		if i := bytes.Index(jar[at:], []byte("; ")); i >= 0 {
			end, next = at+i, at+i+2
		}
		if n, _, _ := bytes.Cut(jar[at:end], []byte("=")); bytes.Equal(n, name) {
			if next == len(jar) { // the last: what joined it goes too
				return jar[:max(0, at-2)]
			}
			return append(jar[:at], jar[next:]...)
		}
		at = next
	}
	return jar
}

// isOver says whether the attributes of a cookie take it back. Max-Age counts before Expires (RFC 6265, section 5.3).
func isOver(attributes []byte) bool {
	over := false
	for len(attributes) > 0 {
		var one []byte
		one, attributes, _ = bytes.Cut(attributes, []byte(";"))
		name, value, _ := bytes.Cut(bytes.TrimSpace(one), []byte("="))
		switch {
		case len(name) == len("Max-Age") && isFold(name, "Max-Age"):
			if seconds, err := strconv.ParseInt(string(value), 10, 64); err == nil {
				return seconds <= 0
			}
		case len(name) == len("Expires") && isFold(name, "Expires"):
			over = bytes.Contains(value, []byte("1970"))
		}
	}
	return over
}
