package result

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// A CutError ends the entries of a log whose last block is not whole, as after kill -9. All entries before it are good.
type CutError struct {
	Name   string
	Offset int64 // where the block begins
	Bytes  int64 // how many of it are there; they are left out
}

func (e *CutError) Error() string {
	return fmt.Sprintf("%s: cut off in the block at byte %d: %d bytes left out", e.Name, e.Offset, e.Bytes)
}

// ReadEntries reads a log of entries called name: its header, then its entries in the order of the file, which is nearly
// that in which they ended. An error in the sequence is its last element: a *CutError where the file was cut off, else damage.
func ReadEntries(name string, r io.Reader) (Header, iter.Seq2[Entry, error], error) {
	f := &entryFile{name: name, r: r}
	var h Header
	text, _, err := f.block(magicHeader)
	switch cut := (*CutError)(nil); {
	case err == io.EOF, errors.As(err, &cut):
		return h, nil, fmt.Errorf("%s: %w: its header is not whole", name, ErrNoRun)
	case err != nil:
		return h, nil, err
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, nil, fmt.Errorf("%s: header: %w", name, err)
	}
	if h.Format != Format {
		return h, nil, fmt.Errorf("%s: format %d; this peakday reads format %d", name, h.Format, Format)
	}
	if len(h.Operations) == 0 {
		return h, nil, fmt.Errorf("%s: the header names no operations; it cannot be the header of a result log", name)
	}
	return h, func(yield func(Entry, error) bool) {
		for {
			at := f.offset
			payload, count, err := f.block(magicEntries)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Entry{}, err)
				return
			}
			d := entryDecoder{rest: payload, operations: len(h.Operations)}
			for i := range count {
				e, err := d.next()
				if err == nil && i == count-1 && len(d.rest) > 0 {
					err = fmt.Errorf("%d bytes after the last entry", len(d.rest))
				}
				if err != nil {
					yield(Entry{}, f.damaged(at, fmt.Sprintf("entry %d of %d: %v", i+1, count, err)))
					return
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}, nil
}

// An entryFile reads blocks.
type entryFile struct {
	name   string
	r      io.Reader
	offset int64 // of the next block
	buf    bytes.Buffer
}

// block returns the payload of the next block, valid until the next call; io.EOF at the end of the file.
func (f *entryFile) block(magic string) (payload []byte, count uint32, err error) {
	at := f.offset
	f.buf.Reset()
	if err := f.fill(at, blockHead); err != nil {
		return nil, 0, err
	}
	head := f.buf.Bytes()
	length := binary.LittleEndian.Uint32(head[4:])
	count = binary.LittleEndian.Uint32(head[8:])
	switch {
	case string(head[:4]) != magic:
		return nil, 0, f.damaged(at, fmt.Sprintf("it begins with %q, want %q", head[:4], magic))
	case length > maxPayload:
		return nil, 0, f.damaged(at, fmt.Sprintf("%d bytes long, want at most %d", length, maxPayload))
	case magic == magicEntries && (count == 0 || count > length):
		return nil, 0, f.damaged(at, fmt.Sprintf("%d entries in %d bytes", count, length))
	}
	if err := f.fill(at, int64(length)); err != nil {
		return nil, 0, err
	}
	block := f.buf.Bytes()
	if want, got := binary.LittleEndian.Uint32(block[12:]), checksum(block); got != want {
		return nil, 0, f.damaged(at, fmt.Sprintf("its bytes have checksum %08x, want %08x", got, want))
	}
	f.offset += int64(len(block))
	return block[blockHead:], count, nil
}

// fill reads n more bytes of the block at offset at. It takes memory for what is there, not for what a length promises.
func (f *entryFile) fill(at, n int64) error {
	_, err := io.CopyN(&f.buf, f.r, n)
	switch {
	case err == io.EOF && f.buf.Len() == 0:
		return io.EOF
	case err == io.EOF:
		return &CutError{f.name, at, int64(f.buf.Len())}
	case err != nil:
		return fmt.Errorf("reading %s: %w", f.name, err)
	}
	return nil
}

func (f *entryFile) damaged(at int64, what string) error {
	return fmt.Errorf("%s: the block at byte %d is damaged: %s; the entries before it are good, for the rest look at the .run file beside it", f.name, at, what)
}

// An entryDecoder undoes Block.Append.
type entryDecoder struct {
	rest       []byte
	last       Entry
	sizes      sizes
	kinds      []string
	operations int // how many the header names
	err        error
}

// next is the next entry. What it reads, Append would write, so it refuses what no Append makes.
func (d *entryDecoder) next() (Entry, error) {
	if len(d.rest) == 0 {
		return Entry{}, errors.New("missing")
	}
	flags := d.rest[0]
	d.rest = d.rest[1:]
	if int(flags&7) >= len(outcomes) {
		return Entry{}, fmt.Errorf("outcome %d, want at most %d", flags&7, len(outcomes)-1)
	}
	e := &d.last
	e.Outcome = outcomes[flags&7]
	e.Seq += uint64(d.signed())
	e.Due += time.Duration(d.signed())
	e.Ready = e.Due + time.Duration(d.signed())
	e.Sent = d.since(e.Ready)
	e.Done = d.since(max(e.Sent, e.Due))
	if flags&newOp != 0 {
		op := d.unsigned()
		if op >= uint64(d.operations) {
			return Entry{}, fmt.Errorf("operation %d, the header names %d", op, d.operations)
		}
		e.Op = uint16(op)
	}
	if flags&newPlace != 0 {
		e.Attempt, e.Step = int(d.small()), int(d.small())
	}
	if flags&newAnswer != 0 {
		e.Status = int(d.small())
		e.Kind = d.kind()
	}
	size := &d.sizes[e.Op%64]
	if flags&newBytesOut != 0 {
		size.out = int64(d.unsigned())
	}
	if flags&newBytesIn != 0 {
		size.in = int64(d.unsigned())
	}
	e.BytesOut, e.BytesIn = size.out, size.in
	if d.err == nil && (e.Due < 0 || e.Ready < 0 || e.Sent < -1 || e.Done < -1 || e.BytesIn < 0 || e.BytesOut < 0) {
		d.err = errors.New("a time before the start, or a negative size")
	}
	return *e, d.err
}

func (d *entryDecoder) signed() int64 {
	v := d.unsigned()
	return int64(v>>1) ^ -int64(v&1)
}

func (d *entryDecoder) unsigned() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.err, d.rest = errors.New("a number is not whole"), nil
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// small is a number that fits an int anywhere.
func (d *entryDecoder) small() uint64 {
	v := d.unsigned()
	if v > 1<<31-1 {
		d.err = fmt.Errorf("%d, want at most %d", v, 1<<31-1)
		return 0
	}
	return v
}

// since undoes appendSince.
func (d *entryDecoder) since(from time.Duration) time.Duration {
	v := d.unsigned()
	if v == 0 {
		return -1
	}
	v--
	at := from + time.Duration(int64(v>>1)^-int64(v&1))
	if at < 0 {
		d.err = errors.New("a time before the start")
	}
	return at
}

// kind undoes appendKind.
func (d *entryDecoder) kind() string {
	n := d.unsigned()
	switch {
	case n == 0:
		return ""
	case n <= uint64(len(d.kinds)):
		return d.kinds[n-1]
	case n > uint64(len(d.kinds))+1:
		d.err = fmt.Errorf("kind %d, %d are known", n, len(d.kinds))
		return ""
	}
	length := d.unsigned()
	if length > uint64(len(d.rest)) {
		d.err = errors.New("the name of a kind is not whole")
		return ""
	}
	kind := string(d.rest[:length])
	d.rest = d.rest[length:]
	d.kinds = append(d.kinds, kind)
	return kind
}
