package result

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
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

func TestADamagedLogSaysWhereAndWhat(t *testing.T) {
	entries := []Entry{{Seq: 1, Attempt: 1, Done: 9, Outcome: Good}, {Seq: 2, Attempt: 1, Done: 9, Outcome: Good}}
	whole := logOf(t, logHeader, entries, 1)
	second := len(logOf(t, logHeader, entries[:1], 1))
	// sealed is the file with its second block made of a payload that no Append makes, but with a checksum that fits
	sealed := func(count uint32, payload ...byte) []byte {
		block := append(make([]byte, blockHead), payload...)
		seal(block, magicEntries, count)
		return append(slices.Clone(whole[:second]), block...)
	}
	changed := func(at int, to byte) []byte {
		out := slices.Clone(whole)
		out[at] = to
		return out
	}
	at := fmt.Sprintf("x.results: the block at byte %d is damaged: ", second)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"another magic", changed(second, 'x'), at + `it begins with "xdr1", want "pdr1"`},
		{"a length beyond all measure", changed(second+7, 0xff), at + "4278190088 bytes long, want at most 16777216"},
		{"no entries", changed(second+8, 0), at + "0 entries in 8 bytes"},
		{"more entries than bytes", changed(second+8, 200), at + "200 entries in 8 bytes"},
		{"a byte of the payload", changed(len(whole)-1, 0xff), at + "its bytes have checksum"},
		{"too few entries", sealed(2, 0, 2, 0, 0, 1, 1), at + "entry 2 of 2: missing"},
		{"too many bytes", sealed(1, 0, 2, 0, 0, 1, 1, 7), at + "entry 1 of 1: 1 bytes after the last entry"},
		{"an outcome that is none", sealed(1, 7, 2, 0, 0, 1, 1), at + "entry 1 of 1: outcome 7, want at most 6"},
		{"an operation without a name", sealed(1, newOp, 2, 0, 0, 1, 1, 3), at + "entry 1 of 1: operation 3, the header names 3"},
		{"a kind without a name", sealed(1, newAnswer, 2, 0, 0, 1, 1, 0, 5), at + "entry 1 of 1: kind 5, 0 are known"},
		{"a name longer than the block", sealed(1, newAnswer, 2, 0, 0, 1, 1, 0, 1, 99), at + "entry 1 of 1: the name of a kind is not whole"},
		{"a time before the start", sealed(1, 0, 2, 1, 0, 1, 1), at + "entry 1 of 1: a time before the start"},
		{"a number that does not end", sealed(1, 0, 0x80), at + "entry 1 of 1: a number is not whole"},
		{"not a log", []byte(strings.Repeat("{}", 20)), `x.results: the block at byte 0 is damaged: it begins with "{}{}", want "pdh1"`},
		{"a log without operations", logOf(t, Header{Format: Format}, nil, 1), "x.results: the header names no operations"},
		{"a later format", logOf(t, Header{Format: 9}, nil, 1), "x.results: format 9; this peakday reads format 1"},
	} {
		_, got, err := readAll(c.file)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		if strings.HasPrefix(c.want, at) && len(got) == 0 {
			t.Errorf("%s: nothing was read before the damage", c.name)
		}
	}
}

func TestALengthThatIsALieTakesNoMemory(t *testing.T) {
	file := logOf(t, logHeader, nil, 1)
	block := make([]byte, blockHead)
	seal(block, magicEntries, 1)
	binary.LittleEndian.PutUint32(block[4:], maxPayload)
	file = append(file, block...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := readAll(file)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<10 {
		t.Errorf("reading %d bytes took %d bytes of memory", len(file), took)
	}
	if _, cut := errors.AsType[*CutError](err); !cut {
		t.Errorf("%v, want a cut", err)
	}
}

// A traffic is a made-up run of one loop, in the order in which its requests end.
type traffic struct {
	name       string
	rate       float64 // of the loop
	perBlock   int     // what it closes at once, as every 100 ms
	stride     uint64  // between its sequence numbers: the number of loops
	operations int
	lateness   func(*rand.Rand) float64 // seconds
	service    func(*rand.Rand) float64
	answers    int // sizes of answers are drawn from so many; 0 means that each operation has its own
}

func lognormal(median, sigma float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return median * math.Exp(sigma*r.NormFloat64()) }
}

var traffics = []traffic{
	{"open 5000 a second on two loops", 2500, 250, 2, 50, lognormal(60e-6, 0.5), lognormal(4e-3, 0.7), 0},
	{"flat out 120000 a second over 64 connections", 120e3, 4096, 1, 1, lognormal(1e-6, 0.5), lognormal(0.53e-3, 0.3), 0},
	{"slow answers of any size to 5000 a second", 2500, 250, 2, 50, lognormal(60e-6, 0.5), lognormal(1, 0.5), 16 << 10},
}

func (c traffic) entries(n int) []Entry {
	r := rand.New(rand.NewPCG(1, 2))
	seconds := func(s float64) time.Duration { return time.Duration(s * 1e9) }
	out := make([]Entry, n)
	for i := range out {
		due := seconds(float64(i) / c.rate)
		ready := due + seconds(c.lateness(r))
		sent := ready + seconds(lognormal(1.5e-6, 0.4)(r))
		op := r.IntN(c.operations)
		e := Entry{Seq: uint64(i) * c.stride, Attempt: 1, Op: uint16(op), Due: due, Ready: ready, Sent: sent, Done: sent + seconds(c.service(r)),
			Outcome: Good, Status: 200, BytesOut: int64(120 + 3*op), BytesIn: int64(300 + 7*op)}
		if c.answers > 0 {
			e.BytesIn = r.Int64N(int64(c.answers))
		}
		switch {
		case r.IntN(100) == 0:
			e.Outcome, e.Kind, e.Status = Shed, "status_503", 503
		case r.IntN(1000) == 0:
			e.Outcome, e.Kind, e.Status = Failed, KindReset, 0
		case r.IntN(20) == 0:
			e.Attempt = 2
		}
		out[i] = e
	}
	slices.SortFunc(out, func(a, b Entry) int { return int(a.Done - b.Done) })
	return out
}

func TestAResultTakesAtMost24Bytes(t *testing.T) {
	h := logHeader
	for i := range 50 {
		h.Operations = append(h.Operations, fmt.Sprint("op", i))
	}
	for _, c := range traffics {
		const n = 100_000
		log := logOf(t, h, c.entries(n), c.perBlock)
		each := float64(len(log)-len(logOf(t, h, nil, 1))) / n
		t.Logf("%s: %.1f bytes a result", c.name, each)
		if each > 24 {
			t.Errorf("%s: %.1f bytes a result", c.name, each)
		}
	}
}

func TestAppendingAllocatesNothing(t *testing.T) {
	entries := traffics[0].entries(4096)
	var b Block
	fill := func() {
		b.Reset()
		for i := range entries {
			b.Append(&entries[i])
		}
		b.Close()
	}
	fill()
	if n := testing.AllocsPerRun(10, fill); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzReadEntries(f *testing.F) {
	f.Add(logOf(f, logHeader, traffics[0].entries(20), 7))
	f.Add(logOf(f, logHeader, []Entry{{Attempt: 1, Sent: -1, Done: -1, Outcome: Lost}}, 1))
	// a payload alone, sealed by the fuzz body, so that the checksum does not keep everything out
	f.Add([]byte{0xf9, 2, 4, 0, 1, 1, 1, 1, 0, 0xc8, 1, 1, 5, 'r', 'e', 's', 'e', 't', 100, 200, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		readAll(data)
		for _, count := range []uint32{1, 2, 3} {
			block := append(make([]byte, blockHead), data...)
			seal(block, magicEntries, count)
			_, entries, _ := readAll(append(logOf(t, logHeader, nil, 1), block...))
			_, again, err := readAll(logOf(t, logHeader, entries, 2))
			if err != nil || !slices.Equal(entries, again) {
				t.Fatalf("read %+v, wrote it and read %+v, %v", entries, again, err)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, c := range traffics {
		entries := c.entries(c.perBlock)
		b.Run(strings.Fields(c.name)[0], func(b *testing.B) {
			b.ReportAllocs()
			var block Block
			for b.Loop() {
				block.Reset()
				for i := range entries {
					block.Append(&entries[i])
				}
				block.Close()
			}
			b.ReportMetric(float64(b.N)*float64(len(entries))/b.Elapsed().Seconds()/1e6, "Mresults/s")
		})
	}
}

func BenchmarkReadEntries(b *testing.B) {
	file := logOf(b, Header{Format: Format, Operations: make([]string, 50)}, traffics[0].entries(50_000), 250)
	b.ReportAllocs()
	for b.Loop() {
		_, all, _ := ReadEntries("x.results", bytes.NewReader(file))
		for range all {
		}
	}
	b.ReportMetric(float64(b.N)*50_000/b.Elapsed().Seconds()/1e6, "Mresults/s")
}
