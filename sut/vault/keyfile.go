package vault

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// ReadRing reads a key file: a line a key, of three words, in any order of lines. Blank lines and lines that begin
// with # are passed over.
//
//	# id, 32 secret bytes in base64, state
//	1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= root
//	2 ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8= open
//	3 QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8= seal
//
// The id is a number from 1 to 4294967295. One key has the state root: the blind index and the signature of the audit
// log come from it, so it stays for life. One has the state seal. Those with open only open: keys of the past, or of
// the future when several servers share a database and must all know a key before one of them seals with it.
//
// An error names the line, and never repeats what stands there, since it may be a secret.
func ReadRing(keyFile io.Reader) (*Ring, error) {
	var lines []key
	in := bufio.NewScanner(keyFile)
	for n := 1; in.Scan(); n++ {
		words := bytes.Fields(in.Bytes())
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		k, err := parseKey(words)
		if err == nil {
			err = distinct(lines, k)
		}
		if err != nil {
			return nil, fmt.Errorf("key file, line %d: %w", n, err)
		}
		lines = append(lines, k)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	slices.SortFunc(lines, func(a, b key) int { return cmp.Compare(a.id, b.id) })
	r, err := ringOf(lines)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	return r, nil
}

func parseKey(words [][]byte) (key, error) {
	if len(words) != 3 {
		return key{}, fmt.Errorf("%d words: want three, the id, the key in base64 and the state", len(words))
	}
	id, err := strconv.ParseUint(string(words[0]), 10, 32)
	if err != nil || id == 0 {
		return key{}, fmt.Errorf("the first word is no key id: want a number from 1 to 4294967295")
	}
	k := key{id: uint32(id), state: string(words[2])}
	secret, err := base64.StdEncoding.Strict().DecodeString(string(words[1]))
	if err != nil || len(secret) != secretSize {
		return key{}, fmt.Errorf("key %d is not %d bytes in base64: want 44 characters, the last of them =", id, secretSize)
	}
	copy(k.secret[:], secret)
	if k.state != stateSeal && k.state != stateOpen && k.state != stateRoot {
		return key{}, fmt.Errorf("key %d has an unknown state: want %s, %s or %s", id, stateSeal, stateOpen, stateRoot)
	}
	return k, nil
}

func distinct(lines []key, k key) error {
	for _, other := range lines {
		if other.id == k.id {
			return fmt.Errorf("key %d stands here a second time: give each key its own id", k.id)
		}
		if other.secret == k.secret {
			return fmt.Errorf("keys %d and %d are the same: a copy protects nothing, make a fresh one", other.id, k.id)
		}
	}
	return nil
}

// WriteKeys writes the key file that [ReadRing] reads, lines by rising id. Write it where only the service can read
// it, under another name, and rename it: a half-written key file loses every field sealed since.
func (r *Ring) WriteKeys(w io.Writer) error { return r.keys.Load().write(w) }

func (s *keySet) write(w io.Writer) error {
	out := []byte("# id, 32 secret bytes in base64, state\n")
	for _, k := range s.lines {
		out = strconv.AppendUint(out, uint64(k.id), 10)
		out = append(out, ' ')
		out = base64.StdEncoding.AppendEncode(out, k.secret[:])
		out = append(out, ' ')
		out = append(out, k.state...)
		out = append(out, '\n')
	}
	_, err := w.Write(out)
	return err
}
