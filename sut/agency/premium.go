package agency

import (
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// premium posts the medical premium of an unemployed person for the month of an item: the unemployment fund pays both
// shares, on the lowest base, and the person nothing (Social Insurance Law 2018, article 48). It is owed when the item is
// locked and paid when the batch is sent. This is the only posting from one fund to another (invariant I14).
//
// That the base is the lowest is our choice: regions set it, and no pack of ours says so.
func (c *change) premium(b *store.Batch, it *store.Item) error {
	r, err := c.agency.Rules.Contribute(rules.Wage{Region: b.Region, Month: rules.Month(it.Period), Wage: 1})
	if err != nil {
		return ruled(err)
	}
	if _, err := c.meet(c.agency.People.Person(int(it.Person))); err != nil {
		return err
	}
	for _, part := range r.Parts {
		if part.Scheme == string(ledger.Medical) {
			return c.post(ledger.PremiumOwed("UP-"+owing(it).Creditor, b.Region, it.Person, ledger.Fen(part.Employer), ledger.Fen(part.Person)))
		}
	}
	return nil
}

// payPremiums pays what the unemployment fund of a batch's region owes the medical fund.
func (c *change) payPremiums(b *store.Batch) error {
	debt, err := c.Balance(ledger.Account{Kind: ledger.Interfund, Fund: ledger.Medical, Owner: b.Region})
	if err != nil || debt == 0 {
		return err
	}
	if debt < 0 {
		return fmt.Errorf("the medical fund of %s owes the unemployment fund %d fen: want 0 or a claim", b.Region, -debt)
	}
	return c.post(ledger.PremiumPaid(b.ID, b.Region, debt))
}
