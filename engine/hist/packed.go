package hist

import "encoding/binary"

// A packed histogram holds the buckets that are not empty, smallest first: a byte with the gap to the bucket before in its
// high half and the count in its low half, each 1 to 15, or 0 where it does not fit and follows as a base-128 varint, the gap
// first. It is what rests in memory when nothing records any more.
type packed string

// each yields the buckets.
func (p packed) each(yield func(i int, n uint64) bool) {
	i := -1
	for len(p) > 0 {
		var n uint64
		if i, n = p.next(i); !yield(i, n) {
			return
		}
	}
}

// next takes the bucket after bucket i off the front.
func (p *packed) next(i int) (int, uint64) {
	gap, n := uint64((*p)[0]>>4), uint64((*p)[0]&15)
	*p = (*p)[1:]
	if gap == 0 {
		gap = p.varint()
	}
	if n == 0 {
		n = p.varint()
	}
	return i + int(gap), n
}

func (p *packed) varint() (v uint64) {
	for shift := 0; ; shift += 7 {
		b := (*p)[0]
		*p = (*p)[1:]
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
}

// A packer packs buckets that come smallest first. The zero value is ready.
type packer struct {
	buf  []byte
	next int // the bucket after the last one
}

func (p *packer) add(i int, n uint64) {
	gap := uint64(i - p.next + 1)
	p.next = i + 1
	at := len(p.buf)
	p.buf = append(p.buf, 0)
	if gap < 16 {
		p.buf[at] = byte(gap) << 4
	} else {
		p.buf = binary.AppendUvarint(p.buf, gap)
	}
	if n < 16 {
		p.buf[at] |= byte(n)
	} else {
		p.buf = binary.AppendUvarint(p.buf, n)
	}
}

// Pack makes the histogram as small as it can be. Recording and merging into it undo that; reading it does not.
func (h *Histogram) Pack() {
	if h.table == nil {
		return
	}
	var room [1024]byte // enough for most, so that only the string is allocated
	p := packer{buf: room[:0]}
	for i, n := range h.table.each {
		p.add(i, n)
	}
	h.table, h.packed = nil, packed(p.buf)
}
