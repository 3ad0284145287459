package invariant

import (
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// audited is I11. It proves the chain of each lane of the audit log up to the head beside it, and that each answer that is
// kept has one event, of the same transaction.
func audited(p *pass, f *Finding) {
	var last vault.Record
	ends := make(map[int]vault.Head)
	p.events.each(func(r vault.Record) {
		f.Checked++
		want, prev := last.Seq+1, last.Hash
		if last.Seq == 0 || ledger.Lane(r.Seq) != ledger.Lane(last.Seq) {
			want, prev = ledger.First(ledger.Lane(r.Seq)), vault.Start(store.AuditLog)
		}
		if r.Seq != want {
			f.violate("event %d stands where %d was wanted", r.Seq, want)
		}
		if hash := vault.Link(prev, r.Seq, r.Event); r.Hash != hash {
			f.violate("event %d has hash %s, want %s", r.Seq, r.Hash, hash)
		}
		last = r
		ends[ledger.Lane(r.Seq)] = vault.Head{Seq: r.Seq, Hash: r.Hash}
	})
	type done struct{ event, txn int64 }
	keys := make(map[name]done)
	p.events.each(func(r vault.Record) {
		if r.Event.Outcome != "done" || r.Event.Key == "" {
			return
		}
		n := p.name(r.Event.Key)
		if first, twice := keys[n]; twice {
			f.violate("events %d and %d are of the same key", first.event, r.Seq)
		}
		keys[n] = done{r.Seq, r.Event.Txn}
	})
	p.answers.each(func(a *store.Answer) {
		n := p.name(a.Key)
		d, known := keys[n]
		switch {
		case !known:
			f.violate("key %s was answered and has no event", a.Key)
		case d.txn != a.Txn:
			f.violate("key %s was answered with transaction %d, event %d says %d", a.Key, a.Txn, d.event, d.txn)
		}
		delete(keys, n)
	})
	p.atEnd(func() error {
		unanswered := make(map[int64]bool)
		for _, d := range keys {
			unanswered[d.event] = true
		}
		for event := range inOrder(unanswered) {
			f.violate("event %d is of a key without an answer", event)
		}
		heads, err := store.AuditHeads(p)
		for _, h := range heads {
			if end := ends[ledger.Lane(h.Seq)]; end != h {
				f.violate("lane %d of the log ends at event %d, its head says %d with hash %s", ledger.Lane(h.Seq), end.Seq, h.Seq, h.Hash)
			}
			delete(ends, ledger.Lane(h.Seq))
		}
		for lane, end := range inOrder(ends) {
			f.violate("lane %d of the log ends at event %d and has no head", lane, end.Seq)
		}
		return err
	})
}
