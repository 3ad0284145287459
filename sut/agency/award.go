package agency

import (
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// Grounds are all that a benefit is reckoned from. They are kept with the decided case as JSON, so that [Reckon] gives the
// same amounts again from them and the policy packs of the time. They name nobody.
type Grounds struct {
	CaseFacts
	Region string      `json:"region"`
	From   rules.Month `json:"from"` // the first month of the benefit: the one after it was applied for

	Birth   rules.Month `json:"birth,omitzero"` // pension
	Class   rules.Class `json:"class,omitempty"`
	Months  int         `json:"months_paid,omitempty"` // pension, unemployment
	Index   int64       `json:"index_ppm,omitempty"`
	Account ledger.Fen  `json:"account_fen,omitempty"`

	Wage ledger.Fen `json:"wage_fen,omitempty"` // injury: the contribution base

	Retired        bool       `json:"retired,omitempty"` // medical bills
	UsedDeductible ledger.Fen `json:"used_deductible_fen,omitempty"`
	UsedFund       ledger.Fen `json:"used_fund_fen,omitempty"`
	Deductible     ledger.Fen `json:"deductible_fen,omitempty"` // what the bills themselves used of the year's: reckoned, like Fund
	Fund           ledger.Fen `json:"fund_fen,omitempty"`
}

// An Award is money that a case brings: each month from Since to Until, both included, or without an end where Until is 0.
// Money that is paid once has both the same.
type Award struct {
	Amount       ledger.Fen // 0: nothing is paid, and Trace says why
	Since, Until rules.Month
	Packs        []string // ids of the policy packs, in the order of use; none where the law alone decides
	Trace        []string
}

// Reckon is what a kind of benefit brings on given grounds, by the packs of a book: the same awards whenever it is asked with
// the same packs. Of medical bills it notes on the grounds what they use of the year. The error is of package rules, or says
// that there is no such kind.
func Reckon(b *rules.Book, kind string, g *Grounds) ([]Award, error) {
	k, err := kindOf(kind)
	if err != nil {
		return nil, err
	}
	return k.reckon(b, g)
}

func (g *Grounds) monthly(amount int64, b rules.Basis) Award {
	return Award{Amount: ledger.Fen(amount), Since: g.From, Packs: b.Packs, Trace: b.Trace}
}

func (g *Grounds) once(amount int64, b rules.Basis) Award {
	a := g.monthly(amount, b)
	a.Until = a.Since
	return a
}

func reckonPension(b *rules.Book, g *Grounds) ([]Award, error) {
	p, err := b.Estimate(rules.PensionFacts{
		Birth: g.Birth, Class: g.Class, Months: g.Months, Index: g.Index, Account: int64(g.Account), AsOf: g.From.Add(-1), Region: g.Region,
	})
	return []Award{g.monthly(p.Total, p.Basis)}, err
}

// reckonUnemployment gives one award for each amount that the term's months bring.
func reckonUnemployment(b *rules.Book, g *Grounds) ([]Award, error) {
	var awards []Award
	for drawn, month := 0, g.From; ; drawn, month = drawn+1, month.Add(1) {
		u, err := b.Unemployment(rules.Jobless{Region: g.Region, Date: g.Date, Paid: g.Months, Claimed: drawn})
		if err != nil || u.Left == 0 {
			return awards, err
		}
		if last := len(awards) - 1; last < 0 || int64(awards[last].Amount) != u.Amount {
			awards = append(awards, g.monthly(u.Amount, u.Basis))
			awards[len(awards)-1].Since = month
		}
		awards[len(awards)-1].Until = month
	}
}

func reckonMaternity(b *rules.Book, g *Grounds) ([]Award, error) {
	m, err := b.Maternity(rules.Confinement{
		Region: g.Region, Date: g.Date, Average: int64(g.Average), Children: g.Children, Difficult: g.Difficult, Months: g.Pregnant,
	})
	return []Award{g.once(m.Amount, m.Basis)}, err
}

// reckonInjury gives what the fund pays: the lump, and each month the allowance of grades 1 to 4 and care.
func reckonInjury(b *rules.Book, g *Grounds) ([]Award, error) {
	i, err := b.InjuryBenefit(rules.Disability{Region: g.Region, Date: g.Date, Grade: g.Grade, Care: g.Care, Wage: int64(g.Wage)})
	if i.ByEmployer {
		i.Monthly = 0
	}
	return []Award{g.once(i.Lump, i.Basis), g.monthly(i.Monthly+i.Care, i.Basis)}, err
}

// reckonMedical pays back what the fund would have paid had the hospital settled the bill (O18).
func reckonMedical(b *rules.Book, g *Grounds) ([]Award, error) {
	s, err := b.Settle(rules.Visit{
		Region: g.Region, Date: g.Date, Tier: g.Tier, Retired: g.Retired,
		Lines: []rules.Line{{Item: "bills", Qty: 1, Unit: int64(g.Bills), InPolicy: true}},
		Year:  rules.YearToDate{Deductible: int64(g.UsedDeductible), Fund: int64(g.UsedFund)},
	})
	g.Deductible, g.Fund = ledger.Fen(s.Deductible), ledger.Fen(s.Fund)
	return []Award{g.once(s.Fund, s.Basis)}, err
}

// reckonInjuryBills pays back in full what treatment within the catalogues cost (regulation on work injury insurance,
// article 30): no number of a pack is in it.
func reckonInjuryBills(_ *rules.Book, g *Grounds) ([]Award, error) {
	return []Award{g.once(int64(g.Bills), rules.Basis{Trace: []string{fmt.Sprintf("工伤保险条例 30: bills of %d in full", g.Bills)}})}, nil
}

// What follows finds grounds in the records, and refuses those who are not entitled.

// groundsOfPension: of an age to retire, and paid for long enough (O6, O7).
func (a *Agency) groundsOfPension(v store.View, who population.Person, g *Grounds) (err error) {
	state, err := standing(v, who, "pension")
	if err != nil {
		return err
	}
	if state != "active" && state != "suspended" {
		return refuse(Unprocessable, "not-insured", "pension insurance is %s: want it active or suspended", state)
	}
	g.Birth, g.Class = who.Birth.Month(), who.Class
	asOf := g.From.Add(-1)
	r, err := a.Rules.Retire(rules.PensionFacts{Birth: g.Birth, Class: g.Class, AsOf: asOf, Region: g.Region})
	if err != nil {
		return ruled(err)
	}
	if r.Month > asOf {
		return refuse(Unprocessable, "too-early", "the month of retirement is %s", r.Month)
	}
	least, err := a.Rules.MinimumMonths(g.Region, asOf, r.Month)
	if err != nil {
		return ruled(err)
	}
	if g.Months, err = paidMonths(v, who); err != nil {
		return err
	}
	if g.Months < least.Months {
		return refuse(Unprocessable, "too-few-months", "%d months are paid: want %d", g.Months, least.Months)
	}
	if g.Index, err = a.index(who); err != nil {
		return err
	}
	g.Account, _, err = balances(v, who)
	return err
}

// index is a person's wage over the average wage, in ppm, within the bounds of the contribution base: the lower one is
// 60 % of the average (O1). The wage is that of the opening day, as for all of a person's past.
func (a *Agency) index(who population.Person) (int64, error) {
	c, err := a.Rules.Contribute(rules.Wage{Region: who.Region, Month: population.Opening.Month(), Wage: who.Wage})
	if err != nil {
		return 0, ruled(err)
	}
	return min(rules.Round(c.Base, 600_000, c.Floor), 3_000_000), nil
}

// groundsOfUnemployment: a year paid, the job lost against one's will, registered (Social Insurance Law, article 45).
func (a *Agency) groundsOfUnemployment(v store.View, who population.Person, g *Grounds) (err error) {
	state, err := standing(v, who, "unemployment")
	if err != nil {
		return err
	}
	if state != "suspended" {
		return refuse(Unprocessable, "not-jobless", "unemployment insurance is %s: want it suspended, for the job is lost", state)
	}
	if !g.Involuntary || !g.Registered {
		return refuse(Unprocessable, "not-entitled", "want a job lost against one's will, and a registration as unemployed")
	}
	if g.Months, err = paidMonths(v, who); err != nil {
		return err
	}
	if g.Months < 12 {
		return refuse(Unprocessable, "too-few-months", "%d months are paid: want 12", g.Months)
	}
	return nil
}

// groundsOfMaternity: a woman whose employer pays (Social Insurance Law, article 54).
func (a *Agency) groundsOfMaternity(v store.View, who population.Person, _ *Grounds) error {
	if who.Sex != "F" {
		return refuse(Unprocessable, "not-entitled", "the allowance is for the mother")
	}
	return insuredIn(v, who, "maternity")
}

func (a *Agency) groundsOfInjury(v store.View, who population.Person, g *Grounds) error {
	c, err := a.contributor(who.Region, population.Opening.Month())
	if err != nil {
		return err
	}
	dues, err := c.Contribute(who.Wage)
	if err != nil {
		return ruled(err)
	}
	g.Wage = ledger.Fen(dues.Base)
	return insuredIn(v, who, "injury")
}

func (a *Agency) groundsOfInjuryBills(v store.View, who population.Person, _ *Grounds) error {
	return insuredIn(v, who, "injury")
}

func (a *Agency) groundsOfMedical(v store.View, who population.Person, g *Grounds) error {
	state, err := standing(v, who, "medical")
	if err != nil {
		return err
	}
	used, err := spent(v, who.Index, g.Date.Year())
	g.Retired, g.UsedDeductible, g.UsedFund = state == "retired", used.Deductible, used.Fund
	return err
}

func insuredIn(v store.View, who population.Person, scheme string) error {
	state, err := standing(v, who, scheme)
	if err == nil && state != "active" {
		err = refuse(Unprocessable, "not-insured", "%s insurance is %s: want it active", scheme, state)
	}
	return err
}
