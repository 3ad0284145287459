package result

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// The framing of a block, little endian: magic, bytes of payload, number of entries, CRC-32C of all of the block but itself.
const (
	blockHead  = 16
	maxPayload = 16 << 20 // of one block; keeps a damaged length from asking for absurd memory
)

// The magics tell what a block holds, and the version of its coding.
const (
	magicHeader  = "pdh1" // the Header as JSON, once, at the start
	magicEntries = "pdr1" // entries
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Which fields of an entry are written: those that are not as in the entry before, and sizes that are not as in the one before
// of the same operation. The low three bits are the outcome.
const (
	newOp = 1 << (3 + iota)
	newPlace
	newAnswer
	newBytesOut
	newBytesIn
)

// A Block gathers entries and turns them into one block of the log. The zero value is ready. Blocks share nothing, so each
// loop may fill its own and the file may hold them in any order. One holds what is lost when the process dies: close it at
// least once a second, and before Len is much above 64 KiB. Append allocates nothing once the block has been filled once.
type Block struct {
	buf   []byte
	count uint32
	last  Entry    // what the next entry is written against
	sizes sizes    // and its sizes
	kinds []string // seen in this block, by number; number 0 is none
}

// sizes are those of the last entry of each operation, or of the last one whose number is the same modulo 64: the requests
// of one operation are often of one length, and so are its answers.
type sizes [64]struct{ out, in int64 }

// Append adds one entry.
func (b *Block) Append(e *Entry) {
	if len(b.buf) == 0 {
		b.buf = append(b.buf, make([]byte, blockHead)...)
	}
	last := &b.last
	at := len(b.buf)
	flags := e.Outcome.number()
	buf := append(b.buf, 0)
	buf = binary.AppendVarint(buf, int64(e.Seq-last.Seq))
	buf = binary.AppendVarint(buf, int64(e.Due-last.Due))
	buf = binary.AppendVarint(buf, int64(e.Ready-e.Due))
	buf = appendSince(buf, e.Sent, e.Ready)
	buf = appendSince(buf, e.Done, max(e.Sent, e.Due))
	if e.Op != last.Op {
		flags |= newOp
		buf = binary.AppendUvarint(buf, uint64(e.Op))
	}
	if e.Attempt != last.Attempt || e.Step != last.Step {
		flags |= newPlace
		buf = binary.AppendUvarint(buf, uint64(e.Attempt))
		buf = binary.AppendUvarint(buf, uint64(e.Step))
	}
	if e.Status != last.Status || e.Kind != last.Kind {
		flags |= newAnswer
		buf = binary.AppendUvarint(buf, uint64(e.Status))
		buf = b.appendKind(buf, e.Kind)
	}
	size := &b.sizes[e.Op%64]
	if e.BytesOut != size.out {
		flags |= newBytesOut
		buf = binary.AppendUvarint(buf, uint64(e.BytesOut))
	}
	if e.BytesIn != size.in {
		flags |= newBytesIn
		buf = binary.AppendUvarint(buf, uint64(e.BytesIn))
	}
	size.out, size.in = e.BytesOut, e.BytesIn
	buf[at] = flags
	b.buf, b.last = buf, *e
	b.count++
}

// appendSince writes 0 for a time that never came, else 1 more than the time since from, folded so that small is short.
func appendSince(buf []byte, at, from time.Duration) []byte {
	if at < 0 {
		return append(buf, 0)
	}
	d := int64(at - from)
	return binary.AppendUvarint(buf, uint64(d<<1^d>>63)+1)
}

// appendKind writes the number of a kind, and its name where the number is new.
func (b *Block) appendKind(buf []byte, kind string) []byte {
	if kind == "" {
		return append(buf, 0)
	}
	for i, k := range b.kinds {
		if k == kind {
			return binary.AppendUvarint(buf, uint64(i+1))
		}
	}
	b.kinds = append(b.kinds, kind)
	buf = binary.AppendUvarint(buf, uint64(len(b.kinds)))
	buf = binary.AppendUvarint(buf, uint64(len(kind)))
	return append(buf, kind...)
}

// Len is the size of the block so far, in bytes; 0 when it is empty.
func (b *Block) Len() int { return len(b.buf) }

// Close returns the block as it goes into the file, valid until the next Append or Reset; nothing when it is empty.
func (b *Block) Close() []byte {
	if len(b.buf) == 0 {
		return nil
	}
	seal(b.buf, magicEntries, b.count)
	return b.buf
}

// Reset empties the block and keeps its memory.
func (b *Block) Reset() {
	*b = Block{buf: b.buf[:0], kinds: b.kinds[:0]}
}

// seal fills in the head of a block.
func seal(block []byte, magic string, count uint32) {
	copy(block, magic)
	binary.LittleEndian.PutUint32(block[4:], uint32(len(block)-blockHead))
	binary.LittleEndian.PutUint32(block[8:], count)
	binary.LittleEndian.PutUint32(block[12:], checksum(block))
}

// checksum covers the head up to its own place, and the payload.
func checksum(block []byte) uint32 {
	return crc32.Update(crc32.Checksum(block[:12], castagnoli), castagnoli, block[blockHead:])
}

// WriteEntriesHeader begins a log of entries: h.Operations must name what Entry.Op numbers. A file is this and then blocks.
func WriteEntriesHeader(w io.Writer, h Header) error {
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	block := append(make([]byte, blockHead), text...)
	seal(block, magicHeader, 0)
	if _, err := w.Write(block); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}
