package ledger

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// A Hash is a SHA-256 sum. The zero Hash stands before the first transaction of a lane.
type Hash [sha256.Size]byte

// Link is the hash of transaction seq after the transaction of its lane that is hashed prev. It covers prev, seq, At,
// and then Event, Ref and Reverses, each with its length, and last the entries as [AppendEntries] writes them.
// So no two transactions that pass [Txn.Check] share an encoding.
func Link(prev Hash, seq int64, t Txn) Hash {
	var room [1024]byte // enough for about 20 entries without an allocation
	b := append(room[:0], prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = binary.BigEndian.AppendUint64(b, uint64(t.At))
	b = appendString(b, string(t.Event))
	b = appendString(b, t.Ref)
	b = appendString(b, t.Reverses)
	return sha256.Sum256(AppendEntries(b, t.Entries))
}

// Receipt is what a caller keeps as proof of an effect: the hash of its idempotency key and the
// transaction that the effect posted.
func Receipt(key string, txn Hash) Hash {
	return sha256.Sum256(append([]byte(key+"\x00"), txn[:]...))
}

func appendString(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// laneSize is how many transactions a lane can hold. At 20,000 a second a lane lasts 19 months.
const laneSize = 1_000_000_000_000

// Lane is the chain that transaction seq belongs to, from 0: see "Why lanes" in the package comment.
func Lane(seq int64) int { return int(seq / laneSize) }

// First is the number of the first transaction of a lane: 1, 1,000,000,000,001, … The others follow without gaps.
func First(lane int) int64 { return int64(lane)*laneSize + 1 }

// A Head is the last transaction of a lane.
type Head struct {
	Seq  int64
	Hash Hash
}

// Root is one hash over the heads of all lanes, given in any order: two books with the same root hold the same
// transactions. A lane with a zero Hash has none yet and does not count.
func Root(heads []Head) Hash {
	heads = slices.DeleteFunc(slices.Clone(heads), func(h Head) bool { return h.Hash == Hash{} })
	slices.SortFunc(heads, func(a, b Head) int { return cmp.Compare(a.Seq, b.Seq) })
	var b []byte
	for _, h := range heads {
		b = binary.BigEndian.AppendUint64(b, uint64(h.Seq))
		b = append(b, h.Hash[:]...)
	}
	return sha256.Sum256(b)
}

// A Stored transaction is a [Txn] with its place in the chain.
type Stored struct {
	Seq  int64 // 1, 2, 3, … without gaps in its lane
	Hash Hash
	Txn  Txn
}
