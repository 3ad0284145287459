package agency

import (
	"context"
	"strconv"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
)

// Facts is the body of pension.estimate: what a person says of their own working life.
type Facts struct {
	Birth    rules.Month `json:"birth"`
	Class    rules.Class `json:"class"`           // M, F55 or F50
	Months   int         `json:"months"`          // paid or deemed paid at retirement
	Index    int64       `json:"index_ppm"`       // mean of wage over average wage, 800000 is 0.8
	Account  int64       `json:"account_fen"`     // pension personal account at as_of
	Deemed   int         `json:"deemed_months"`   // before personal accounts began
	Before98 int         `json:"before98_months"` // paid before 1998-07
	AsOf     rules.Month `json:"as_of"`
	Region   string      `json:"region"`
	Base     int64       `json:"base_fen"`        // 0: the region's
	Trace    *bool       `json:"trace,omitempty"` // false: only the amounts, for a tenth of the work; none: true
}

// An Estimate is the answer of pension.estimate, a month's pension and what it rests on.
type Estimate struct {
	Retire      rules.Month `json:"retire"`
	Basic       ledger.Fen  `json:"basic_fen"`
	Personal    ledger.Fen  `json:"personal_fen"`
	Transition  ledger.Fen  `json:"transition_fen"`
	Total       ledger.Fen  `json:"total_fen"`
	Account     ledger.Fen  `json:"account_at_retirement_fen"`
	Divisor     string      `json:"months_divisor"`
	Assumptions []string    `json:"assumptions,omitempty"`
	Citations   []string    `json:"citations,omitempty"`
	Verified    bool        `json:"verified"` // the source of every rule used was read; false: see the assumptions, or no trace was wanted
	Packs       []string    `json:"packs,omitempty"`
	Trace       []string    `json:"trace,omitempty"`
}

// Estimate reckons a pension from facts alone; it reads no account.
func (a *Agency) Estimate(_ context.Context, f Facts) (Estimate, error) {
	if f.AsOf == 0 {
		return Estimate{}, refuse(Malformed, "no-as-of", "as_of is missing: want the month that is reckoned in, such as 2026-08")
	}
	facts := rules.PensionFacts{
		Birth: f.Birth, Class: f.Class, Months: f.Months, Index: f.Index, Account: f.Account, Deemed: f.Deemed, Before98: f.Before98,
		AsOf: f.AsOf, Region: f.Region, Base: f.Base,
	}
	if f.Trace != nil && !*f.Trace {
		law, err := a.estimator(f.Region, f.AsOf)
		if err != nil {
			return Estimate{}, err
		}
		p, err := law.Estimate(facts)
		if err != nil {
			return Estimate{}, ruled(err)
		}
		return estimated(p), nil
	}
	p, err := a.Rules.Estimate(facts)
	if err != nil {
		return Estimate{}, ruled(err)
	}
	e := estimated(p.Amounts)
	e.Assumptions, e.Citations, e.Verified, e.Packs, e.Trace = p.Assumptions, p.Citations, p.Verified, p.Packs, p.Trace
	return e, nil
}

func estimated(p rules.Amounts) Estimate {
	return Estimate{
		Retire: p.Retire, Basic: ledger.Fen(p.Basic), Personal: ledger.Fen(p.Personal), Transition: ledger.Fen(p.Transition),
		Total: ledger.Fen(p.Total), Account: ledger.Fen(p.Account), Divisor: tenths(p.Divisor),
	}
}

// tenths writes 1183 as 118.3.
func tenths(n int) string {
	var b [20]byte
	s := append(strconv.AppendInt(b[:0], int64(n/10), 10), '.', '0'+byte(n%10))
	return string(s)
}
