package agency

import (
	"encoding/binary"
	"errors"

	"github.com/peakday/peakday/sut/ledger"
)

// A wageLine is one line of a declaration: a person and the wage of the month.
type wageLine struct {
	person uint64
	wage   ledger.Fen
}

// chunkLines is how many lines a stored chunk has, and how many are posted in one transaction: it bounds how long one
// Update keeps the others waiting, some 10 ms here.
const chunkLines = 256

// packLines appends lines to a chunk: for each two varints, the person and the wage; some 6 bytes a line.
func packLines(b []byte, lines []wageLine) []byte {
	for _, l := range lines {
		b = binary.AppendUvarint(b, l.person)
		b = binary.AppendUvarint(b, uint64(l.wage))
	}
	return b
}

// unpackLines reads what [packLines] wrote.
func unpackLines(b []byte) ([]wageLine, error) {
	lines := make([]wageLine, 0, chunkLines)
	for len(b) > 0 {
		person, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errCutChunk
		}
		wage, m := binary.Uvarint(b[n:])
		if m <= 0 || wage > uint64(maxAmount) {
			return nil, errCutChunk
		}
		lines = append(lines, wageLine{person, ledger.Fen(wage)})
		b = b[n+m:]
	}
	return lines, nil
}

var errCutChunk = errors.New("a chunk of a declaration does not read as pairs of person and wage: the store was changed by other hands, restore it from a backup")
