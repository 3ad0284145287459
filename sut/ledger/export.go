package ledger

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
)

// ReadExport gives the transactions of an export, one after the other, and ends at the first line that is not one of
// [AppendExport], with the line's number in the error. It proves nothing about the chain: [VerifyExport] does.
// A line is at most 64 MiB, more than a million entries.
func ReadExport(r io.Reader) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 0, 64<<10), 64<<20)
		lines.Split(wholeLines)
		n := 1
		for ; lines.Scan(); n++ {
			s, err := parseExport(lines.Text())
			if err != nil {
				err = fmt.Errorf("line %d: %w", n, err)
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Stored{}, fmt.Errorf("line %d: %w", n, err))
		}
	}
}

// wholeLines splits at newlines, which stay in the line: the last line must have one too, or it was cut off.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, fmt.Errorf("the export ends in the middle of a line, after %d bytes", len(data))
	}
	return 0, nil, nil
}

// VerifyExport proves an export: every transaction is sound by [Txn.Check], each lane is numbered from [First]
// without gaps, and every hash covers the transaction and all before it in its lane. Lanes may be interleaved.
// The error names the first record that is wrong. The heads are those of the lanes, in order; what was cut off a lane's
// end shows only in them, so compare their [Root] with the one that the book itself gave.
func VerifyExport(r io.Reader) ([]Head, error) {
	lanes := make(map[int]Head)
	line := 0
	for s, err := range ReadExport(r) {
		if err != nil {
			return nil, err
		}
		line++
		head, err := s.follows(lanes)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		lanes[Lane(s.Seq)] = head
	}
	return slices.SortedFunc(maps.Values(lanes), func(a, b Head) int { return cmp.Compare(a.Seq, b.Seq) }), nil
}

// follows proves that s is sound and next in its lane, and returns it as the lane's head.
func (s Stored) follows(lanes map[int]Head) (Head, error) {
	prev := lanes[Lane(s.Seq)]
	want := prev.Seq + 1
	if prev.Seq == 0 {
		want = First(Lane(s.Seq))
	}
	if s.Seq != want {
		return Head{}, fmt.Errorf("transaction %d (%s) stands where %d was wanted: one is missing, twice there or out of order", s.Seq, s.Txn.Name(), want)
	}
	if err := s.Txn.Check(); err != nil {
		return Head{}, fmt.Errorf("transaction %d: %w", s.Seq, err)
	}
	if hash := Link(prev.Hash, s.Seq, s.Txn); hash != s.Hash {
		return Head{}, fmt.Errorf("transaction %d (%s) has hash %x, want %x: it was changed, or one before it was", s.Seq, s.Txn.Name(), s.Hash, hash)
	}
	return Head{s.Seq, s.Hash}, nil
}
