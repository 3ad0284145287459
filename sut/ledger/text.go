package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// AppendEntries appends the entries as they are stored and hashed: a line each, account, space and amount in fen.
//
//	POOL:medical:420500 65000
//	PAYABLE:medical:H0042 -65000
func AppendEntries(b []byte, entries []Entry) []byte {
	for i := range entries {
		b = append(appendEntry(b, &entries[i]), '\n')
	}
	return b
}

func appendEntry(b []byte, e *Entry) []byte {
	b = append(b, e.Account.Kind...)
	b = append(b, ':')
	b = append(b, e.Account.Fund...)
	b = append(b, ':')
	b = append(b, e.Account.Owner...)
	b = append(b, ' ')
	return strconv.AppendInt(b, int64(e.Amount), 10)
}

// ParseEntries reads what [AppendEntries] wrote, and nothing else: what it accepts is printed back as the same bytes.
func ParseEntries(text []byte) ([]Entry, error) {
	rest := string(text) // copied once; the accounts are parts of it
	if rest == "" {
		return nil, nil
	}
	entries := make([]Entry, 0, strings.Count(rest, "\n"))
	for rest != "" {
		line, after, whole := strings.Cut(rest, "\n")
		if !whole {
			return nil, fmt.Errorf("entry %d, %q, has no end of line: the text is cut off", len(entries)+1, line)
		}
		e, err := parseEntry(line)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", len(entries)+1, err)
		}
		entries, rest = append(entries, e), after
	}
	return entries, nil
}

func parseEntry(line string) (Entry, error) {
	name, number, _ := strings.Cut(line, " ")
	a, err := ParseAccount(name)
	if err != nil {
		return Entry{}, err
	}
	amount, ok := parseInt(number)
	if !ok {
		return Entry{}, fmt.Errorf("amount %q of %s: want fen, such as -65000", number, name)
	}
	return Entry{a, Fen(amount)}, nil
}

// parseInt reads what strconv.AppendInt wrote: +5, 007 and -0 are numbers too, but nothing that was written here.
func parseInt(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	var digits [20]byte // of the longest int64 with its sign
	return n, err == nil && string(strconv.AppendInt(digits[:0], n, 10)) == s
}
