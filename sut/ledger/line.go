package ledger

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// AppendExport appends a transaction as one line of an export, a JSON object and a newline:
//
//	{"seq":2,"at":1672531200000,"event":"claim.settled","ref":"H0042/V17","entries":["POOL:medical:420500 65000","PAYABLE:medical:H0042 -65000"],"hash":"…64 hex digits…"}
//
// A reversal has a "reverses" after its ref. The transaction has passed [Txn.Check]: its text is printable ASCII.
func AppendExport(b []byte, s Stored) []byte {
	b = strconv.AppendInt(append(b, `{"seq":`...), s.Seq, 10)
	b = strconv.AppendInt(append(b, `,"at":`...), s.Txn.At, 10)
	b = appendJSON(append(b, `,"event":`...), string(s.Txn.Event))
	b = appendJSON(append(b, `,"ref":`...), s.Txn.Ref)
	if s.Txn.Reverses != "" {
		b = appendJSON(append(b, `,"reverses":`...), s.Txn.Reverses)
	}
	b = append(b, `,"entries":[`...)
	for i := range s.Txn.Entries {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, string(appendEntry(nil, &s.Txn.Entries[i])))
	}
	b = hex.AppendEncode(append(b, `],"hash":"`...), s.Hash[:])
	return append(b, "\"}\n"...)
}

// appendJSON appends s, which is printable ASCII, as a JSON string.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// parseExport reads what [AppendExport] wrote, and nothing else. A general JSON reader would take a field that the hash
// does not cover, or one twice, under the proof of the hash. (It also took 1.7 times as long to verify an export.)
func parseExport(text string) (s Stored, err error) {
	l := line{rest: text}
	l.want(`{"seq":`)
	s.Seq = l.number()
	l.want(`,"at":`)
	s.Txn.At = l.number()
	l.want(`,"event":`)
	s.Txn.Event = Event(l.text())
	l.want(`,"ref":`)
	s.Txn.Ref = l.text()
	if l.next(`,"reverses":`) {
		if s.Txn.Reverses = l.text(); s.Txn.Reverses == "" {
			l.fault("no reverses at all, or a name in it")
		}
	}
	l.want(`,"entries":[`)
	for more := !l.next(`]`); more && l.err == nil; {
		s.Txn.Entries = append(s.Txn.Entries, l.entry())
		if more = l.next(`,`); !more {
			l.want(`]`)
		}
	}
	l.want(`,"hash":"`)
	l.hash(&s.Hash)
	l.want("\"}\n")
	if l.err == nil && l.rest != "" {
		l.fault("the end of the line")
	}
	if l.err != nil {
		return Stored{}, fmt.Errorf("byte %d: %w", len(text)-len(l.rest)+1, l.err)
	}
	return s, nil
}

// A line is what is left to read. After the first error, which says what was wanted, nothing is read any more.
type line struct {
	rest string
	err  error
}

func (l *line) fault(want string) {
	if l.err == nil {
		l.err = fmt.Errorf("found %.40q, want %s", l.rest, want)
	}
}

// next reads s if it comes next.
func (l *line) next(s string) bool {
	rest, found := strings.CutPrefix(l.rest, s)
	if found && l.err == nil {
		l.rest = rest
		return true
	}
	return false
}

func (l *line) want(s string) {
	if !l.next(s) {
		l.fault(s)
	}
}

func (l *line) number() int64 {
	end := 0
	for end < len(l.rest) && (l.rest[end] == '-' || '0' <= l.rest[end] && l.rest[end] <= '9') {
		end++
	}
	n, ok := parseInt(l.rest[:end])
	if !ok {
		l.fault("a whole number")
		return 0
	}
	if l.err == nil {
		l.rest = l.rest[end:]
	}
	return n
}

// text reads a JSON string of printable ASCII, in which a backslash stands only before a quote or a backslash.
func (l *line) text() string {
	l.want(`"`)
	if l.err != nil {
		return ""
	}
	for i := 0; i < len(l.rest); i++ {
		switch c := l.rest[i]; {
		case c == '"':
			s := l.rest[:i]
			l.rest = l.rest[i+1:]
			if strings.IndexByte(s, '\\') >= 0 {
				s = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s)
			}
			return s
		case c == '\\' && i+1 < len(l.rest) && (l.rest[i+1] == '"' || l.rest[i+1] == '\\'):
			i++
		case c < ' ' || c > '~' || c == '\\':
			l.fault("a string of printable ASCII")
			return ""
		}
	}
	l.fault("the end of a string")
	return ""
}

func (l *line) entry() Entry {
	before := *l
	e, err := parseEntry(l.text())
	if err != nil && l.err == nil {
		*l = before
		l.err = err
	}
	return e
}

func (l *line) hash(h *Hash) {
	digits := l.rest[:min(len(l.rest), hex.EncodedLen(len(h)))]
	if n, err := hex.Decode(h[:], []byte(digits)); err != nil || n != len(h) || strings.ToLower(digits) != digits {
		l.fault("a hash of 64 hex digits")
	}
	if l.err == nil {
		l.rest = l.rest[len(digits):]
	}
}
