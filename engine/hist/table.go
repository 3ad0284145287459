package hist

import "math"

// chunkSize is how many buckets come into being together.
const (
	chunkSize  = 32
	chunkCount = lastBucket/chunkSize + 1
)

// A table is the form of a histogram that records. Chunks are made when their first bucket is needed and kept.
type table struct {
	place  [chunkCount]uint8 // 1 + the chunk of counts that holds these buckets; 0 where there is none yet
	narrow []uint16          // counts, chunk by chunk in the order of making
	wide   []uint64          // instead of narrow, from the first count on that outgrew it
}

// add counts n values in bucket i.
func (t *table) add(i int, n uint64) {
	at := t.at(i)
	if t.wide == nil {
		if sum := uint64(t.narrow[at]) + n; sum <= math.MaxUint16 {
			t.narrow[at] = uint16(sum)
			return
		}
		t.widen()
	}
	t.wide[at] += n
}

// at is the place of a bucket in the counts.
func (t *table) at(i int) int {
	if t.place[i/chunkSize] == 0 {
		t.grow(i / chunkSize)
	}
	return int(t.place[i/chunkSize]-1)*chunkSize + i%chunkSize
}

func (t *table) grow(chunk int) {
	if t.wide != nil {
		t.wide = append(t.wide, make([]uint64, chunkSize)...)
		t.place[chunk] = uint8(len(t.wide) / chunkSize)
		return
	}
	t.narrow = append(t.narrow, make([]uint16, chunkSize)...)
	t.place[chunk] = uint8(len(t.narrow) / chunkSize)
}

func (t *table) widen() {
	t.wide = make([]uint64, len(t.narrow))
	for i, c := range t.narrow {
		t.wide[i] = uint64(c)
	}
	t.narrow = nil
}

// addAll counts all that p counts.
func (t *table) addAll(p packed) {
	i := -1
	for len(p) > 0 {
		var n uint64
		i, n = p.next(i)
		t.add(i, n)
	}
}

// merge counts all that o counts. It goes by chunks, since a run merges thousands of histograms a second.
func (t *table) merge(o *table) {
	for chunk, place := range o.place {
		if place == 0 {
			continue
		}
		to, from := t.at(chunk*chunkSize), int(place-1)*chunkSize
		if t.wide == nil && (o.wide != nil || overflows(t.narrow[to:], o.narrow[from:])) {
			t.widen()
		}
		switch {
		case t.wide == nil:
			addChunk(t.narrow[to:], o.narrow[from:])
		case o.wide == nil:
			addChunk(t.wide[to:], o.narrow[from:])
		default:
			addChunk(t.wide[to:], o.wide[from:])
		}
	}
}

// overflows tells whether a sum of the chunks at the start of a and b needs more than two bytes.
func overflows(a, b []uint16) bool {
	a, b = a[:chunkSize], b[:chunkSize]
	var all uint32
	for i := range a {
		all |= uint32(a[i]) + uint32(b[i])
	}
	return all > math.MaxUint16
}

func addChunk[A, B uint16 | uint64](a []A, b []B) {
	a, b = a[:chunkSize], b[:chunkSize]
	for i := range a {
		a[i] += A(b[i])
	}
}

// each yields the buckets that are not empty, smallest first.
func (t *table) each(yield func(i int, n uint64) bool) {
	for chunk, place := range t.place {
		if place == 0 {
			continue
		}
		at := int(place-1) * chunkSize
		for j := range chunkSize {
			var n uint64
			if t.wide != nil {
				n = t.wide[at+j]
			} else {
				n = uint64(t.narrow[at+j])
			}
			if n > 0 && !yield(chunk*chunkSize+j, n) {
				return
			}
		}
	}
}
