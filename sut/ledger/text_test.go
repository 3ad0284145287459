package ledger

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEntriesOfEachTemplateReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		txn := anyTxn.Draw(t, "txn")
		read, err := ParseEntries(AppendEntries(nil, txn.Entries))
		if err != nil || !slices.Equal(read, txn.Entries) {
			t.Fatalf("%v reads back as %v: %v", txn.Entries, read, err)
		}
	})
}

func TestParseEntriesSaysWhatItWanted(t *testing.T) {
	for _, c := range []struct {
		name, text, want string // in the error
	}{
		{"a line that is cut off", "POOL:medical:1 5\nMA:medical:7 -", "entry 2, \"MA:medical:7 -\", has no end of line"},
		{"no amount", "POOL:medical:1\n", "amount \"\""},
		{"an amount with a plus", "POOL:medical:1 +5\n", "want fen"},
		{"an amount with zeros before it", "POOL:medical:1 005\n", "want fen"},
		{"an amount of minus zero", "POOL:medical:1 -0\n", "want fen"},
		{"an amount above 63 bits", "POOL:medical:1 9223372036854775808\n", "want fen"},
		{"an amount with a fraction", "POOL:medical:1 0.5\n", "want fen"},
		{"two spaces", "POOL:medical:1  5\n", "want fen"},
		{"no owner", "POOL:medical: 5\n", "want KIND:fund:owner"},
		{"an empty line", "POOL:medical:1 5\n\n", "entry 2: account"},
		{"a carriage return", "POOL:medical:1 5\r\n", "want fen"},
	} {
		if _, err := ParseEntries([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzParseEntries(f *testing.F) {
	for _, s := range samples() {
		f.Add(AppendEntries(nil, s.txn.Entries))
	}
	f.Add([]byte("A:b:c:d 5\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := ParseEntries(text)
		if err == nil && string(AppendEntries(nil, entries)) != string(text) {
			t.Errorf("%q reads as %v", text, entries)
		}
	})
}

func FuzzParseAccount(f *testing.F) {
	for _, s := range []string{"POOL:medical:420500", "PA:pension:7", "", "::", "A:b:c:d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAccount(s)
		if err == nil && a.String() != s {
			t.Errorf("%q reads as %v", s, a)
		}
	})
}
