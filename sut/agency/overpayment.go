package agency

import (
	"context"
	"slices"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A month that was paid, or is on its way to the bank, after the benefit was stopped before it is an overpayment: the
// person owes it to the pool (Regulations on Social Insurance Handling, article 46). It is kept back from later
// items of the same fund, or paid back.

// A Recovery is the body of overpayments.recover: somebody paid back.
type Recovery struct {
	Person string      `json:"person"` // P00000123
	Fund   ledger.Fund `json:"fund"`
	Amount ledger.Fen  `json:"amount_fen"`
}

// A Recovered is the answer of overpayments.recover.
type Recovered struct {
	Recovery
	Left ledger.Fen `json:"left_fen"` // still owed
	Proof
}

// Recover books that a person paid back an overpayment, or a part of it.
func (a *Agency) Recover(ctx context.Context, c Call, r Recovery) (store.Answer, bool, error) {
	i, found := a.People.PersonByID(r.Person)
	if !found || c.Role != workflow.Clerk || a.People.Person(i).Region != c.Region || !slices.Contains(ledger.Funds(), r.Fund) {
		return store.Answer{}, false, hidden("overpayment")
	}
	if r.Amount <= 0 || r.Amount > maxAmount {
		return store.Answer{}, false, refuse(Unprocessable, "bad-amount", "amount_fen is %d: want 1 to %d", r.Amount, maxAmount)
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "person " + r.Person
		p, err := ch.meet(a.People.Person(i))
		if err != nil {
			return 0, nil, err
		}
		debt, err := ch.Balance(ledger.Overpayments(r.Fund, uint64(i)))
		switch {
		case err != nil:
			return 0, nil, err
		case debt == 0:
			return 0, nil, hidden("overpayment")
		case r.Amount > debt:
			return 0, nil, refuse(Unprocessable, "more-than-owed", "amount_fen is %d: %d are owed", r.Amount, debt)
		}
		if err := ch.Set(&p); err != nil { // the debt was read to decide
			return 0, nil, err
		}
		if err := ch.post(ledger.OverpaymentRecovered(newID("OR", c.Op, c.Key), r.Fund, c.Region, uint64(i), r.Amount)); err != nil {
			return 0, nil, err
		}
		return created, Recovered{r, debt - r.Amount, ch.proof()}, nil
	})
}

// dropped is the reason of an item that was returned and is no longer owed.
const dropped = "no longer owed"

// takeBackItems undoes, as far as it can, the items of an entitlement for months after last.
func (c *change) takeBackItems(e store.Entitlement, last rules.Month) error {
	items, err := store.List[store.Item](c, store.ItemsSince, e.ID, int64(last.Add(1)))
	if err != nil {
		return err
	}
	for i := range items {
		it := &items[i]
		b := store.Batch{ID: it.Batch, Kind: e.Kind, Region: e.Region}
		switch it.State {
		case "planned":
			it.State = "cancelled"
			err = c.Set(it)
		case "returned", "requeued": // the money is here and no longer owed
			it.State, it.Reason = "reconciled", dropped
			if err = c.post(ledger.PayoutDropped(money(b), owing(it), min(it.Personal, it.Amount-it.Kept))); err == nil {
				err = c.Set(it)
			}
		case "locked", "sent", "paid", "reconciled":
			if it.Amount > it.Kept && it.Reason != dropped {
				err = c.post(ledger.OverpaymentBooked(owing(it).Creditor, money(b).Fund, e.Region, e.Person, it.Amount-it.Kept))
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settleReturned sets an item that the bank returned against the overpayment that it was booked as, if it was.
func (c *change) settleReturned(b *store.Batch, it *store.Item) error {
	booked, err := c.Posted(ledger.EventOverpaymentBooked, owing(it).Creditor)
	if err != nil || booked.Seq == 0 {
		return err
	}
	creditor := owing(it)
	debt, err := c.Balance(ledger.Overpayments(money(*b).Fund, it.Person))
	if err != nil {
		return err
	}
	kept := min(creditor.Amount, max(0, debt))
	if kept == 0 { // paid back meanwhile: the item is the person's again
		return nil
	}
	to := ledger.Batch{ID: creditor.Creditor, Fund: money(*b).Fund, Region: b.Region}
	if err := c.post(ledger.OverpaymentWithheld(to, 1, []ledger.Item{{Person: it.Person, Amount: kept}})); err != nil {
		return err
	}
	if it.Kept += kept; it.Kept == it.Amount {
		it.State = "reconciled"
	}
	return nil
}
