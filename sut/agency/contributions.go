package agency

import (
	"context"
	"slices"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// Contributions is one page of contributions.list, newest month first.
type Contributions struct {
	Items []PaidMonth `json:"items"`
	Next  string      `json:"next_cursor,omitempty"` // give it as cursor to go on; empty at the end
	Packs []string    `json:"packs,omitempty"`       // the policies that amounts were reckoned by
}

// A PaidMonth is one month of contributions.
type PaidMonth struct {
	Month    rules.Month `json:"month"`
	Base     ledger.Fen  `json:"base_fen"`
	Employer ledger.Fen  `json:"employer_fen"`
	Employee ledger.Fen  `json:"employee_fen"`
}

// lastMonth is beyond every month that can be paid.
const lastMonth = 999912

// pageMonths is two years: what most people look for.
const pageMonths = 24

// Contributions lists the paid months of a person down to from (zero: all), beginning at cursor (zero: the newest).
// Months since the population's opening day were paid through the bank; earlier ones are reckoned from the wage.
func (a *Agency) Contributions(ctx context.Context, person int, from, cursor rules.Month) (Contributions, error) {
	who := a.People.Person(person)
	newest := cursor
	if newest == 0 {
		newest = lastMonth
	}
	var paid []store.Contribution
	err := a.Store.View(ctx, func(v store.View) (err error) {
		paid, err = store.List[store.Contribution](v, store.ContributionsOf, person, int(max(from, population.Opening.Month())), int(newest), pageMonths+1)
		return err
	})
	if err != nil {
		return Contributions{}, err
	}
	page := Contributions{Items: make([]PaidMonth, 0, pageMonths)}
	for _, c := range paid {
		if len(page.Items) == pageMonths {
			page.Next = rules.Month(c.Month).String()
			return page, nil
		}
		page.Items = append(page.Items, PaidMonth{Month: rules.Month(c.Month), Base: c.Base, Employer: c.ByEmployer, Employee: c.ByPerson})
	}
	return page, a.earlier(&page, who, from, newest)
}

// earlier fills the page with months from before the opening day.
func (a *Agency) earlier(page *Contributions, who population.Person, from, newest rules.Month) error {
	if who.Months == 0 {
		return nil
	}
	first := who.LastPaid.Add(1 - who.Months)
	for m := min(who.LastPaid, newest); m >= max(first, from); m = m.Add(-1) {
		if len(page.Items) == pageMonths {
			page.Next = m.String()
			return nil
		}
		c, err := a.Rules.Contribute(rules.Wage{Region: who.Region, Month: m, Wage: who.Wage})
		if err != nil {
			return ruled(err)
		}
		page.Items = append(page.Items, PaidMonth{m, ledger.Fen(c.Base), ledger.Fen(c.Employer), ledger.Fen(c.Person)})
		for _, pack := range c.Packs {
			if !slices.Contains(page.Packs, pack) {
				page.Packs = append(page.Packs, pack)
			}
		}
	}
	return nil
}
