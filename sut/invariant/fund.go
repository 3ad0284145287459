package invariant

import "github.com/peakday/peakday/sut/ledger"

// separate is I14. That no fund loses to another is I1; what one may owe another stands on INTERFUND, and only the medical
// premium of the unemployed is posted there, as a pair (Social Insurance Law, articles 48 and 64).
func separate(p *pass, f *Finding) {
	p.txns.each(func(s ledger.Stored) {
		f.Checked++
		var between ledger.Fen
		used := false
		for i := range s.Txn.Entries {
			if e := &s.Txn.Entries[i]; e.Account.Kind == ledger.Interfund {
				between += e.Amount
				used = true
			}
		}
		if used && !s.Txn.Event.CrossesFunds() {
			f.violate("transaction %d, %s, owes from one fund to another", s.Seq, s.Txn.Event)
		}
		if between != 0 {
			f.violate("transaction %d, %s: what one fund owes and the other is owed differ by %d", s.Seq, s.Txn.Event, between)
		}
	})
}
