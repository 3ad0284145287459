package agency

import (
	"context"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
)

// An Account is the answer of account.get.
type Account struct {
	Person  string            `json:"person"`
	Status  population.Status `json:"status"`
	Region  string            `json:"region"`
	Months  int               `json:"months_paid"`
	Pension ledger.Fen        `json:"pension_account_fen"`
	Medical ledger.Fen        `json:"medical_account_fen"`
	Spent   YearSpent         `json:"medical_this_year"`
}

// YearSpent is what a person's claims have used up of a calendar year.
type YearSpent struct {
	Year       int        `json:"year"`
	Deductible ledger.Fen `json:"deductible_fen"`
	Fund       ledger.Fen `json:"fund_fen"`
}

// Account is what a person sees of their own insurance.
func (a *Agency) Account(ctx context.Context, person int) (Account, error) {
	who := a.People.Person(person)
	year := population.Opening.Year()
	answer := Account{Person: who.ID, Status: who.Status, Region: who.Region, Months: who.Months, Spent: YearSpent{Year: year}}
	err := a.Store.View(ctx, func(v store.View) (err error) {
		if answer.Pension, answer.Medical, err = balances(v, who); err != nil {
			return err
		}
		used, err := spent(v, person, year)
		if err != nil {
			return err
		}
		answer.Spent.Deductible, answer.Spent.Fund = used.Deductible, used.Fund
		var paid int64
		err = v.Select(store.MonthsPaid, []any{&paid}, func() error { return nil }, person)
		answer.Months += int(paid)
		return err
	})
	return answer, err
}
