package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// received is I3. What the book did with the money of a payment, in one transaction or in chunks, is held against what its
// row says became of it.
func received(p *pass, f *Finding) {
	type money struct {
		first   int64      // transaction
		bank    ledger.Fen // that the clearing accounts have of it
		susp    ledger.Fen // owed to the bank that sent it
		settled ledger.Fen // that the payer owes no more
		divided ledger.Fen // of it, given to the pool and to persons
	}
	posted := make(map[name]money)
	p.txns.each(func(s ledger.Stored) {
		ref := s.Txn.Ref
		switch ledger.Event(strings.TrimSuffix(string(s.Txn.Event), reversed)) {
		case ledger.EventMatched, ledger.EventSuspended, ledger.EventResolved, ledger.EventLateFeePaid:
		case ledger.EventAllocated:
			ref = ref[:max(0, strings.LastIndexByte(ref, '#'))]
		default:
			return
		}
		n := p.name(ref)
		m := posted[n]
		if m.first == 0 {
			m.first = s.Seq
		}
		for i := range s.Txn.Entries {
			switch e := &s.Txn.Entries[i]; e.Account.Kind {
			case ledger.Bank:
				m.bank += e.Amount
			case ledger.Susp:
				m.susp -= e.Amount
			case ledger.Recv:
				m.settled -= e.Amount
			case ledger.Deferred, ledger.LateFee:
				m.divided += e.Amount
			}
		}
		posted[n] = m
	})
	p.payments.each(func(r *store.Payment) {
		f.Checked++
		ref := r.Bank + "/" + r.BankTxn
		n := p.name(ref)
		m, known := posted[n]
		delete(posted, n)
		want := money{first: m.first, bank: r.Amount, susp: r.Amount - r.Allocated, settled: r.Allocated, divided: r.Allocated}
		if r.State == "reversed" {
			want = money{first: m.first}
		}
		if r.State == "matched" { // its chunks are under way
			want.divided = min(m.divided, want.divided)
		}
		if !known {
			f.violate("payment %s of %d, %s, is not posted", ref, r.Amount, r.State)
		} else if m != want {
			f.violate("payment %s of %d, %s, %d of it allocated: the bank has %d, %d is in suspense, %d was owed and %d is divided",
				ref, r.Amount, r.State, r.Allocated, m.bank, m.susp, m.settled, m.divided)
		}
	})
	p.atEnd(func() error {
		left := make(map[int64]bool)
		for _, m := range posted {
			left[m.first] = true
		}
		for seq := range inOrder(left) {
			f.violate("transaction %d posts a payment that was never received", seq)
		}
		return nil
	})
}
