package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// An Event is one record of the audit log: who did what to whom, when, and how it ended. It never holds personal data.
// Every field is an id or a code: a person appears by internal id, never by name, ID number, phone or account number.
// What cannot be said so is left out. [Event.Check] refuses what is plainly neither id nor code.
type Event struct {
	At      int64  `json:"at"`      // milliseconds since 1970-01-01 UTC
	Actor   string `json:"actor"`   // id of who acted: person, employer, hospital, bank or staff
	Role    string `json:"role"`    // in which role: "clerk", "reviewer", …
	Op      string `json:"op"`      // the operation, as the API names it
	Subject string `json:"subject"` // id of what was acted on
	Outcome string `json:"outcome"` // "done", or the code of the refusal
	Key     string `json:"key"`     // idempotency key; empty when there was none
	Detail  string `json:"detail"`  // codes that the operation adds, such as the states before and after; may be empty
	Txn     int64  `json:"txn"`     // number of the ledger transaction; 0 means none
}

// MaxField is the greatest length of a field of an Event, in bytes.
const MaxField = 512

// Check reports a field that is too long or holds other than printable ASCII, which ids and codes are made of and
// names in Chinese are not, and a missing actor, operation or outcome. It cannot tell an ID number from an id.
// The error names the field and not its content.
func (e Event) Check() error {
	if e.Actor == "" || e.Op == "" || e.Outcome == "" {
		return fmt.Errorf("audit event: want an actor, an operation and an outcome; one is empty")
	}
	for _, f := range [...]struct{ name, text string }{
		{"actor", e.Actor}, {"role", e.Role}, {"op", e.Op}, {"subject", e.Subject},
		{"outcome", e.Outcome}, {"key", e.Key}, {"detail", e.Detail},
	} {
		if len(f.text) > MaxField {
			return fmt.Errorf("audit event: %s has %d bytes, the most is %d", f.name, len(f.text), MaxField)
		}
		for i := range len(f.text) {
			if c := f.text[i]; c < ' ' || c > '~' {
				return fmt.Errorf("audit event: %s holds byte %#02x at %d: want ids and codes, in printable ASCII", f.name, c, i)
			}
		}
	}
	return nil
}

// AppendJSON appends the event's only encoding, the canonical JSON of RFC 8785: all fields, by name in ascending order,
// without spaces. Bytes that are no UTF-8 become U+FFFD, since JSON has no form for them. Times and transactions
// must lie within ±2⁵³, where RFC 8785 and int64 agree; those of the service do for 285,000 years and 9,006 lanes.
func (e Event) AppendJSON(b []byte) []byte {
	b = appendQuoted(append(b, `{"actor":`...), e.Actor)
	b = strconv.AppendInt(append(b, `,"at":`...), e.At, 10)
	b = appendQuoted(append(b, `,"detail":`...), e.Detail)
	b = appendQuoted(append(b, `,"key":`...), e.Key)
	b = appendQuoted(append(b, `,"op":`...), e.Op)
	b = appendQuoted(append(b, `,"outcome":`...), e.Outcome)
	b = appendQuoted(append(b, `,"role":`...), e.Role)
	b = appendQuoted(append(b, `,"subject":`...), e.Subject)
	b = strconv.AppendInt(append(b, `,"txn":`...), e.Txn, 10)
	return append(b, '}')
}

// appendQuoted writes a JSON string as RFC 8785, section 3.2.2.2, wants it: the shortest escape, and only where one must be.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for len(s) > 0 {
		n := 0
		for n < len(s) && plain(s[n]) {
			n++
		}
		b, s = append(b, s[:n]...), s[n:]
		if s == "" {
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r >= utf8.RuneSelf:
			b = utf8.AppendRune(b, r)
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		default:
			b = appendControl(b, byte(r))
		}
		s = s[size:]
	}
	return append(b, '"')
}

func plain(c byte) bool { return c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' }

func appendControl(b []byte, c byte) []byte {
	if i := bytes.IndexByte([]byte("\b\t\n\f\r"), c); i >= 0 {
		return append(b, '\\', "btnfr"[i])
	}
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}

// ParseEvent reads what AppendJSON wrote and refuses every other form of the same event: what a person or another
// program reads in the line is then exactly what was hashed.
func ParseEvent(line []byte) (Event, error) {
	var e Event
	err := parseCanonical(line, &e, func(b []byte) []byte { return e.AppendJSON(b) })
	return e, err
}

// parseCanonical reads line into v and wants encode to give the same line back.
func parseCanonical(line []byte, v any, encode func([]byte) []byte) error {
	if err := json.Unmarshal(line, v); err != nil {
		return fmt.Errorf("no JSON of the wanted form: %w", err)
	}
	if again := encode(make([]byte, 0, len(line))); !bytes.Equal(again, line) {
		at := 0
		for at < min(len(again), len(line)) && again[at] == line[at] {
			at++
		}
		return fmt.Errorf("not canonical from byte %d on: a field is unknown, missing, out of order or written in another way", at)
	}
	return nil
}

// A Hash is a SHA-256 sum.
type Hash [sha256.Size]byte

// Start is the hash before the first event of each lane of the log of this name. The name is made with the log and kept
// with it, such as 16 random bytes in hex: it keeps checkpoints of one log from vouching for another.
func Start(log string) Hash { return sha256.Sum256([]byte("peakday audit log\n" + log)) }

// Link is the hash of the event numbered seq after the event hashed prev in the same lane:
//
//	SHA-256("peakday audit 1\n" ‖ prev ‖ seq as 8 bytes, big endian ‖ canonical JSON of the event)
func Link(prev Hash, seq int64, e Event) Hash {
	b := make([]byte, 0, 512) // stays on the stack; a longer event takes one from the heap
	b = append(b, "peakday audit 1\n"...)
	b = append(b, prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	return sha256.Sum256(e.AppendJSON(b))
}

// String is the hash in 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// UnmarshalText reads what String wrote.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return fmt.Errorf("a hash of %d characters: want %d hexadecimal digits", len(text), 2*len(h))
	}
	_, err := hex.Decode(h[:], text)
	return err
}
