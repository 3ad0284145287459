package invariant

import (
	"bytes"
	"encoding/hex"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// answered is I7. Every answer that moved money names its last transaction, no two the same one, and holds the receipt
// for key and transaction; one that moved none holds the receipt of the key alone. And every transaction
// is part of something that the audit log has done: the next one of its lane that the log names, posted at the same instant. What the log says was
// done to a claim, payment or transfer bears its id.
func answered(p *pass, f *Finding) {
	type act struct {
		txn, at int64
		of      name // the claim, payment or transfer that it was done to; zero: something else
	}
	acts := make(map[int][]act) // by lane, in the order of the log
	p.events.each(func(r vault.Record) {
		if r.Event.Outcome == "done" && r.Event.Txn != 0 {
			lane := ledger.Lane(r.Event.Txn)
			done := act{txn: r.Event.Txn, at: r.Event.At}
			switch kind, id, _ := strings.Cut(r.Event.Subject, " "); kind {
			case "claim", "payment", "transfer":
				done.of = p.name(id)
			}
			acts[lane] = append(acts[lane], done)
		}
	})
	p.txns.each(func(s ledger.Stored) {
		lane := ledger.Lane(s.Seq)
		next := acts[lane]
		for len(next) > 0 && next[0].txn < s.Seq {
			next = next[1:]
		}
		acts[lane] = next
		switch {
		case len(next) == 0 || next[0].at != s.Txn.At:
			f.violate("transaction %d, %s, is the effect of nothing in the audit log", s.Seq, s.Txn.Event)
		case next[0].txn == s.Seq && next[0].of != 0 && s.Txn.Event != ledger.EventOpened: // a person is met on the way
			if ref, _, _ := strings.Cut(s.Txn.Ref, "#"); next[0].of != p.name(ref) {
				f.violate("transaction %d, %s %s, is logged as done to something else", s.Seq, s.Txn.Event, s.Txn.Ref)
			}
		}
	})
	p.atEnd(func() error {
		var a store.Answer
		var seq int64
		var hash []byte
		dest := []any{&a.Key, &a.Body, &a.Txn, &seq, &hash}
		err := p.Select(answersWithEffects, dest, func() error {
			f.Checked++
			var posted ledger.Hash
			if a.Txn != 0 {
				copy(posted[:], hash)
			}
			if a.Txn != seq {
				f.violate("key %s was answered with transaction %d, which is not there", a.Key, a.Txn)
				return nil
			}
			receipt := ledger.Receipt(a.Key, posted)
			if !bytes.Contains(a.Body, hex.AppendEncode(nil, receipt[:])) {
				f.violate("the answer to key %s does not hold the receipt of transaction %d", a.Key, a.Txn)
			}
			return nil
		})
		if err != nil {
			return err
		}
		var n int64
		return p.Select(answersOfOne, []any{&seq, &n}, func() error {
			f.violate("transaction %d was answered to %d keys", seq, n)
			return nil
		})
	})
}

const (
	// A missing transaction has number 0, and its hash is not looked at.
	answersWithEffects = "SELECT a.idem_key, a.body, a.txn, coalesce(t.seq, 0), coalesce(t.hash, a.fingerprint) FROM answer AS a LEFT JOIN txn AS t ON t.seq = a.txn ORDER BY a.idem_key"
	answersOfOne       = "SELECT txn, count(*) FROM answer WHERE txn <> 0 GROUP BY txn HAVING count(*) > 1 ORDER BY txn"
)
