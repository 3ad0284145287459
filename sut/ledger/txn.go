package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sort"
)

// An Entry moves an amount to (positive) or from (negative) an account. Its amount is never zero.
type Entry struct {
	Account Account
	Amount  Fen
}

// An Event names the template that made a transaction.
type Event string

// A Txn is one balanced posting. Event and Ref together are unique in a book: that makes each template idempotent.
type Txn struct {
	Event   Event
	Ref     string // what the event is about: a claim, a payment, a person
	At      int64  // milliseconds since 1970-01-01 UTC, set by whoever posts it
	Entries []Entry
}

// Check reports a transaction that does not balance inside each of its funds (invariant I1),
// holds an entry of zero, or has no name. A transaction without entries balances: it is the record of
// an event that moved no fund money, such as a claim paid wholly in cash.
func (t Txn) Check() error {
	if t.Event == "" || t.Ref == "" {
		return fmt.Errorf("transaction %q %q: want an event and a reference", t.Event, t.Ref)
	}
	sums := make(map[Fund]Fen, 4)
	for _, e := range t.Entries {
		if e.Amount == 0 {
			return fmt.Errorf("transaction %s %s: entry on %s is zero", t.Event, t.Ref, e.Account)
		}
		sums[e.Account.Fund] += e.Amount
	}
	unbalanced := make([]string, 0)
	for fund, sum := range sums {
		if sum != 0 {
			unbalanced = append(unbalanced, fmt.Sprintf("%s by %d fen", fund, sum))
		}
	}
	if len(unbalanced) > 0 {
		sort.Strings(unbalanced)
		return fmt.Errorf("transaction %s %s does not balance: %v", t.Event, t.Ref, unbalanced)
	}
	return nil
}

// A Hash is a SHA-256 sum. The zero Hash stands before the first transaction of a book.
type Hash [sha256.Size]byte

// Link is the hash of the seq-th transaction (from 1) of a book after the transaction hashed prev.
// Every field is written with its length, so no two transactions share an encoding.
func Link(prev Hash, seq int64, t Txn) Hash {
	b := make([]byte, 0, 64+64*len(t.Entries)+len(t.Ref))
	b = append(b, prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = binary.BigEndian.AppendUint64(b, uint64(t.At))
	b = appendString(b, string(t.Event))
	b = appendString(b, t.Ref)
	for _, e := range t.Entries {
		b = appendString(b, e.Account.String())
		b = binary.BigEndian.AppendUint64(b, uint64(e.Amount))
	}
	return sha256.Sum256(b)
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
