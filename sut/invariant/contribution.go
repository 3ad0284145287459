package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// contributions is I4 and I8's ground: a paid month is a row, one for a person, month and kind by its key. Here it is held
// against the transaction that paid it: the rows of a transaction are all that it took out of DEFERRED, each person's
// accounts got from it what is theirs, and a month that the population had paid before is not paid again.
func contributions(p *pass, f *Finding) {
	type credit struct {
		txn    int64
		person uint64
	}
	var (
		divided = make(map[int64]ledger.Fen)  // by transaction, what no row accounts for yet
		own     = make(map[credit]ledger.Fen) // into the person's accounts
		backs   []string                      // names of transactions that were taken back
	)
	p.txns.each(func(s ledger.Stored) {
		switch s.Txn.Event {
		case ledger.EventMatched, ledger.EventAllocated:
		case ledger.EventMatched + reversed, ledger.EventAllocated + reversed:
			backs = append(backs, s.Txn.Reverses)
			return
		default:
			return
		}
		for i := range s.Txn.Entries {
			switch e := &s.Txn.Entries[i]; e.Account.Kind {
			case ledger.Deferred:
				divided[s.Seq] += e.Amount
			case ledger.PA, ledger.MA:
				person, _ := personOf(&e.Account)
				own[credit{s.Seq, person}] -= e.Amount
			}
		}
	})
	p.months.each(func(c *store.Contribution) {
		f.Checked++
		if left, known := divided[c.Txn]; !known {
			f.violate("month %d of person %d is paid by transaction %d, which pays none", c.Month, c.Person, c.Txn)
		} else {
			divided[c.Txn] = left - c.ByEmployer - c.ByPerson
		}
		at := credit{c.Txn, c.Person}
		if got := own[at]; got <= 0 || got > c.ByPerson {
			f.violate("month %d of person %d brought %d to their accounts of the %d they paid, by transaction %d", c.Month, c.Person, got, c.ByPerson, c.Txn)
		}
		delete(own, at)
		if p.law.People == nil || int(c.Person) >= p.law.People.Size() {
			return
		}
		who := p.law.People.Person(int(c.Person))
		if month := rules.Month(c.Month); c.Kind == "normal" && who.Months > 0 && month <= who.LastPaid && month > who.LastPaid.Add(-who.Months) {
			f.violate("month %d of person %d was paid before the opening", c.Month, c.Person)
		}
	})
	p.atEnd(func() error {
		for _, back := range backs {
			event, ref, _ := strings.Cut(back, " ")
			posted, err := p.Posted(ledger.Event(event), ref)
			if err != nil {
				return err
			}
			delete(divided, posted.Seq)
		}
		for txn, left := range inOrder(divided) {
			if left != 0 {
				f.violate("the months that transaction %d paid differ by %d from what it divided", txn, left)
			}
		}
		return nil
	})
}
