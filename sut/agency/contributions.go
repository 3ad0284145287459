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
	Kind     string      `json:"kind"` // normal or makeup; a second makeup of a month is "makeup 2"
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
func (a *Agency) Contributions(ctx context.Context, person int, from, cursor rules.Month) (page Contributions, err error) {
	if cursor == 0 {
		cursor = lastMonth
	}
	err = a.Store.View(ctx, func(v store.View) (err error) {
		page, err = a.months(v, a.People.Person(person), from, cursor, pageMonths)
		return err
	})
	return page, err
}

// months lists at most most paid months from newest down to from.
func (a *Agency) months(v store.View, who population.Person, from, newest rules.Month, most int) (Contributions, error) {
	paid, err := store.List[store.Contribution](v, store.ContributionsOf, who.Index, int(max(from, population.Opening.Month())), int(newest), most+1)
	if err != nil {
		return Contributions{}, err
	}
	page := Contributions{Items: make([]PaidMonth, 0, most)}
	for _, c := range paid {
		page.Items = append(page.Items, PaidMonth{rules.Month(c.Month), c.Kind, c.Base, c.ByEmployer, c.ByPerson})
	}
	if len(paid) > most {
		page.turn(rules.Month(paid[most].Month))
		return page, nil
	}
	return page, a.earlier(&page, who, from, newest, most)
}

// turn ends a page before a month: all kinds of a month stand on one page.
func (c *Contributions) turn(next rules.Month) {
	c.Next = next.String()
	for len(c.Items) > 0 && c.Items[len(c.Items)-1].Month == next {
		c.Items = c.Items[:len(c.Items)-1]
	}
}

// earlier fills the page with months from before the opening day.
func (a *Agency) earlier(page *Contributions, who population.Person, from, newest rules.Month, most int) error {
	if who.Months == 0 {
		return nil
	}
	first := who.LastPaid.Add(1 - who.Months)
	var law *rules.Contributor
	for m := min(who.LastPaid, newest); m >= max(first, from); m = m.Add(-1) {
		if len(page.Items) == most {
			page.turn(m)
			return nil
		}
		next, err := a.contributor(who.Region, m)
		if err != nil {
			return err
		}
		c, err := next.Contribute(who.Wage)
		if err != nil {
			return ruled(err)
		}
		page.Items = append(page.Items, PaidMonth{m, "normal", ledger.Fen(c.Base), ledger.Fen(c.Employer), ledger.Fen(c.Person)})
		if next == law {
			continue
		}
		law = next
		for _, pack := range law.Packs() {
			if !slices.Contains(page.Packs, pack) {
				page.Packs = append(page.Packs, pack)
			}
		}
	}
	return nil
}
