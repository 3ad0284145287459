package agency

import (
	"context"
	"errors"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// An Inquiry is what eligibility.get asks: who stands at the counter, by number or by code, and for which day.
type Inquiry struct {
	IDNo string     `json:"id_no,omitempty"`
	Code string     `json:"code_token,omitempty"`
	Date rules.Date `json:"date,omitzero"` // of the visit; none: today
}

// An Eligibility is what a hospital may know of a patient before it treats them.
type Eligibility struct {
	Person     string     `json:"person"` // the agency's own number
	Insured    bool       `json:"insured"`
	Status     string     `json:"status"` // of the medical insurance
	Region     string     `json:"region"`
	Account    ledger.Fen `json:"medical_account_fen"`
	Year       int        `json:"year"`
	Deductible ledger.Fen `json:"deductible_left_fen"`
	Fund       ledger.Fen `json:"fund_left_fen"` // what the fund may still pay this year
	Pack       string     `json:"pack"`          // the policy in force on the day
}

// Eligibility tells a hospital whether and how a patient is insured on a day. It knows nothing of other hospitals' visits but
// what they used up of the year.
func (a *Agency) Eligibility(ctx context.Context, c Caller, now time.Time, q Inquiry) (e Eligibility, err error) {
	who, err := a.named(c, q.IDNo, q.Code)
	if err == nil {
		err = who.present(now)
	}
	if r, refused := errors.AsType[*Refusal](err); refused && r.Code == "unknown-person" {
		return e, hidden("insured person")
	}
	if err != nil {
		return e, err
	}
	if q.Date == 0 {
		q.Date = rules.Date(Call{Now: now}.Date())
	}
	law, err := a.splitter(who.Region, q.Date)
	if err != nil {
		return e, err
	}
	e = Eligibility{Person: who.ID, Region: who.Region, Year: q.Date.Year(), Pack: law.Pack()}
	err = a.Store.View(ctx, func(v store.View) error {
		state, err := standing(v, who.Person, "medical")
		if err != nil {
			return err
		}
		e.Status, e.Insured = string(state), insured(state)
		if _, e.Account, err = balances(v, who.Person); err != nil {
			return err
		}
		used, err := spent(v, who.Index, e.Year)
		if err != nil {
			return err
		}
		// What a bill beyond all bounds would use of the deductible and get of the fund is what is left of both.
		rest, err := law.Split(rules.Visit{
			Region: who.Region, Date: q.Date, Retired: state == "retired", Lines: []rules.Line{{Item: "any", Qty: 1, Unit: beyond, InPolicy: true}},
			Year: rules.YearToDate{Deductible: int64(used.Deductible), Fund: int64(used.Fund)},
		})
		e.Deductible, e.Fund = ledger.Fen(rest.Deductible), ledger.Fen(rest.Fund)
		return err
	})
	return e, err
}

// beyond is the largest bill that the rules take: a hundred million yuan.
const beyond = 100_000_000_00
