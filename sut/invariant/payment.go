package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// What the book holds of one payment or declaration: the sums of its transactions, those that were taken back undone.
type moneyOf struct {
	first    int64      // transaction
	assessed ledger.Fen // that the payer came to owe
	fees     ledger.Fen // for being late, besides
	bank     ledger.Fen // that the clearing accounts have
	susp     ledger.Fen // owed to the bank that sent it
	settled  ledger.Fen // that the payer owes no more
	divided  ledger.Fen // given to the pools and to persons
}

// received is I3. What the book did with a payment, in one transaction or in chunks, is held against what its row says
// became of it; and a declaration against what was assessed, paid by its payments, and divided among its people.
func received(p *pass, f *Finding) {
	type debt struct{ declaration, debtor name }
	book := make(map[name]moneyOf)
	owes := make(map[debt]ledger.Fen) // what was assessed and charged, by whose RECV it stands on
	p.txns.each(func(s ledger.Stored) {
		ref, known := collected(&s.Txn)
		if !known {
			return
		}
		n := p.name(ref)
		m := book[n]
		if m.first == 0 {
			m.first = s.Seq
		}
		m.add(&s.Txn)
		book[n] = m
		if !strings.HasPrefix(ref, "D-") {
			return
		}
		for i := range s.Txn.Entries {
			if e := &s.Txn.Entries[i]; e.Account.Kind == ledger.Recv {
				owes[debt{n, p.name(e.Account.Owner)}] += e.Amount
			}
		}
	})
	type paying struct {
		sum, divided ledger.Fen
		open         bool // its chunks may be under way
	}
	paid := make(map[name]paying) // by declaration
	p.payments.each(func(r *store.Payment) {
		f.Checked++
		ref := r.Bank + "/" + r.BankTxn
		n := p.name(ref)
		m, known := book[n]
		delete(book, n)
		want := moneyOf{first: m.first}
		if r.State != "reversed" {
			want.bank, want.susp, want.settled = r.Amount, r.Amount-r.Allocated, r.Allocated
		}
		if r.Declaration == "" {
			want.assessed, want.divided = want.settled, want.settled
		} else { // what it came to owe by itself is a month that the rest was for
			want.assessed, want.divided = m.assessed, m.divided
			d := paid[p.name(r.Declaration)]
			d.sum += r.Allocated - m.assessed
			d.divided += m.divided - m.assessed
			d.open = d.open || r.State != "posted"
			paid[p.name(r.Declaration)] = d
		}
		if !known {
			f.violate("payment %s of %d, %s, is not posted", ref, r.Amount, r.State)
		} else if m != want {
			f.violate("payment %s of %d, %s, has %+v in the book, by its row %+v", ref, r.Amount, r.State, m, want)
		}
	})
	p.declarations.each(func(d *store.Declaration) {
		f.Checked++
		n := p.name(d.ID)
		m := book[n]
		delete(book, n)
		pay := paid[n]
		delete(paid, n)
		owed := d.ByEmployer + d.ByPersons
		want := moneyOf{first: m.first, assessed: owed, fees: d.LateFee}
		covered := paying{}
		switch d.State {
		case "rejected":
			want.assessed = 0
		case "paid", "settled":
			covered.sum, covered.divided = owed+d.LateFee, owed
			if covered.open = pay.open; pay.open {
				covered.divided = min(pay.divided, owed)
			}
		}
		if pay != covered {
			f.violate("declaration %s, %s, of %d with a late fee of %d, is paid with %d, and %d of it is divided", d.ID, d.State, owed, d.LateFee, pay.sum, pay.divided)
		}
		if theirs := owes[debt{n, p.name(d.Employer)}]; theirs != m.assessed+m.fees {
			f.violate("declaration %s is assessed with %d and a late fee of %d, of which employer %s owes %d", d.ID, m.assessed, m.fees, d.Employer, theirs)
		}
		if m != want {
			f.violate("declaration %s, %s, has %+v in the book, by its row %+v", d.ID, d.State, m, want)
		}
	})
	p.atEnd(func() error {
		left := make(map[int64]bool)
		for _, m := range book {
			left[m.first] = true
		}
		for seq := range inOrder(left) {
			f.violate("transaction %d is of a payment or declaration that is not kept", seq)
		}
		return nil
	})
}

// collected is the payment or declaration that a transaction is of.
func collected(t *ledger.Txn) (ref string, known bool) {
	switch ledger.Event(strings.TrimSuffix(string(t.Event), reversed)) {
	case ledger.EventMatched, ledger.EventSuspended, ledger.EventResolved, ledger.EventLateFeePaid:
		return t.Ref, true
	case ledger.EventAllocated:
		ref, _, _ = strings.Cut(t.Ref, "#") // a chunk
		return ref, true
	case ledger.EventAssessed, ledger.EventLateFeeCharged:
		if strings.HasPrefix(t.Ref, "D-") { // a declaration, then / and why else
			ref, _, _ = strings.Cut(t.Ref, "/")
			return ref, true
		}
		return t.Ref, true
	}
	return "", false
}

func (m *moneyOf) add(t *ledger.Txn) {
	for i := range t.Entries {
		e := &t.Entries[i]
		switch e.Account.Kind {
		case ledger.Bank:
			m.bank += e.Amount
		case ledger.Susp:
			m.susp -= e.Amount
		case ledger.Recv:
			switch t.Event {
			case ledger.EventAssessed, ledger.EventAssessed + reversed:
				m.assessed += e.Amount
			case ledger.EventLateFeeCharged, ledger.EventLateFeeCharged + reversed:
				m.fees += e.Amount
			default:
				m.settled -= e.Amount
			}
		case ledger.Deferred:
			if t.Event != ledger.EventAssessed && t.Event != ledger.EventAssessed+reversed {
				m.divided += e.Amount
			}
		}
	}
}
