package journey

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/peakday/peakday/scenarios"
)

// A template is a text with placeholders. Without any that vary from session to session it is constant.
type template struct {
	pieces   []piece // nil for a constant
	constant string
}

// A piece is a text, or what is put in its place.
type piece struct {
	scenarios.Piece
	text   string // of a constant piece
	slot   int    // Variable
	feeder *rows  // Column
	column int
	part   uint32 // Randomly, UUID: which stream of the step
	place  place
	first  bool // nothing stands before it
}

// place is what a template is for, and so what may not stand in it.
type place uint8

const (
	inBody   place = iota // anything may
	inHeader              // no line breaks and other control characters
	inPath                // escaped where the piece is not raw; raw, no spaces and control characters
)

func (t template) varies() bool { return t.pieces != nil }

// template compiles one template of a request. what names it in faults.
func (c *compiler) template(path, what, text string, in place) template {
	parsed, err := scenarios.ParseTemplate(text)
	if err != nil {
		c.fault(path, "%v", err)
		return template{}
	}
	var t template
	var constant strings.Builder
	flush := func() {
		if constant.Len() > 0 {
			t.pieces = append(t.pieces, piece{text: constant.String()})
			constant.Reset()
		}
	}
	varies := false
	for _, p := range parsed {
		c.parts++
		made := piece{Piece: p, place: in, part: c.parts, first: p.At == 0}
		switch p.Kind {
		case scenarios.Text:
			constant.WriteString(p.Name)
			continue
		case scenarios.Environment:
			constant.WriteString(c.environment(path, what, made))
			continue
		case scenarios.Variable:
			slot, ok := c.slots[p.Name]
			if !ok {
				c.fault(path, "found %s at byte %d of the %s, which no request extracts", p, p.At+1, what)
			}
			made.slot = slot
		case scenarios.Column:
			if made.feeder = c.feeders[p.Name]; made.feeder == nil {
				c.fault(path, "found %s at byte %d of the %s, but no feeder %q", p, p.At+1, what, p.Name)
				continue
			}
			var ok bool
			if made.column, ok = made.feeder.column(p.Column); !ok && len(made.feeder.columns) > 0 { // else its file is the fault
				c.fault(path, "found %s at byte %d of the %s; %s has no such column, want one of %s", p, p.At+1, what, made.feeder.file, strings.Join(made.feeder.columns, ", "))
			}
		}
		flush()
		varies = true
		t.pieces = append(t.pieces, made)
	}
	if !varies {
		return template{constant: constant.String()}
	}
	flush()
	return t
}

// environment is the value of a variable of the environment, as it stands in its place.
func (c *compiler) environment(path, what string, p piece) string {
	value, ok := c.getenv(p.Name)
	if !ok {
		c.missing = append(c.missing, p.Name)
		return ""
	}
	text, err := p.put(nil, value)
	if err != nil {
		c.fault(path, "found %s at byte %d of the %s: its value %v", p, p.At+1, what, err)
	}
	for _, secret := range []string{value, string(text)} { // as it is, and as it is escaped
		if secret != "" && !slices.Contains(c.program.secrets, secret) {
			c.program.secrets = append(c.program.secrets, secret)
		}
	}
	return string(text)
}

// put adds a value as it may stand in the piece's place.
func (p *piece) put(b []byte, value string) ([]byte, error) {
	if p.place == inPath && !p.Raw {
		return escape(b, value), nil
	}
	if p.place == inPath && p.first {
		if value = pathOf(value); !strings.HasPrefix(value, "/") {
			return b, fmt.Errorf("is %q, want a path beginning with \"/\"", value)
		}
	}
	if c, found := forbidden(p.place, value); found {
		return b, fmt.Errorf("holds %q, which may not stand there", c)
	}
	return append(b, value...), nil
}

// forbidden finds a byte that would end a header or a request line early.
func forbidden(in place, value string) (c byte, found bool) {
	if in == inBody {
		return 0, false
	}
	for i := range len(value) {
		if c = value[i]; c < ' ' && c != '\t' || c == 0x7f || in == inPath && c <= ' ' {
			return c, true
		}
	}
	return 0, false
}

// pathOf is the path and query of a reference such as the value of Location: everything is asked of one service.
func pathOf(reference string) string {
	if _, rest, ok := strings.Cut(reference, "://"); ok && strings.HasPrefix(reference, "http") {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			reference = rest[i:]
		} else {
			reference = "/"
		}
	}
	reference, _, _ = strings.Cut(reference, "#")
	return reference
}

// escape adds a value percent-escaped but for the unreserved characters of RFC 3986, section 2.3: it is then the same in a
// segment of a path and in a query.
func escape(b []byte, value string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(value) {
		c := value[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~' {
			b = append(b, c)
		} else {
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return b
}

// fill adds the template, filled in for a session.
func (t template) fill(b []byte, s *session) ([]byte, error) {
	for i := range t.pieces {
		p := &t.pieces[i]
		switch p.Kind {
		case "":
			b = append(b, p.text...)
		case scenarios.Variable:
			value, ok := s.values.get(p.slot)
			if !ok && s.given != nil {
				value, ok = s.given.get(p.slot)
			}
			if !ok {
				return b, fmt.Errorf("%s has no value: no answer gave it yet", p.Piece)
			}
			var err error
			if b, err = p.put(b, view(value)); err != nil {
				return b, fmt.Errorf("%s %w", p.Piece, err)
			}
		case scenarios.Column:
			row := p.feeder.row(s.program, s.seq)
			var err error
			if b, err = p.put(b, view(p.feeder.cell(row, p.column))); err != nil {
				return b, fmt.Errorf("%s of %s, row %d, %w", p.Piece, p.feeder.file, row+1, err)
			}
		case scenarios.Sequence, scenarios.Person: // each arrival is a person of its own
			b = strconv.AppendUint(b, s.seq, 10)
		case scenarios.Randomly:
			source := s.program.stream(s.seq, s.pc, p.part)
			b = strconv.AppendUint(b, p.Low+within(source.Uint64(), p.High-p.Low), 10)
		case scenarios.UUID:
			b = appendUUID(b, s.program.stream(s.seq, s.pc, p.part))
		}
	}
	return b, nil
}

// appendUUID draws a UUID of version 4 (RFC 9562, section 5.4).
func appendUUID(b []byte, source rand.PCG) []byte {
	high, low := source.Uint64(), source.Uint64()
	high = high&^(0xf<<12) | 4<<12
	low = low&^(3<<62) | 2<<62
	var raw [16]byte
	for i := range 8 {
		raw[i], raw[8+i] = byte(high>>(56-8*i)), byte(low>>(56-8*i))
	}
	for i, from := range [...]int{0, 4, 6, 8, 10} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, raw[from:[...]int{4, 6, 8, 10, 16}[i]])
	}
	return b
}

// view is bytes as text without a copy. The bytes must not change while the text is in use.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
