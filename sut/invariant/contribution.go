package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// contributions is I4 and I8's ground: a paid month is a row, one for a person, month and kind by its key. Here it is held
// against the transaction that paid it: the rows of a transaction are all that it took out of DEFERRED, each person's
// accounts got from it exactly what the law gives them, a payment for one person's month paid that one, and a month that the
// population had paid before is not paid again.
func contributions(p *pass, f *Finding) {
	type credit struct {
		txn    int64
		person uint64
	}
	type shares struct{ pension, medical ledger.Fen }
	type payee struct {
		person uint64
		month  int64
	}
	var (
		divided = make(map[int64]ledger.Fen) // by transaction, what no row accounts for yet
		own     = make(map[credit]shares)    // into the person's accounts
		payment = make(map[int64]name)       // that a transaction is of
		meant   = make(map[name]payee)       // what each payment for one person was for
		laws    = make(map[lawKey]*rules.Contributor)
		packs   = make(map[name]string) // of declarations
		backs   []string                // names of transactions that were taken back
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
		ref, _, _ := strings.Cut(s.Txn.Ref, "#")
		payment[s.Seq] = p.name(ref)
		for i := range s.Txn.Entries {
			e := &s.Txn.Entries[i]
			switch e.Account.Kind {
			case ledger.Deferred:
				divided[s.Seq] += e.Amount
			case ledger.PA, ledger.MA:
				person, _ := personOf(&e.Account)
				at := credit{s.Seq, person}
				got := own[at]
				if e.Account.Kind == ledger.PA {
					got.pension -= e.Amount
				} else {
					got.medical -= e.Amount
				}
				own[at] = got
			}
		}
	})
	p.payments.each(func(r *store.Payment) {
		if r.Declaration == "" && r.Month != 0 {
			meant[p.name(r.Bank+"/"+r.BankTxn)] = payee{r.Person, r.Month}
		}
	})
	p.declarations.each(func(d *store.Declaration) { packs[p.name(d.ID)] = d.Packs })
	p.months.each(func(row *store.Contribution) {
		f.Checked++
		c := *row
		if c.Packs == "" {
			c.Packs = packs[p.name(c.Declaration)]
		}
		if left, known := divided[c.Txn]; !known {
			f.violate("month %d of person %d is paid by transaction %d, which pays none", c.Month, c.Person, c.Txn)
		} else {
			divided[c.Txn] = left - c.ByEmployer - c.ByPerson
		}
		if paid, of := meant[payment[c.Txn]]; of && paid != (payee{c.Person, c.Month}) {
			f.violate("month %d of person %d is paid by transaction %d, whose payment is for month %d of person %d", c.Month, c.Person, c.Txn, paid.month, paid.person)
		}
		at := credit{c.Txn, c.Person}
		got := own[at]
		delete(own, at)
		if law, err := p.contributor(&c, laws); err == nil && !paysAlone(&c) { // else I16 says so
			if dues, err := law.Contribute(int64(c.Wage)); err == nil {
				var want shares
				for i, scheme := range law.Schemes() {
					switch scheme {
					case "pension":
						want.pension = ledger.Fen(dues.Parts[i].Person)
					case "medical":
						want.medical = ledger.Fen(dues.Parts[i].Person)
					}
				}
				if got != want {
					f.violate("month %d of person %d brought %d and %d to their accounts by transaction %d, by its packs %d and %d",
						c.Month, c.Person, got.pension, got.medical, c.Txn, want.pension, want.medical)
				}
			}
		}
		if p.law.People == nil || int(c.Person) >= p.law.People.Size() {
			return
		}
		who := p.law.People.Person(int(c.Person))
		if month := rules.Month(c.Month); c.Kind == "normal" && who.Months > 0 && month <= who.LastPaid && month > who.LastPaid.Add(-who.Months) {
			f.violate("month %d of person %d was paid before the opening", c.Month, c.Person)
		}
	})
	p.atEnd(func() error {
		gone := make(map[int64]bool)
		for _, back := range backs {
			event, ref, _ := strings.Cut(back, " ")
			posted, err := p.Posted(ledger.Event(event), ref)
			if err != nil {
				return err
			}
			gone[posted.Seq] = true
		}
		for txn, left := range inOrder(divided) {
			if left != 0 && !gone[txn] {
				f.violate("the months that transaction %d paid differ by %d from what it divided", txn, left)
			}
		}
		strange := make(map[int64]uint64)
		for at := range own {
			if !gone[at.txn] {
				strange[at.txn] = at.person
			}
		}
		for txn, person := range inOrder(strange) {
			f.violate("transaction %d credits person %d, for whom it pays no month", txn, person)
		}
		return nil
	})
}
