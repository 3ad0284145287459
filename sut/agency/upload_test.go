package agency

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/sut/ledger"
)

func TestChunksReadBackAsTheyWerePacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := make([]wageLine, rapid.IntRange(0, chunkLines).Draw(t, "lines"))
		for i := range lines {
			lines[i] = wageLine{rapid.Uint64Range(0, 10_000_000).Draw(t, "person"), ledger.Fen(rapid.Int64Range(0, maxWage).Draw(t, "wage"))}
		}
		got, err := unpackLines(packLines(nil, lines))
		if err != nil || !slices.Equal(got, lines) {
			t.Fatalf("%v, %v; want %v", got, err, lines)
		}
	})
	for _, cut := range [][]byte{{0x80}, {1}, {1, 0x80}, bytes.Repeat([]byte{0xff}, 11)} {
		if _, err := unpackLines(cut); err == nil {
			t.Errorf("%x reads as lines", cut)
		}
	}
}

func TestNoCellOfAnExportIsRun(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-x": "'-x", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "-12": "-12", "P00000001": "P00000001", "": "",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("%q is exported as %q, want %q", cell, got, want)
		}
	}
}

// FuzzUpload reads any file as both kinds: it must not panic, and takes no more lines than there are.
func FuzzUpload(f *testing.F) {
	f.Add([]byte("{\"employer\":\"E000123\",\"month\":\"2023-01\"}\n{\"person\":\"P00000001\",\"wage_fen\":800000}\n"))
	f.Add([]byte("E000123,2023-01,1\r\nperson,wage_fen\r\n\"P00000001\",800000\r\n"))
	f.Add([]byte("\ufeff,,,,\n=1+1,@"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, media := range []string{"application/x-ndjson", "text/csv"} {
			u, err := openUpload(media, bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			var head filing
			if u.header(&head.Filing, head.cells, "person,wage_fen") != nil {
				continue
			}
			n := 0
			err = u.each(1000, 0, "", parseWage, func(name string, _ int64, fault LineCode) {
				if n++; fault == "" && strings.ContainsAny(name, "\n") && media == "text/csv" {
					t.Errorf("%q is a name", name)
				}
			})
			if n != u.line && err == nil || n > bytes.Count(file, []byte("\n"))+1 {
				t.Errorf("%d lines taken, %d counted, %v", n, u.line, err)
			}
		}
	})
}
