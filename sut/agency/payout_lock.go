package agency

import (
	"context"
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// Lock fixes what a planned batch pays: by somebody else than who planned it. Items of benefits that were suspended or
// stopped since are cancelled. The rest is taken from the personal accounts until they are empty and then from the pool,
// and what the person was overpaid is kept back.
func (a *Agency) Lock(ctx context.Context, c Call, id string) (store.Answer, bool, error) {
	return a.run(ctx, c, batchStep{
		name: "lock",
		begin: func(ch *change) (store.Batch, error) {
			return ch.takes(id, "lock", "locked", func(b *store.Batch) *string { return &b.Locker })
		},
		chunk: a.lockChunk,
		end:   func(ch *change, b *store.Batch) error { return ch.stepped(b, 2, "planned", "locked") },
	})
}

// A locking is a chunk of items on their way to be locked, and their people.
type locking struct {
	items  []store.Item
	people map[uint64]population.Person // that the service has not met
	sealed map[uint64]store.Person      // their rows, of those with money on the pension account
}

// lockChunk reads the items from place cursor on and seals the people it has to write down.
func (a *Agency) lockChunk(ctx context.Context, b store.Batch, cursor int64) (batchPart, error) {
	l := locking{people: make(map[uint64]population.Person), sealed: make(map[uint64]store.Person)}
	var met map[uint64]store.Person
	err := a.Store.View(ctx, func(v store.View) (err error) {
		if l.items, err = store.List[store.Item](v, store.ItemsOf, b.ID, cursor, payoutChunk); err != nil {
			return err
		}
		met, err = metAmong(v, l.items)
		return err
	})
	if err != nil {
		return batchPart{}, err
	}
	for _, it := range l.items {
		if _, found := met[it.Person]; found {
			continue
		}
		who := a.People.Person(int(it.Person))
		if _, done := l.people[it.Person]; done || b.Kind != "pension" {
			l.people[it.Person] = who
			continue
		}
		l.people[it.Person] = who
		if who.Pension > 0 {
			if l.sealed[it.Person], err = a.seal(who); err != nil {
				return batchPart{}, err
			}
		}
	}
	next := cursor + payoutChunk
	return batchPart{
		apply: func(ch *change, b *store.Batch) error { return ch.lock(b, l, cursor) }, next: next, last: next >= b.Items,
	}, nil
}

// metAmong are the rows of the items' people, of those that have one.
func metAmong(v store.View, items []store.Item) (map[uint64]store.Person, error) {
	met := make(map[uint64]store.Person)
	lo, hi, dense := span(items)
	if dense {
		list, err := store.List[store.Person](v, store.PersonsIn, lo, hi)
		for _, p := range list {
			met[p.ID] = p
		}
		return met, err
	}
	for _, it := range items {
		p := store.Person{ID: it.Person}
		found, err := v.Get(&p)
		if err != nil {
			return nil, err
		}
		if found {
			met[p.ID] = p
		}
	}
	return met, nil
}

// openAmong are the stored entitlements of the items, of those that have one.
func openAmong(v store.View, kind string, items []store.Item) (map[string]store.Entitlement, error) {
	open := make(map[string]store.Entitlement)
	lo, hi, dense := span(items)
	if dense {
		list, err := store.List[store.Entitlement](v, store.EntitlementsIn, kind, lo, hi)
		for _, e := range list {
			open[e.ID] = e
		}
		return open, err
	}
	for _, it := range items {
		e := store.Entitlement{ID: it.Entitlement}
		found, err := v.Get(&e)
		if err != nil {
			return nil, err
		}
		if found {
			open[e.ID] = e
		}
	}
	return open, nil
}

// span is the range of the items' people, and whether it is worth reading as one.
func span(items []store.Item) (lo, hi uint64, dense bool) {
	if len(items) == 0 {
		return 0, 0, true
	}
	lo, hi = items[0].Person, items[0].Person
	for _, it := range items {
		lo, hi = min(lo, it.Person), max(hi, it.Person)
	}
	return lo, hi, hi-lo < uint64(16*len(items))
}

// lock locks a chunk.
func (c *change) lock(b *store.Batch, l locking, cursor int64) error {
	if cursor == 0 {
		b.Total = 0 // from here on it is what the bank is to pay
	}
	met, err := metAmong(c, l.items)
	if err != nil {
		return err
	}
	open, err := openAmong(c, b.Kind, l.items)
	if err != nil {
		return err
	}
	accounts := accounts{
		change: c, locking: l, met: met, fund: money(*b).Fund,
		left: make(map[uint64]ledger.Fen), owes: make(map[uint64]ledger.Fen), took: make(map[uint64]bool),
	}
	var locked, kept []ledger.Item
	bulk := int64(0)
	for _, was := range l.items { // copies: the store may run this again
		it := &was
		e, stored := open[it.Entitlement]
		switch {
		case it.State == "requeued":
			if err := c.lockAgain(b, it); err != nil {
				return err
			}
			continue
		case it.State != "planned":
			continue
		case stored && (e.State == "suspended" || e.Until != 0 && e.Until < it.Period):
			it.State = "cancelled"
			if err := c.Set(it); err != nil {
				return err
			}
			continue
		}
		posting, err := accounts.take(it, stored)
		if err != nil {
			return err
		}
		locked = append(locked, posting)
		b.Total += it.Amount - it.Kept
		if it.Kept > 0 {
			kept = append(kept, ledger.Item{Person: it.Person, Amount: it.Kept})
		}
		if accounts.alone {
			it.State = "locked"
			if err := c.Set(it); err != nil {
				return err
			}
		} else {
			bulk++
		}
		if err := c.follows(b, it, e, stored); err != nil {
			return err
		}
	}
	if err := c.moveItems(b.ID, cursor, cursor+payoutChunk-1, "planned", "locked", bulk); err != nil {
		return err
	}
	if err := accounts.open(b.ID, b.Region, cursor); err != nil {
		return err
	}
	n := int(cursor/payoutChunk) + 1
	if len(locked) > 0 {
		if err := c.post(ledger.PayoutLocked(money(*b), n, locked)); err != nil {
			return err
		}
	}
	if len(kept) > 0 {
		return c.post(ledger.OverpaymentWithheld(money(*b), n, kept))
	}
	return nil
}

// follows is what the first payout of a benefit changes, and each one of an unemployed person.
func (c *change) follows(b *store.Batch, it *store.Item, e store.Entitlement, stored bool) error {
	if b.Kind == "unemployment" {
		if err := c.premium(b, it); err != nil {
			return err
		}
	}
	if !stored || e.Case == "" {
		return nil
	}
	file := store.Case{ID: e.Case}
	if found, err := c.Get(&file); err != nil || !found || file.State != "entitled" {
		return err
	}
	if err := c.move(workflow.Benefit(), file.ID, file.Ver, "entitled", "paying"); err != nil {
		return err
	}
	file.State = "paying"
	return c.Set(&file)
}

// lockAgain locks an item that came back from an earlier batch. Its money is owed to it already.
func (c *change) lockAgain(b *store.Batch, it *store.Item) error {
	it.State, it.Reason = "locked", "" // on its way anew
	if err := c.Set(it); err != nil {
		return err
	}
	b.Total += it.Amount - it.Kept
	return c.post(ledger.PayoutRequeued(money(*b), owing(it)))
}

// owing is an item as the ledger's creditor: an entitlement for one period, for one bank return must not be taken for another.
func owing(it *store.Item) ledger.Item {
	return ledger.Item{Creditor: fmt.Sprintf("%s/%06d", it.Entitlement, it.Period), Person: it.Person, Amount: it.Amount - it.Kept}
}

// moveItems takes the items between two places from one state to another, and fails as stale unless they are n.
func (c *change) moveItems(batch string, lo, hi int64, from, to workflow.State, n int64) error {
	if n == 0 {
		return nil
	}
	if _, err := workflow.PayoutItem().Step(from, to); err != nil {
		return err
	}
	moved, err := c.Change(store.MoveItems, batch, lo, hi, string(from), string(to))
	if err == nil && moved != n {
		err = fmt.Errorf("batch %s, places %d to %d: %d items are %s, %d were: %w", batch, lo, hi, moved, from, n, store.ErrStale)
	}
	return err
}

// accounts takes items out of the personal accounts of a chunk's people.
type accounts struct {
	*change
	locking
	met   map[uint64]store.Person
	fund  ledger.Fund
	left  map[uint64]ledger.Fen // on the account of each person asked for
	owes  map[uint64]ledger.Fen // each person asked for
	took  map[uint64]bool
	order []uint64 // of those that money was taken from
	alone bool     // whether the item of the last take needs a row of its own written
}

// take fills in what of an item comes from the person's account and what is kept back, and gives its posting.
func (a *accounts) take(it *store.Item, stored bool) (ledger.Item, error) {
	posting := ledger.Item{Person: it.Person, Amount: it.Amount}
	before := *it
	if a.fund == ledger.Pension {
		left, err := a.account(it.Person)
		if err != nil {
			return posting, err
		}
		posting.Account = left
		it.Personal = min(it.Amount, max(0, left))
		a.left[it.Person] = left - it.Personal
		if it.Personal > 0 && !a.took[it.Person] {
			a.took[it.Person] = true
			a.order = append(a.order, it.Person)
		}
	}
	if stored { // whoever was overpaid has an entitlement that was changed
		debt, asked := a.owes[it.Person]
		if !asked {
			var err error
			if debt, err = a.Balance(ledger.Overpayments(a.fund, it.Person)); err != nil {
				return posting, err
			}
		}
		it.Kept = min(it.Amount, max(0, debt))
		a.owes[it.Person] = debt - it.Kept
	}
	a.alone = it.Personal != before.Personal || it.Kept != before.Kept
	return posting, nil
}

func (a *accounts) account(person uint64) (ledger.Fen, error) {
	if left, asked := a.left[person]; asked {
		return left, nil
	}
	if _, met := a.met[person]; !met {
		return ledger.Fen(a.people[person].Pension), nil
	}
	balance, err := a.Balance(ledger.PensionAccount(person))
	return -balance, err
}

// open writes down the people that money was taken from: the account was read to decide.
func (a *accounts) open(batch, region string, cursor int64) error {
	var estates []ledger.Estate
	for _, person := range a.order {
		if p, met := a.met[person]; met {
			if err := a.Set(&p); err != nil {
				return err
			}
			continue
		}
		p := a.sealed[person]
		if err := a.Add(&p); err != nil {
			return err
		}
		who := a.people[person]
		estates = append(estates, ledger.Estate{Person: person, Pension: ledger.Fen(who.Pension), Medical: ledger.Fen(who.Medical)})
	}
	if len(estates) == 0 {
		return nil
	}
	return a.post(ledger.ManyOpened(batch, int(cursor/payoutChunk)+1, region, estates))
}
