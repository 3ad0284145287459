package ledger

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// chained gives transactions their places in the lanes, one after the other around.
func chained(lanes int, txns ...Txn) (stored []Stored, heads []Head) {
	heads = make([]Head, min(lanes, len(txns)))
	for i := range heads {
		heads[i].Seq = First(i) - 1
	}
	for n, txn := range txns {
		h := &heads[n%lanes]
		*h = Head{h.Seq + 1, Link(h.Hash, h.Seq+1, txn)}
		stored = append(stored, Stored{h.Seq, h.Hash, txn})
	}
	return stored, heads
}

func export(stored []Stored) (b []byte) {
	for _, s := range stored {
		b = AppendExport(b, s)
	}
	return b
}

// year is a small book over two lanes, with a reversal and characters that JSON escapes.
func year() (stored []Stored, heads []Head) {
	claim := Settled(Claim{Ref: `H1/"V1"\`, Region: "990001", Hospital: "H1", Person: 7, Fund: 65000, Account: 20000})
	claim.At = 1672531200000
	return chained(2,
		Txn{Event: EventFounded, Ref: "seed 1, 100 people"},
		Opened("990001", 7, 1000000, 50000),
		claim,
		Suspended("B1/2", "990001", "B1", 12345),
		Reverse(claim, claim.Ref),
	)
}

func TestExportReadsBackAndProvesItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		txns := rapid.SliceOfN(anyTxn, 0, 12).Draw(t, "txns")
		for i := range txns {
			txns[i].At = rapid.Int64().Draw(t, "at")
			txns[i].Ref = rapid.StringMatching(`[ -~]{1,12}`).Draw(t, "ref")
			if rapid.Bool().Draw(t, "reversed") {
				txns[i] = Reverse(txns[i], txns[i].Ref)
			}
		}
		stored, want := chained(rapid.IntRange(1, 4).Draw(t, "lanes"), txns...)
		text := export(stored)

		n := 0
		for s, err := range ReadExport(bytes.NewReader(text)) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Seq != stored[n].Seq || s.Hash != stored[n].Hash || s.Txn.Name() != txns[n].Name() || s.Txn.At != txns[n].At ||
				s.Txn.Reverses != txns[n].Reverses || !slices.Equal(s.Txn.Entries, txns[n].Entries) {
				t.Fatalf("%+v reads back as %+v", stored[n], s)
			}
			n++
		}
		if n != len(stored) {
			t.Fatalf("%d transactions read back, want %d", n, len(stored))
		}
		heads, err := VerifyExport(bytes.NewReader(text))
		if err != nil || !slices.Equal(heads, want) {
			t.Fatalf("heads %v, %v, want %v", heads, err, want)
		}

		// Lanes may be written in any order among them, each in its own order.
		slices.SortStableFunc(stored, func(a, b Stored) int { return cmp.Compare(Lane(b.Seq), Lane(a.Seq)) })
		if heads, err := VerifyExport(bytes.NewReader(export(stored))); err != nil || Root(heads) != Root(want) {
			t.Fatalf("lane by lane: heads %v, %v, want %v", heads, err, want)
		}
	})
}

func TestVerifyExportNamesTheFirstBadRecord(t *testing.T) {
	// The lines are transactions 1, 1000000000001, 2, 1000000000002 and 3.
	for _, c := range []struct {
		name   string
		tamper func([]Stored) []Stored
		want   string // in the error
	}{
		{"an amount changed", func(s []Stored) []Stored { s[2].Txn.Entries[0].Amount++; return s },
			"line 3: transaction 2: transaction claim.settled"},
		{"money moved to another owner", func(s []Stored) []Stored { s[2].Txn.Entries[0].Account.Owner = "990002"; return s },
			"line 3: transaction 2 (claim.settled"},
		{"a time changed", func(s []Stored) []Stored { s[3].Txn.At++; return s }, "line 4: transaction 1000000000002"},
		{"a reversal cut loose", func(s []Stored) []Stored { s[4].Txn.Reverses = ""; return s }, "line 5: transaction 3"},
		{"a hash changed", func(s []Stored) []Stored { s[0].Hash[31]++; return s }, "line 1: transaction 1 (book.founded"},
		{"a transaction dropped", func(s []Stored) []Stored { return slices.Delete(s, 2, 3) }, "line 4: transaction 3 (claim.settled.reversed"},
		{"the first of a lane dropped", func(s []Stored) []Stored { return slices.Delete(s, 1, 2) }, "stands where 1000000000001 was wanted"},
		{"a transaction twice", func(s []Stored) []Stored { return append(s, s[4]) }, "line 6: transaction 3 (claim.settled.reversed"},
		{"two swapped", func(s []Stored) []Stored { s[2], s[4] = s[4], s[2]; return s }, "line 3: transaction 3"},
		{"a number of no lane", func(s []Stored) []Stored { s[0].Seq = -1; return s }, "stands where 1 was wanted"},
		{"an unbalanced transaction with the right hash", func(s []Stored) []Stored {
			bad := Txn{Event: EventSwept, Ref: "S1", Entries: []Entry{{MedicalAccount(7), 5}}}
			return append(s, Stored{4, Link(s[4].Hash, 4, bad), bad})
		}, "line 6: transaction 4: transaction treasury.swept S1 does not balance"},
	} {
		stored, _ := year()
		_, err := VerifyExport(bytes.NewReader(export(c.tamper(stored))))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestNoByteOfAnExportCanBeChangedOrLost(t *testing.T) {
	stored, _ := year()
	text := export(stored)
	for i := range text {
		for _, mask := range []byte{0x01, 0x10, 0x20, 0x80} {
			bad := bytes.Clone(text)
			bad[i] ^= mask
			if _, err := VerifyExport(bytes.NewReader(bad)); err == nil {
				t.Errorf("byte %d is %q instead of %q, and nobody sees it", i, bad[i], text[i])
			}
		}
		if _, err := VerifyExport(bytes.NewReader(slices.Delete(bytes.Clone(text), i, i+1))); err == nil {
			t.Errorf("byte %d, %q, is lost, and nobody sees it", i, text[i])
		}
	}
}

func TestCutOffTransactionsShowInTheRoot(t *testing.T) {
	stored, want := year()
	heads, err := VerifyExport(bytes.NewReader(export(stored[:4])))
	if err != nil || Root(heads) == Root(want) {
		t.Errorf("heads %v, %v: want another root than that of %v", heads, err, want)
	}
}

func TestReadExportSaysWhatItWanted(t *testing.T) {
	stored, _ := year()
	line := string(export(stored[:1]))
	for _, c := range []struct {
		name, text, want string // in the error
	}{
		{"a field nobody reads", strings.Replace(line, `,"hash"`, `,"note":"x","hash"`, 1), `want ,"hash":"`},
		{"a field twice", strings.Replace(line, `"at":0`, `"at":0,"at":0`, 1), `want ,"event":`},
		{"a space", strings.Replace(line, `:`, `: `, 1), "byte 8: "},
		{"an empty line before it", "\n" + line, `line 1: byte 1: found "\n", want {"seq":`},
		{"a Windows line end", strings.Replace(line, "\n", "\r\n", 1), `found "\"}\r\n"`},
		{"digits of a hash in capitals", strings.Replace(line, line[len(line)-67:], strings.ToUpper(line[len(line)-67:]), 1), "64 hex digits"},
		{"reverses without a name", strings.Replace(line, `,"entries"`, `,"reverses":"","entries"`, 1), "no reverses at all"},
		{"an escape that is not needed", strings.Replace(line, `seed`, `\u0073eed`, 1), "printable ASCII"},
		{"a comma after the last entry", strings.Replace(line, `[]`, `["POOL:medical:1 5",]`, 1), "byte "},
		{"an entry that is none", strings.Replace(line, `[]`, `["POOL:medical:1 5","x"]`, 1), "want KIND:fund:owner"},
		{"an end in the middle of a line", line + line[:30], "ends in the middle of a line"},
		{"more after the object", strings.Replace(line, "\n", "{}\n", 1), "want \"}\n"},
	} {
		var err error
		for _, err = range ReadExport(strings.NewReader(c.text)) {
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestExportStopsAtAReadError(t *testing.T) {
	stored, _ := year()
	torn := errors.New("disk gone")
	_, err := VerifyExport(io.MultiReader(bytes.NewReader(export(stored[:2])), iotest.ErrReader(torn)))
	if !errors.Is(err, torn) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("got %v, want the reader's error at line 3", err)
	}
}

func FuzzReadExport(f *testing.F) {
	stored, _ := year()
	f.Add(export(stored))
	f.Add([]byte(`{"seq":1,"at":0,"event":"","ref":"","entries":["A:b:c 0"],"hash":"` + strings.Repeat("0", 64) + "\"}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var again []byte
		for s, err := range ReadExport(bytes.NewReader(text)) {
			if err != nil {
				if !bytes.HasPrefix(text, again) {
					t.Errorf("%q was read as %q", text, again)
				}
				return
			}
			again = AppendExport(again, s)
		}
		if !bytes.Equal(again, text) {
			t.Errorf("%q was read as %q", text, again)
		}
	})
}

func FuzzVerifyExport(f *testing.F) {
	stored, _ := year()
	f.Add(export(stored))
	f.Fuzz(func(t *testing.T, text []byte) {
		heads, err := VerifyExport(bytes.NewReader(text))
		for i, h := range heads {
			if h.Seq < First(Lane(h.Seq)) || i > 0 && h.Seq <= heads[i-1].Seq {
				t.Errorf("heads %v, %v", heads, err)
			}
		}
	})
}
