package journey

import "encoding/binary"

// values are the variables of one session, packed: for each slot the length plus one and the bytes; a length of 0 alone
// where the variable has no value. A session that waits is little more than its values. nil is a session without any.
type values []byte

// get is the value in a slot; ok says whether there is one. It is valid until the next set.
func (v values) get(slot int) (value []byte, ok bool) {
	if v == nil {
		return nil, false
	}
	start, length := v.find(slot)
	if length == 0 {
		return nil, false
	}
	return v[start : start+length-1], true
}

// find is where the bytes of a slot begin, and their number plus one.
func (v values) find(slot int) (start, length int) {
	at := 0
	for {
		n, size := binary.Uvarint(v[at:])
		at += size
		if slot == 0 {
			return at, int(n)
		}
		if n > 0 {
			at += int(n) - 1
		}
		slot--
	}
}

// set puts a value into one of so many slots. What must grow, grows to room bytes at least.
func (v values) set(slot, slots int, value string, room int) values {
	if v == nil {
		v = make(values, slots, max(room, slots+binary.MaxVarintLen32+len(value)))
	}
	start, length := v.find(slot)
	old := uvarintLen(length)
	begin, end := start-old, start+max(0, length-1)
	need := uvarintLen(len(value)+1) + len(value)
	tail := len(v) - end
	grown := v
	if size := begin + need + tail; size <= cap(v) {
		grown = v[:size]
	} else {
		grown = make(values, size, max(room, size))
		copy(grown, v[:begin])
	}
	copy(grown[begin+need:], v[end:end+tail])
	binary.PutUvarint(grown[begin:], uint64(len(value)+1))
	copy(grown[begin+need-len(value):], value)
	return grown
}

func uvarintLen(n int) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}
