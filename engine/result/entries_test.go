package result

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var logHeader = Header{Format: Format, Scenario: "calm-day", Variant: "run", Operations: []string{"home", "claims.settle", "account.get"}}

// anEntry is any entry that the engine may make.
func anEntry(t *rapid.T) Entry {
	when := rapid.Int64Range(0, int64(8*24*time.Hour))
	sometime := rapid.OneOf(rapid.Just(int64(-1)), when)
	size := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Min(0))
	return Entry{
		Seq: rapid.Uint64().Draw(t, "seq"), Op: rapid.Uint16Range(0, 2).Draw(t, "op"),
		Attempt: rapid.IntRange(1, 3).Draw(t, "attempt"), Step: rapid.IntRange(0, 2).Draw(t, "step"),
		Due: time.Duration(when.Draw(t, "due")), Ready: time.Duration(when.Draw(t, "ready")),
		Sent: time.Duration(sometime.Draw(t, "sent")), Done: time.Duration(sometime.Draw(t, "done")),
		Outcome: rapid.SampledFrom(outcomes[:]).Draw(t, "outcome"),
		Kind:    rapid.SampledFrom([]string{"", KindReset, KindTimeout, "status_503"}).Draw(t, "kind"),
		Status:  rapid.SampledFrom([]int{0, 200, 503}).Draw(t, "status"),
		BytesIn: size.Draw(t, "in"), BytesOut: size.Draw(t, "out"),
	}
}

// logOf writes entries in blocks of the size given, as one block after another is filled.
func logOf(t interface{ Fatal(...any) }, h Header, entries []Entry, perBlock int) []byte {
	var file bytes.Buffer
	if err := WriteEntriesHeader(&file, h); err != nil {
		t.Fatal(err)
	}
	var b Block
	for i := range entries {
		b.Append(&entries[i])
		if (i+1)%perBlock == 0 {
			file.Write(b.Close())
			b.Reset()
		}
	}
	file.Write(b.Close())
	return file.Bytes()
}

// readAll reads a log to its end or its first error.
func readAll(file []byte) (h Header, entries []Entry, err error) {
	h, all, err := ReadEntries("x.results", bytes.NewReader(file))
	if err != nil {
		return h, nil, err
	}
	for e, err := range all {
		if err != nil {
			return h, entries, err
		}
		entries = append(entries, e)
	}
	return h, entries, nil
}

func TestEntriesReadBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.Custom(anEntry)).Draw(t, "entries")
		h, got, err := readAll(logOf(t, logHeader, want, rapid.IntRange(1, 20).Draw(t, "a block")))
		if err != nil || h.Scenario != logHeader.Scenario || len(got) != len(want) {
			t.Fatalf("read %d of %d entries of %s: %v", len(got), len(want), h.Scenario, err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("entry %d: read %+v, wrote %+v", i, got[i], want[i])
			}
		}
	})
}

func TestOutcomesAreNumberedByTheirPlace(t *testing.T) {
	for i, o := range outcomes {
		if int(o.number()) != i {
			t.Errorf("%s is number %d, in the table %d", o, o.number(), i)
		}
	}
}

func TestALogCutAnywhereGivesItsWholeBlocks(t *testing.T) {
	entries := []Entry{
		{Seq: 1, Attempt: 1, Due: 5, Ready: 6, Sent: 7, Done: 1000, Outcome: Good, Status: 200, BytesIn: 300, BytesOut: 100},
		{Seq: 2, Attempt: 1, Due: 9, Ready: 9, Sent: -1, Done: -1, Outcome: Dropped},
		{Seq: 1, Attempt: 2, Due: 2000, Ready: 2001, Sent: 2002, Done: 3000, Outcome: Failed, Kind: KindReset},
	}
	var head bytes.Buffer
	if err := WriteEntriesHeader(&head, logHeader); err != nil {
		t.Fatal(err)
	}
	file := logOf(t, logHeader, entries, 1)
	for cut := range len(file) {
		_, got, err := readAll(file[:cut])
		if cut < head.Len() {
			if !errors.Is(err, ErrNoRun) {
				t.Fatalf("cut at %d: %v, want ErrNoRun", cut, err)
			}
			continue
		}
		whole := len(logOf(t, logHeader, entries[:len(got)], 1))
		left, isCut := errors.AsType[*CutError](err)
		switch {
		case cut == whole && err != nil:
			t.Fatalf("cut between blocks at %d: %v", cut, err)
		case cut > whole && (!isCut || left.Offset != int64(whole) || left.Bytes != int64(cut-whole)):
			t.Fatalf("cut at %d, %d are whole: %v", cut, whole, err)
		}
	}
}
