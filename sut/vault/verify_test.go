package vault

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// A book is an audit log while it is written: records in the order of writing, and signed checkpoints.
type book struct {
	log     string
	signer  ed25519.PrivateKey
	heads   map[int]Head
	records []Record
	anchors []Checkpoint
}

func newBook(t testing.TB, log string) *book {
	return &book{log: log, signer: goldenRing(t).Signer(), heads: make(map[int]Head)}
}

func (b *book) write(lane int) {
	head, ok := b.heads[lane]
	if !ok {
		head = Head{Seq: int64(lane) * laneSize, Hash: Start(b.log)}
	}
	e := Event{At: 1672531200000 + int64(len(b.records)), Actor: "clerk-3", Role: "clerk", Op: "enrol", Subject: fmt.Sprintf("P%d", len(b.records)), Outcome: "done", Txn: head.Seq + 1}
	b.add(Record{head.Seq + 1, Link(head.Hash, head.Seq+1, e), e})
}

func (b *book) add(r Record) {
	b.records = append(b.records, r)
	b.heads[laneOf(r.Seq)] = Head{r.Seq, r.Hash}
}

func (b *book) anchor() {
	c := Checkpoint{Log: b.log, At: 1672531200000 + int64(len(b.records))}
	for lane := range maxLanes {
		if h, ok := b.heads[lane]; ok {
			c.Heads = append(c.Heads, h)
		}
	}
	b.anchors = append(b.anchors, c)
}

func (b *book) export() (log, anchors []byte) {
	log = AppendHeader(nil, b.log)
	for _, r := range b.records {
		log = r.AppendLine(log)
	}
	for _, c := range b.anchors {
		anchors = c.AppendLine(anchors, b.signer)
	}
	return log, anchors
}

func (b *book) verify(log, anchors []byte) (Summary, error) {
	return Verify(bytes.NewReader(log), bytes.NewReader(anchors), b.signer.Public().(ed25519.PublicKey))
}

// sound is 12 records in two lanes, a b a b …, anchored after 4, 8 and 10. Record n of the file stands on line n+2:
// the lines are header, 0:1, 1:1, 0:2, 1:2, 0:3, …, 0:6, 1:6.
func sound(t testing.TB) *book {
	b := newBook(t, "3a")
	for i := range 12 {
		b.write(i % 2)
		if i == 3 || i == 7 || i == 9 {
			b.anchor()
		}
	}
	return b
}

func TestASoundLogVerifies(t *testing.T) {
	b := sound(t)
	want := Summary{Log: "3a", Events: 12, Lanes: 2, Checkpoints: 3, Anchored: 10, Last: 1672531200010}
	if got, err := b.verify(b.export()); err != nil || got != want {
		t.Errorf("got %+v and %v, want %+v", got, err, want)
	}
	if want.Unanchored() != 2 {
		t.Errorf("%d stand after the last checkpoint, want 2", want.Unanchored())
	}

	log, anchors := b.export()
	if got, err := b.verify(log, nil); err != nil || got != (Summary{Log: "3a", Events: 12, Lanes: 2}) {
		t.Errorf("without anchors: got %+v and %v", got, err)
	}
	// What stands after the last checkpoint can be cut unseen, and the summary shows it.
	cut := bytes.Join(bytes.SplitAfter(log, []byte("\n"))[:11], nil)
	if got, err := b.verify(cut, anchors); err != nil || got.Events != 10 || got.Unanchored() != 0 {
		t.Errorf("cut after the last checkpoint: got %+v and %v", got, err)
	}
	empty := newBook(t, "3a")
	if got, err := empty.verify(empty.export()); err != nil || got != (Summary{Log: "3a"}) {
		t.Errorf("an empty log: got %+v and %v", got, err)
	}
}

// relink gives the records from i on, in their lane, the hashes and numbers that a forger would give them.
func (b *book) relink(i int) {
	lane := laneOf(b.records[i].Seq)
	head := Head{int64(lane) * laneSize, Start(b.log)}
	for j := range b.records {
		r := &b.records[j]
		if laneOf(r.Seq) != lane {
			continue
		}
		if j >= i {
			r.Seq = head.Seq + 1
			r.Hash = Link(head.Hash, r.Seq, r.Event)
		}
		head = Head{r.Seq, r.Hash}
	}
}

// Each tampering is done to the sound log; Verify must name the very record.
func TestEachTamperingIsFoundAndItsRecordNamed(t *testing.T) {
	const in1 = laneSize // records of lane 1 are in1 + n
	lines := func(b *book) [][]byte { log, _ := b.export(); return bytes.SplitAfter(log, []byte("\n")) }
	for _, c := range []struct {
		name   string
		tamper func(b *book)                         // of the records and checkpoints, or
		raw    func(b *book) (log, anchors [][]byte) // of the lines
		want   Fault                                 // Detail is a part of the wanted one
	}{
		{name: "an actor replaced", tamper: func(b *book) { b.records[4].Event.Actor = "clerk-4" },
			want: Fault{Changed, events, 6, 0, 3, "its content, or record 2 before it, is not what was hashed"}},
		{name: "the first actor replaced", tamper: func(b *book) { b.records[0].Event.Actor = "clerk-4" },
			want: Fault{Changed, events, 2, 0, 1, "or the log's name on line 1, is not what was hashed"}},
		{name: "the last actor replaced", tamper: func(b *book) { b.records[11].Event.Actor = "clerk-4" },
			want: Fault{Changed, events, 13, 1, in1 + 6, "its hash is not that of its content"}},
		{name: "a hash replaced", tamper: func(b *book) { b.records[5].Hash[0]++ },
			want: Fault{Changed, events, 7, 1, in1 + 3, "only the hash beside it was changed"}},
		{name: "an event and its own hash replaced", tamper: func(b *book) {
			b.records[4].Event.Outcome = "refused"
			b.records[4].Hash = Link(b.records[2].Hash, 3, b.records[4].Event)
		}, want: Fault{Changed, events, 8, 0, 4, "its content, or record 3 before it"}},
		{name: "a record taken out", tamper: func(b *book) { b.records = slices.Delete(b.records, 4, 5) },
			want: Fault{Missing, events, 7, 0, 3, "record 4 follows 2"}},
		{name: "the first record taken out", tamper: func(b *book) { b.records = slices.Delete(b.records, 0, 1) },
			want: Fault{Missing, events, 3, 0, 1, "record 2 follows 0"}},
		{name: "a record taken out and the rest numbered anew", tamper: func(b *book) {
			b.records = slices.Delete(b.records, 4, 5)
			for i, seq := 5, int64(3); i < len(b.records); i, seq = i+2, seq+1 {
				b.records[i].Seq = seq
			}
		}, want: Fault{Changed, events, 7, 0, 3, "numbered anew"}},
		{name: "a record taken out and the rest chained anew", tamper: func(b *book) {
			b.records = slices.Delete(b.records, 4, 5)
			b.relink(5)
		}, want: Fault{Rewritten, events, 9, 0, 4, "records 3 to 4"}},
		{name: "a record copied to another number", tamper: func(b *book) {
			r := b.records[8]
			b.records = slices.Insert(b.records, 4, r)
		}, want: Fault{Inserted, events, 6, 0, 5, "stands a second time on line 11"}},
		{name: "a record put in under a number that is taken, with a hash that fits", tamper: func(b *book) {
			e := Event{Actor: "clerk-4", Op: "enrol", Outcome: "done"}
			b.records = slices.Insert(b.records, 4, Record{3, Link(b.records[2].Hash, 3, e), e})
		}, want: Fault{Inserted, events, 6, 0, 3, "on line 7 is the one that the log goes on from"}},
		{name: "a record put in under a number that is taken, with a hash that does not fit", tamper: func(b *book) {
			b.records = slices.Insert(b.records, 4, Record{Seq: 3, Event: Event{Actor: "clerk-4"}})
		}, want: Fault{Inserted, events, 6, 0, 3, "on line 7 is the one that fits"}},
		{name: "a record twice", tamper: func(b *book) { b.records = slices.Insert(b.records, 9, b.records[4]) },
			want: Fault{Inserted, events, 11, 0, 3, "stands further up"}},
		{name: "a record put in and the rest chained anew", tamper: func(b *book) {
			b.records = slices.Insert(b.records, 4, Record{Seq: 3, Event: Event{Actor: "clerk-4"}})
			b.relink(4)
		}, want: Fault{Rewritten, events, 7, 0, 4, "records 3 to 4"}},
		{name: "two records swapped", tamper: func(b *book) { b.records[4], b.records[6] = b.records[6], b.records[4] },
			want: Fault{Reordered, events, 6, 0, 4, "record 3 was wanted here and stands on line 8"}},
		{name: "two records swapped with their numbers put right", tamper: func(b *book) {
			b.records[4], b.records[6] = b.records[6], b.records[4]
			b.records[4].Seq, b.records[6].Seq = 3, 4
		}, want: Fault{Changed, events, 6, 0, 3, "its hash is not that"}},
		{name: "a record moved to another lane", tamper: func(b *book) { b.records[4].Seq += in1 },
			want: Fault{Inserted, events, 6, 1, in1 + 3, "on line 7 is the one that fits"}},
		{name: "all written anew from a record on", tamper: func(b *book) { b.records[8].Event.Outcome = "refused"; b.relink(8) },
			want: Fault{Rewritten, events, 10, 0, 5, "line 3 of the anchors vouches for another hash, so the lane was written anew from one of the records 5 to 5"}},
		{name: "all written anew from the first record on", tamper: func(b *book) { b.records[1].Event.Outcome = "refused"; b.relink(1) },
			want: Fault{Rewritten, events, 5, 1, in1 + 2, fmt.Sprintf("records %d to %d", in1+1, in1+2)}},
		{name: "the anchors of another log of the same name", tamper: func(b *book) {
			for i := range b.records {
				b.records[i].Event.Actor = "clerk-4"
			}
			b.relink(0)
			b.relink(1)
		}, want: Fault{Rewritten, events, 4, 0, 2, "records 1 to 2 on, unless the anchors are those of another log of this name"}},
		{name: "the end cut off before a checkpoint", tamper: func(b *book) { b.records = b.records[:8] },
			want: Fault{Truncated, events, 10, 0, 5, "line 3 of the anchors vouches for record 5: 1 are gone"}},
		{name: "one lane cut off", tamper: func(b *book) {
			b.records = slices.DeleteFunc(b.records, func(r Record) bool { return r.Seq > in1+1 })
		}, want: Fault{Truncated, events, 9, 1, in1 + 2, "line 3 of the anchors vouches for record 1000000000005: 4 are gone"}},
		{name: "one lane gone", tamper: func(b *book) {
			b.records = slices.DeleteFunc(b.records, func(r Record) bool { return r.Seq > in1 })
		}, want: Fault{Truncated, events, 8, 1, in1 + 1, "5 are gone"}},
		{name: "all records gone", tamper: func(b *book) { b.records = nil },
			want: Fault{Truncated, events, 2, 0, 1, "line 1 of the anchors vouches for record 2"}},
		{name: "the last line cut in the middle", raw: func(b *book) (_, _ [][]byte) {
			l := lines(b)
			l[12] = l[12][:40]
			return l, nil
		}, want: Fault{Malformed, events, 13, 0, 0, "the file ends inside this line"}},
		{name: "a field added to a record", raw: func(b *book) (_, _ [][]byte) {
			l := lines(b)
			l[3] = bytes.Replace(l[3], []byte("{"), []byte(`{"note":"checked",`), 1)
			return l, nil
		}, want: Fault{Malformed, events, 4, 0, 0, "not canonical from byte 2"}},
		{name: "an empty line", raw: func(b *book) (_, _ [][]byte) { return slices.Insert(lines(b), 4, []byte("\n")), nil },
			want: Fault{Malformed, events, 5, 0, 0, "no JSON"}},
		{name: "a record of a lane that cannot be", tamper: func(b *book) { b.records[3].Seq = maxLanes * laneSize },
			want: Fault{Malformed, events, 5, 0, 0, "with a lane below 1024"}},
		{name: "no name of the log", raw: func(b *book) (_, _ [][]byte) { return lines(b)[1:], nil },
			want: Fault{Malformed, events, 1, 0, 0, "want the log's name"}},
		{name: "nothing at all", raw: func(b *book) (_, _ [][]byte) { return nil, nil },
			want: Fault{Malformed, events, 1, 0, 0, "the log is empty"}},
		{name: "the log under another name", raw: func(b *book) (_, _ [][]byte) {
			return slices.Replace(lines(b), 0, 1, AppendHeader(nil, "3b")), nil
		}, want: Fault{Changed, events, 2, 0, 1, "or the log's name on line 1"}},
		{name: "a checkpoint changed", raw: func(b *book) (_, _ [][]byte) {
			_, a := b.export()
			al := bytes.SplitAfter(a, []byte("\n"))
			al[1] = bytes.Replace(al[1], []byte(`"seq":4`), []byte(`"seq":3`), 1)
			return lines(b), al
		}, want: Fault{Forged, anchors, 2, 0, 0, "the signature is not of this key"}},
		{name: "a checkpoint signed by another", raw: func(b *book) (_, _ [][]byte) {
			l := lines(b)
			b.signer = ed25519.NewKeyFromSeed(make([]byte, 32))
			_, a := b.export()
			b.signer = goldenRing(t).Signer()
			return l, [][]byte{a}
		}, want: Fault{Forged, anchors, 1, 0, 0, "the signature is not of this key"}},
		{name: "checkpoints swapped", tamper: func(b *book) { b.anchors[0], b.anchors[1] = b.anchors[1], b.anchors[0] },
			want: Fault{Reordered, anchors, 2, 0, 0, "line 1, which vouches for more"}},
		{name: "a checkpoint of another log", tamper: func(b *book) { b.anchors[1].Log = "3b" },
			want: Fault{Foreign, anchors, 2, 0, 0, `of the log "3b", want "3a"`}},
		{name: "two checkpoints at odds", tamper: func(b *book) {
			b.anchors = slices.Insert(b.anchors, 2, b.anchors[1])
			b.anchors[2].Heads = []Head{{4, Hash{1}}, b.anchors[1].Heads[1]}
		}, want: Fault{Foreign, anchors, 3, 0, 0, "line 2 vouches for another hash of record 4"}},
		{name: "an anchor file cut inside a line", raw: func(b *book) (_, _ [][]byte) {
			_, a := b.export()
			return lines(b), [][]byte{a[:len(a)-10]}
		}, want: Fault{Malformed, anchors, 3, 0, 0, "the file ends inside this line"}},
	} {
		b := sound(t)
		var log, anchorFile []byte
		if c.tamper != nil {
			c.tamper(b)
			log, anchorFile = b.export()
		} else {
			l, a := c.raw(b)
			log, anchorFile = bytes.Join(l, nil), bytes.Join(a, nil)
		}
		_, err := b.verify(log, anchorFile)
		got, ok := errors.AsType[*Fault](err)
		if !ok || !strings.Contains(got.Detail, c.want.Detail) {
			t.Errorf("%s: got %v, want %s", c.name, err, &c.want)
			continue
		}
		detail := got.Detail
		if got.Detail = c.want.Detail; *got != c.want {
			t.Errorf("%s:\n got %s (%s)\nwant %s", c.name, got, detail, &c.want)
		}
	}
}

func TestEveryChangedByteOfLogAndAnchorsIsRefused(t *testing.T) {
	b := newBook(t, "3a")
	for i := range 4 {
		b.write(i % 2)
	}
	b.anchor()
	log, anchors := b.export()
	for i := range log {
		bad := bytes.Clone(log)
		bad[i] ^= 1
		if s, err := b.verify(bad, anchors); err == nil {
			t.Errorf("byte %d of the log, in %q: accepted as %v", i, bad[max(0, i-10):i+1], s)
		}
	}
	for i := range anchors {
		bad := bytes.Clone(anchors)
		bad[i] ^= 1
		if s, err := b.verify(log, bad); err == nil {
			t.Errorf("byte %d of the anchors, in %q: accepted as %v", i, bad[max(0, i-10):i+1], s)
		}
	}
}

// Whatever lines are dropped, doubled or swapped: it is accepted only when each lane is what it was up to its anchor.
func TestAnySurgeryOnAnchoredLinesIsRefused(t *testing.T) {
	b := sound(t)
	b.anchor()
	log, anchors := b.export()
	lines := bytes.SplitAfter(log, []byte("\n"))
	lines = lines[:len(lines)-1]
	rapid.Check(t, func(t *rapid.T) {
		cut := slices.Clone(lines)
		for range rapid.IntRange(1, 3).Draw(t, "steps") {
			i, j := rapid.IntRange(0, len(cut)-1).Draw(t, "i"), rapid.IntRange(0, len(cut)-1).Draw(t, "j")
			switch rapid.SampledFrom([]string{"drop", "copy", "swap"}).Draw(t, "op") {
			case "drop":
				cut = slices.Delete(slices.Clone(cut), i, i+1)
			case "copy":
				cut = slices.Insert(cut, j, cut[i])
			case "swap":
				cut[i], cut[j] = cut[j], cut[i]
			}
		}
		_, err := b.verify(bytes.Join(cut, nil), anchors)
		if same := sameLanes(cut, lines); (err == nil) != same {
			t.Fatalf("lanes intact is %t, and got %v for\n%s", same, err, bytes.Join(cut, nil))
		}
	})
}

// sameLanes says whether both begin with the header and hold the same lines in each lane.
func sameLanes(a, b [][]byte) bool {
	byLane := func(lines [][]byte) string {
		var lanes [2]strings.Builder
		for _, line := range lines[1:] {
			r, err := parseRecord(bytes.TrimSuffix(line, []byte("\n")))
			if err != nil {
				return "no record"
			}
			lanes[laneOf(r.Seq)].Write(line)
		}
		return lanes[0].String() + lanes[1].String()
	}
	return len(a) > 0 && bytes.Equal(a[0], b[0]) && byLane(a) == byLane(b)
}

func TestLanesMayBeExportedOneAfterTheOther(t *testing.T) {
	b := sound(t)
	slices.SortStableFunc(b.records, func(x, y Record) int { return laneOf(x.Seq) - laneOf(y.Seq) })
	if got, err := b.verify(b.export()); err != nil || got.Events != 12 || got.Anchored != 10 {
		t.Errorf("got %+v and %v", got, err)
	}
}

func TestAReadErrorIsNoFault(t *testing.T) {
	b := sound(t)
	log, anchors := b.export()
	torn := errors.New("disk gone")
	pub := b.signer.Public().(ed25519.PublicKey)
	for name, err := range map[string]error{
		"the log":     second(Verify(io.MultiReader(bytes.NewReader(log[:900]), iotest.ErrReader(torn)), bytes.NewReader(anchors), pub)),
		"the anchors": second(Verify(bytes.NewReader(log), iotest.ErrReader(torn), pub)),
	} {
		if _, ok := errors.AsType[*Fault](err); ok || !errors.Is(err, torn) {
			t.Errorf("%s: got %v, want %v", name, err, torn)
		}
	}
}

func second(_ Summary, err error) error { return err }

func TestALineWithoutEndDoesNotFillTheMemory(t *testing.T) {
	b := sound(t)
	_, err := b.verify(append(AppendHeader(nil, "3a"), bytes.Repeat([]byte("x"), 1<<20)...), nil)
	if got, ok := errors.AsType[*Fault](err); !ok || got.Kind != Malformed || got.Line != 2 || !strings.Contains(got.Detail, "longer than") {
		t.Errorf("got %v", err)
	}
}

// lineSource makes a stream of lines while it is read, so that nothing of it stays in memory.
type lineSource struct {
	next func() []byte // nil at the end
	rest []byte
}

func (s *lineSource) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		if s.rest = s.next(); s.rest == nil {
			return 0, io.EOF
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// A log of 40,000 records in two lanes with a checkpoint each 20 is made while it is read.
func TestMemoryStaysFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("signs and verifies 2,000 checkpoints, which takes a second under -race")
	}
	const n, each = 40_000, 20
	signer := goldenRing(t).Signer()
	chain := func() func() (Record, []Head) {
		heads := []Head{{0, Start("3a")}, {laneSize, Start("3a")}}
		i := 0
		return func() (Record, []Head) {
			h, e := &heads[i%2], Event{At: int64(i), Actor: "a", Op: "o", Outcome: "done"}
			i++
			*h = Head{h.Seq + 1, Link(h.Hash, h.Seq+1, e)}
			return Record{h.Seq, h.Hash, e}, heads
		}
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early, late uint64
	written, write := -1, chain()
	log := &lineSource{next: func() []byte {
		written++
		switch written {
		case 0:
			return AppendHeader(nil, "3a")
		case n / 4:
			early = heap()
		case n:
			late = heap()
		case n + 1:
			return nil
		}
		r, _ := write()
		return r.AppendLine(nil)
	}}
	signed, sign := 0, chain()
	anchorFile := &lineSource{next: func() []byte {
		if signed++; signed > n/each {
			return nil
		}
		var heads []Head
		for range each {
			_, heads = sign()
		}
		return Checkpoint{Log: "3a", At: int64(signed), Heads: heads}.AppendLine(nil, signer)
	}}
	s, err := Verify(log, anchorFile, signer.Public().(ed25519.PublicKey))
	if err != nil || s.Events != n || s.Checkpoints != n/each || s.Anchored != n {
		t.Fatalf("got %+v and %v", s, err)
	}
	if late > early+64<<10 {
		t.Errorf("the heap grew from %d to %d bytes between a quarter and the end of the log", early, late)
	}
}

func FuzzVerify(f *testing.F) {
	b := sound(f)
	log, anchors := b.export()
	f.Add(log, anchors)
	f.Add(log[:len(log)/2], anchors)
	f.Add(log, anchors[:len(anchors)/2])
	f.Add(AppendHeader(nil, "3a"), []byte{})
	f.Fuzz(func(t *testing.T, l, a []byte) {
		s, err := b.verify(l, a)
		if _, ok := errors.AsType[*Fault](err); err != nil && !ok {
			t.Fatalf("reading from memory gave %v, want a fault or none", err)
		}
		if err == nil && (s.Unanchored() < 0 || s.Events != int64(bytes.Count(l, []byte("\n")))-1 || s.Checkpoints != bytes.Count(a, []byte("\n"))) {
			t.Fatalf("got %+v for %d and %d bytes", s, len(l), len(a))
		}
		if err == nil && s.Checkpoints > 0 && !bytes.Contains(anchors, a) {
			t.Fatalf("accepted checkpoints that nobody signed: %q", a)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	const n = 10_000
	k := newBook(b, "3a")
	for i := range n {
		k.write(0)
		if i%1000 == 999 {
			k.anchor()
		}
	}
	log, anchors := k.export()
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		if _, err := k.verify(log, anchors); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
