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
	Status  population.Status `json:"status"` // of the pension insurance, a state of workflow's machine "enrolment"
	Region  string            `json:"region"`
	Months  int               `json:"months_paid"`
	Pension ledger.Fen        `json:"pension_account_fen"`
	Medical ledger.Fen        `json:"medical_account_fen"`
	Spent   YearSpent         `json:"medical_this_year"`
	Version int64             `json:"version"` // of the person's row, for persons.update
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
	answer := Account{Person: who.ID, Region: who.Region, Spent: YearSpent{Year: year}}
	err := a.Store.View(ctx, func(v store.View) (err error) {
		state, err := standing(v, who, "pension")
		if err != nil {
			return err
		}
		answer.Status = population.Status(state)
		row := store.Person{ID: uint64(person)}
		met, err := v.Get(&row)
		if err != nil {
			return err
		}
		answer.Version = row.Ver
		if answer.Pension, answer.Medical, err = owned(v, who, met); err != nil {
			return err
		}
		answer.Months = monthsPaid(who, row)
		used, err := spent(v, person, year)
		answer.Spent.Deductible, answer.Spent.Fund = used.Deductible, used.Fund
		return err
	})
	return answer, err
}
