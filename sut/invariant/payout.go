package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// A due is an entitlement as items are held against it.
type due struct {
	person       uint64
	amount       ledger.Fen
	since, until int64
	fund         string
	known        bool
}

// entitlements gathers those that are stored; of finds these and, else, the one a person had at the opening.
type entitlements struct {
	*pass
	stored map[name]due
}

func (p *pass) gatherEntitlements() entitlements {
	e := entitlements{p, make(map[name]due)}
	p.entitlements.each(func(r *store.Entitlement) {
		e.stored[p.name(r.ID)] = due{r.Person, r.Amount, r.Since, r.Until, r.Fund, true}
	})
	return e
}

func (e entitlements) of(it *store.Item) due {
	if d, stored := e.stored[e.name(it.Entitlement)]; stored {
		return d
	}
	if people := e.law.People; people != nil && int(it.Person) < people.Size() {
		if old, had := people.EntitlementOf(people.Person(int(it.Person))); had && old.ID == it.Entitlement {
			return due{it.Person, ledger.Fen(old.Monthly), int64(old.From), 0, string(ledger.Pension), true}
		}
	}
	return due{}
}

// A payout is what the book holds of a batch.
type payout struct {
	first                                  int64
	locked, withheld, requeued, sent, back ledger.Fen
	closed                                 bool
}

// paidOut is I5. There is one item for an entitlement and period, by its key. Here its amount is that of the entitlement,
// the items of a batch come to what was locked, sent and accounted for, and each person's account gave what their items say.
func paidOut(p *pass, f *Finding) {
	var (
		ents    = p.gatherEntitlements()
		book    = make(map[name]payout)       // by batch
		own     = make(map[uint64]ledger.Fen) // out of personal accounts
		owed    = make(map[name]ledger.Fen)   // to single creditors, after the bank returned an item
		dropped = make(map[name]bool)         // creditors whose item is owed no more
		places  = make(map[name]int64)        // of each batch that are found again
		came    = make(map[name][]name)       // the batches that a creditor's item came back from
	)
	p.txns.each(func(s ledger.Stored) {
		batch, creditor, _ := strings.Cut(s.Txn.Ref, "/")
		batch, _, _ = strings.Cut(batch, "#")
		n := p.name(batch)
		b := book[n]
		if b.first == 0 {
			b.first = s.Seq
		}
		var payable, bank ledger.Fen
		for i := range s.Txn.Entries {
			switch e := &s.Txn.Entries[i]; {
			case e.Account.Kind == ledger.Bank:
				bank += e.Amount
			case e.Account.Kind != ledger.Payable:
			case e.Account.Owner == batch:
				payable += e.Amount
			case strings.HasPrefix(e.Account.Owner, "EN-"):
				owed[p.name(e.Account.Owner)] -= e.Amount
			}
		}
		switch s.Txn.Event {
		case ledger.EventPayoutLocked:
			b.locked -= payable
			takenOf(&s.Txn, own)
		case ledger.EventOverpaymentWithheld:
			if b.withheld += payable; payable == 0 {
				return // of a single item that was returned
			}
		case ledger.EventPayoutRequeued:
			b.requeued -= payable
		case ledger.EventPayoutSent:
			b.sent -= bank
		case ledger.EventPayoutReturned:
			b.back += bank
			came[p.name(creditor)] = append(came[p.name(creditor)], n)
		case ledger.EventPayoutDropped:
			dropped[p.name(creditor)] = true
			takenOf(&s.Txn, own)
			return
		case ledger.EventPayoutClosed:
			b.closed = true
		default:
			return
		}
		book[n] = b
	})
	batches := make(map[name]store.Batch)
	p.batches.each(func(b *store.Batch) { batches[p.name(b.ID)] = *b })
	sums := make(map[name]ledger.Fen) // by batch, of items that the bank has or is to get
	p.items.each(func(it *store.Item) {
		f.Checked++
		n := p.name(it.Batch)
		b, known := batches[n]
		if !known {
			f.violate("item %s/%d is in batch %s, which is not kept", it.Entitlement, it.Period, it.Batch)
		} else if misplaced(it, &b) {
			f.violate("item %s/%d is %s in batch %s, which is %s", it.Entitlement, it.Period, it.State, it.Batch, b.State)
		}
		switch d := ents.of(it); {
		case d.known && (d.amount != it.Amount || d.person != it.Person):
			f.violate("item %s/%d pays person %d %d, the entitlement is of person %d and %d", it.Entitlement, it.Period, it.Person, it.Amount, d.person, d.amount)
		case d.known && it.Period < d.since:
			f.violate("item %s/%d is for a month before %d, when the entitlement began", it.Entitlement, it.Period, d.since)
		case !d.known && p.law.People != nil:
			f.violate("item %s/%d has no entitlement", it.Entitlement, it.Period)
		}
		creditor := creditorOf(p, it)
		places[n]++
		for _, from := range came[creditor] {
			if from != n {
				places[from]++
			}
		}
		waits, personal := ledger.Fen(0), ledger.Fen(0)
		switch it.State {
		case "returned", "requeued":
			waits, personal = it.Amount-it.Kept, it.Personal
		case "locked", "sent", "paid", "reconciled":
			if personal = it.Personal; !dropped[creditor] {
				sums[n] += it.Amount - it.Kept
			} else {
				personal -= min(it.Personal, it.Amount-it.Kept)
			}
		}
		if owed[creditor] != waits {
			f.violate("item %s/%d is %s with %d, and %d is owed to it", it.Entitlement, it.Period, it.State, it.Amount-it.Kept, owed[creditor])
		}
		if personal != 0 {
			own[it.Person] -= personal
		}
	})
	p.atEnd(func() error {
		for _, b := range inOrder(named(batches, func(b store.Batch) string { return b.ID })) {
			n := p.name(b.ID)
			if places[n] != b.Items {
				f.violate("batch %s has %d places, %d items are found for them", b.ID, b.Items, places[n])
			}
			got := book[n]
			delete(book, n)
			if b.State == "planned" {
				continue // its lock may be under way
			}
			if sum := got.locked - got.withheld + got.requeued; sum != b.Total {
				f.violate("batch %s of %d has locked %d in the book", b.ID, b.Total, sum)
			}
			if sum := sums[n] + got.back; sum != b.Total {
				f.violate("batch %s of %d has items of %d and %d returned", b.ID, b.Total, sums[n], got.back)
			}
			if b.State != "locked" && got.sent != b.Total {
				f.violate("batch %s of %d has sent %d in the book", b.ID, b.Total, got.sent)
			}
			if got.back != b.Back {
				f.violate("batch %s had %d returned, in the book %d", b.ID, b.Back, got.back)
			}
			if (b.State == "closed") != got.closed || got.closed && b.Paid+b.Back != b.Total {
				f.violate("batch %s is %s with %d paid and %d returned of %d; closed in the book: %v", b.ID, b.State, b.Paid, b.Back, b.Total, got.closed)
			}
		}
		for person, rest := range inOrder(own) {
			if rest != 0 {
				f.violate("the items of person %d differ by %d from what their account gave", person, rest)
			}
		}
		lost := make(map[int64]bool)
		for _, b := range book {
			lost[b.first] = true
		}
		for seq := range inOrder(lost) {
			f.violate("transaction %d is of a batch that is not kept", seq)
		}
		return nil
	})
}

// takenOf adds what a transaction takes out of each personal account.
func takenOf(t *ledger.Txn, own map[uint64]ledger.Fen) {
	for i := range t.Entries {
		if e := &t.Entries[i]; e.Account.Kind == ledger.PA {
			if person, ok := personOf(&e.Account); ok {
				own[person] += e.Amount
			}
		}
	}
}

// creditorOf is an item as the book owes it.
func creditorOf(p *pass, it *store.Item) name {
	return p.name(it.Entitlement + "/" + number(uint64(it.Period)))
}

// misplaced tells an item that cannot be in its state while its batch is in its own. A batch's step that is under way has
// moved some of its items; one that came back may be settled early: it alone says why it came, until it is locked again.
func misplaced(it *store.Item, b *store.Batch) bool {
	if it.State == "reconciled" && it.Reason != "" {
		return false
	}
	in := map[string]string{
		"planned": "planned requeued cancelled", "locked": "locked cancelled", "sent": "sent paid returned cancelled", "closed": "reconciled returned cancelled",
	}
	next := map[string]string{"lock": "locked", "send": "sent", "close": "closed"}[b.Step]
	return !strings.Contains(" "+in[b.State]+" "+in[next]+" ", " "+it.State+" ")
}

func named[V any](m map[name]V, of func(V) string) map[string]V {
	list := make(map[string]V, len(m))
	for _, v := range m {
		list[of(v)] = v
	}
	return list
}

// stopped is I13. Nothing is paid for a month after a benefit ended; what was on its way by then is booked as owed by the
// person (Regulations on Social Insurance Handling, article 46).
func stopped(p *pass, f *Finding) {
	type debt struct {
		person uint64
		fund   string
	}
	var (
		ents   = p.gatherEntitlements()
		booked = make(map[debt]ledger.Fen)
		over   = make(map[debt]ledger.Fen)
		kept   = make(map[name]bool) // items that are owed no more
	)
	p.txns.each(func(s ledger.Stored) {
		if s.Txn.Event == ledger.EventPayoutDropped {
			_, creditor, _ := strings.Cut(s.Txn.Ref, "/")
			kept[p.name(creditor)] = true
		}
		if s.Txn.Event != ledger.EventOverpaymentBooked && s.Txn.Event != ledger.EventOverpaymentBooked+reversed {
			return
		}
		for i := range s.Txn.Entries {
			if e := &s.Txn.Entries[i]; e.Account.Kind == ledger.Overpaid {
				person, _ := personOf(&e.Account)
				booked[debt{person, string(e.Account.Fund)}] += e.Amount
			}
		}
	})
	p.entitlements.each(func(e *store.Entitlement) {
		if e.State == "stopped" && e.Until == 0 {
			f.violate("entitlement %s is stopped and has no last month", e.ID)
		}
	})
	p.items.each(func(it *store.Item) {
		f.Checked++
		d := ents.of(it)
		if d.until == 0 || it.Period <= d.until {
			return
		}
		switch it.State {
		case "locked", "sent", "paid", "reconciled":
			if !kept[creditorOf(p, it)] {
				over[debt{d.person, d.fund}] += it.Amount - it.Kept
			}
		}
	})
	p.atEnd(func() error {
		broken := make(map[uint64]debt)
		for d, sum := range over {
			if booked[d] < sum {
				broken[d.person] = d
			}
		}
		for person, d := range inOrder(broken) {
			f.violate("person %d was paid %d by the %s fund after the benefit ended, and %d is booked as overpaid", person, over[d], d.fund, booked[d])
		}
		return nil
	})
}
