package hist

import "encoding/binary"

// A packed histogram holds, for each bucket that is not empty, smallest first, how many buckets it lies after the one before
// it and its count, both as base-128 varints. It is what rests in memory when nothing records any more.
type packed string

// each yields the buckets.
func (p packed) each(yield func(i int, n uint64) bool) {
	i := 0
	for len(p) > 0 {
		gap := p.number()
		i += int(gap)
		if !yield(i, p.number()) {
			return
		}
	}
}

// number takes one number from the front.
func (p *packed) number() uint64 {
	s := *p
	if s[0] < 0x80 { // nearly all are
		*p = s[1:]
		return uint64(s[0])
	}
	return p.longNumber()
}

func (p *packed) longNumber() (v uint64) {
	s := *p
	for i, shift := 0, 0; ; i, shift = i+1, shift+7 {
		v |= uint64(s[i]&0x7f) << shift
		if s[i] < 0x80 {
			*p = s[i+1:]
			return v
		}
	}
}

// A packer packs buckets that come smallest first.
type packer struct {
	buf  []byte
	last int
}

func (p *packer) add(i int, n uint64) {
	p.buf = binary.AppendUvarint(p.buf, uint64(i-p.last))
	p.buf = binary.AppendUvarint(p.buf, n)
	p.last = i
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
