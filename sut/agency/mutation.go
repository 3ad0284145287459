package agency

import (
	"encoding/hex"
	"encoding/json"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// A Key makes a mutation happen once: the caller's Idempotency-Key and the fingerprint of the request it came with.
type Key struct {
	Key         string
	Fingerprint ledger.Hash
}

// receipt is the proof that the caller keeps of a posted effect.
func (k Key) receipt(p store.Posted) string {
	h := ledger.Receipt(k.Key, p.Hash)
	return hex.EncodeToString(h[:])
}

// answer is what is replied now and at every repetition.
func (k Key) answer(p store.Posted, value any) (store.Answer, error) {
	body, err := json.Marshal(value)
	return store.Answer{Status: created, Body: append(body, '\n'), Txn: p.Seq}, err
}

// created is HTTP's 201: every mutation here makes a record.
const created = 201
