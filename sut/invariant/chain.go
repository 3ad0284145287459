package invariant

import (
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// chained proves the chain of each lane from its first transaction to the head that the store kept beside it: what was
// cut off at the end would leave a sound but shorter chain.
func chained(p *pass, f *Finding) {
	var last ledger.Stored
	ends := make(map[int]ledger.Head)
	p.txns.each(func(s ledger.Stored) {
		f.Checked++
		want, prev := last.Seq+1, last.Hash
		if ledger.Lane(s.Seq) != ledger.Lane(last.Seq) || last.Seq == 0 {
			want, prev = ledger.First(ledger.Lane(s.Seq)), ledger.Hash{}
		}
		if s.Seq != want {
			f.violate("transaction %d stands where %d was wanted", s.Seq, want)
		}
		if hash := ledger.Link(prev, s.Seq, s.Txn); s.Hash != hash {
			f.violate("transaction %d (%s %s) has hash %x, want %x", s.Seq, s.Txn.Event, s.Txn.Ref, s.Hash[:8], hash[:8])
		}
		last = s
		ends[ledger.Lane(s.Seq)] = ledger.Head{Seq: s.Seq, Hash: s.Hash}
	})
	p.atEnd(func() error {
		heads, err := store.LedgerHeads(p)
		for _, h := range heads {
			if end := ends[ledger.Lane(h.Seq)]; end != h {
				f.violate("lane %d ends at transaction %d, its head says %d with hash %x", ledger.Lane(h.Seq), end.Seq, h.Seq, h.Hash[:8])
			}
			delete(ends, ledger.Lane(h.Seq))
		}
		for lane, end := range inOrder(ends) {
			f.violate("lane %d ends at transaction %d and has no head", lane, end.Seq)
		}
		return err
	})
}
