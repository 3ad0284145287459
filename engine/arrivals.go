package engine

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
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

// An arrivalHash is the SHA-256 of (seq, due in ns, operation, person) of arrivals in their order. A plan is hashed when it
// is made and again as a run prepares it, so that runs with the same hash were offered the same.
type arrivalHash struct {
	hash   hash.Hash
	record []byte
}

func newArrivalHash() arrivalHash { return arrivalHash{hash: sha256.New()} }

func (h *arrivalHash) add(a *Arrival) {
	r := binary.LittleEndian.AppendUint64(h.record[:0], a.Seq)
	r = binary.LittleEndian.AppendUint64(r, uint64(a.Due))
	r = binary.LittleEndian.AppendUint16(r, uint16(len(a.Op)))
	r = append(r, a.Op...)
	h.record = binary.LittleEndian.AppendUint64(r, a.Person)
	h.hash.Write(h.record)
}

func (h *arrivalHash) String() string { return hex.EncodeToString(h.hash.Sum(nil)) }
