package agency

import (
	"context"
	"fmt"

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
	Base     int64       `json:"base_fen"` // 0: the region's
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
	Assumptions []string    `json:"assumptions"`
	Citations   []string    `json:"citations"`
	Verified    bool        `json:"verified"` // the source of every rule used was read; false: see the assumptions
	Packs       []string    `json:"packs"`
	Trace       []string    `json:"trace"`
}

// Estimate reckons a pension from facts alone; it reads no account.
func (a *Agency) Estimate(_ context.Context, f Facts) (Estimate, error) {
	p, err := a.Rules.Estimate(rules.PensionFacts(f))
	if err != nil {
		return Estimate{}, ruled(err)
	}
	return Estimate{
		Retire: p.Retire, Basic: ledger.Fen(p.Basic), Personal: ledger.Fen(p.Personal), Transition: ledger.Fen(p.Transition),
		Total: ledger.Fen(p.Total), Account: ledger.Fen(p.Account), Divisor: fmt.Sprintf("%d.%d", p.Divisor/10, p.Divisor%10),
		Assumptions: p.Assumptions, Citations: p.Citations, Verified: p.Verified, Packs: p.Packs, Trace: p.Trace,
	}, nil
}
