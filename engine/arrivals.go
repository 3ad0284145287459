package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"time"
)

// An Arrival is one first attempt.
type Arrival struct {
	Seq    uint64
	Due    time.Duration // from the start
	Op     string
	Actor  string
	Person uint64

	op, actor int // indices into the plan's lists
}

// An arrivalHash is the sum, modulo 2^256, of the SHA-256 of (seq, due in ns, operation, person) of every arrival. A sum
// does not depend on the order, so loops that each prepare a part of the plan can add theirs up. A plan is hashed when it
// is made and again as a run prepares it: runs with the same hash were offered the same. It finds mistakes; it is no proof
// against somebody who makes up arrivals to fit.
type arrivalHash struct {
	sum    [4]uint64 // least first
	record []byte
}

func (h *arrivalHash) add(a *Arrival) {
	r := binary.LittleEndian.AppendUint64(h.record[:0], a.Seq)
	r = binary.LittleEndian.AppendUint64(r, uint64(a.Due))
	r = binary.LittleEndian.AppendUint16(r, uint16(len(a.Op)))
	r = append(r, a.Op...)
	h.record = binary.LittleEndian.AppendUint64(r, a.Person)
	digest := sha256.Sum256(h.record)
	var term arrivalHash
	for i := range term.sum {
		term.sum[i] = binary.LittleEndian.Uint64(digest[8*i:])
	}
	h.merge(&term)
}

func (h *arrivalHash) merge(o *arrivalHash) {
	carry := uint64(0)
	for i := range h.sum {
		h.sum[i], carry = bits.Add64(h.sum[i], o.sum[i], carry)
	}
}

func (h *arrivalHash) String() string {
	var text [32]byte
	for i, word := range h.sum {
		binary.BigEndian.PutUint64(text[24-8*i:], word)
	}
	return hex.EncodeToString(text[:])
}
