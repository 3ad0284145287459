package journey

import (
	"bytes"
	"iter"
)

// fields walks the header lines of an answer that have a name, whatever its case, and gives their values.
func fields(head []byte, name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(head) > 0 {
			line := head
			if end := bytes.IndexByte(head, '\n'); end >= 0 {
				line, head = head[:end], head[end+1:]
			} else {
				head = nil
			}
			if len(line) > len(name) && line[len(name)] == ':' && isFold(line[:len(name)], name) && !yield(bytes.TrimSpace(line[len(name)+1:])) {
				return
			}
		}
	}
}

// isFold compares two names of one length without regard to the case of letters of ASCII, which is all that names of headers
// have.
func isFold(b []byte, name string) bool {
	for i := range b {
		x, y := b[i], name[i]
		if x != y && (x|0x20 != y|0x20 || x|0x20 < 'a' || x|0x20 > 'z') {
			return false
		}
	}
	return true
}

// header is the value of the first header field of a name.
func header(head []byte, name string) (value []byte, ok bool) {
	for value := range fields(head, name) {
		return value, true
	}
	return nil, false
}

// cookie is what the last Set-Cookie of a name gives it (RFC 6265, section 4.1.1).
func cookie(head []byte, name string) (value []byte, ok bool) {
	for field := range fields(head, "Set-Cookie") {
		if n, v, _ := pair(field); string(n) == name {
			value, ok = v, true
		}
	}
	return value, ok
}

// pair splits a Set-Cookie field into its cookie and its attributes.
func pair(field []byte) (name, value, attributes []byte) {
	field, attributes, _ = bytes.Cut(field, []byte(";"))
	name, value, _ = bytes.Cut(field, []byte("="))
	return bytes.TrimSpace(name), bytes.TrimSpace(value), attributes
}
