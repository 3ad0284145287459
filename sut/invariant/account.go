package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
)

// owned is I9. A personal account is followed from entry to entry, opening balance first, and may never be a debt of the
// person. In a book of several lanes the order between them is not known, and only the end is held against that.
//
// A pension account pays out to the retired only. Besides, money leaves it with a transfer, and where what brought it is
// taken back.
func owned(p *pass, f *Finding) {
	type account struct {
		kind   ledger.Kind
		person uint64
	}
	held := make(map[account]ledger.Fen) // what the fund owes the person
	drawn := make(map[uint64]int64)      // the first transaction that paid out of a pension account
	lanes := 0
	over := make(map[account]int64) // the first transaction after which the account was overdrawn
	p.txns.each(func(s ledger.Stored) {
		f.Checked++
		lanes = max(lanes, ledger.Lane(s.Seq)+1)
		for i := range s.Txn.Entries {
			e := &s.Txn.Entries[i]
			if e.Account.Kind != ledger.PA && e.Account.Kind != ledger.MA {
				continue
			}
			person, ok := personOf(&e.Account)
			if !ok {
				f.violate("transaction %d: %s is no person's", s.Seq, e.Account)
				continue
			}
			a := account{e.Account.Kind, person}
			held[a] -= e.Amount
			if held[a] < 0 && over[a] == 0 {
				over[a] = s.Seq
			}
			if a.kind == ledger.PA && e.Amount > 0 {
				switch {
				case s.Txn.Event == ledger.EventPayoutLocked:
					if drawn[person] == 0 {
						drawn[person] = s.Seq
					}
				case s.Txn.Event == ledger.EventTransferReleased, strings.HasSuffix(string(s.Txn.Event), reversed):
				default:
					f.violate("transaction %d, %s, takes %d from %s", s.Seq, s.Txn.Event, e.Amount, e.Account)
				}
			}
		}
	})
	retired := make(map[uint64]bool)
	p.entitlements.each(func(e *store.Entitlement) {
		if e.Kind == "pension" {
			retired[e.Person] = true
		}
	})
	p.atEnd(func() error {
		first := make(map[int64]account)
		for a, seq := range over {
			if lanes == 1 || held[a] < 0 {
				first[seq] = a
			}
		}
		for seq, a := range inOrder(first) {
			f.violate("%s of person %d is overdrawn after transaction %d and ends at %d", a.kind, a.person, seq, held[a])
		}
		if p.law.People == nil {
			if len(drawn) > 0 {
				f.Note = "the book names no population: who was retired at its opening is not known"
			}
			return nil
		}
		for person, seq := range inOrder(drawn) {
			if !retired[person] && p.law.People.Person(int(person)).Status != population.Retired {
				f.violate("transaction %d draws the pension account of person %d, who is not retired", seq, person)
			}
		}
		return nil
	})
}
