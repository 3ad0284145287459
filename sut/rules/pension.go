package rules

import (
	"fmt"
	"math/big"
)

// PensionFacts are what a pension is estimated from.
type PensionFacts struct {
	Birth    Month
	Class    Class
	Months   int    // months that count at retirement, deemed ones included
	Index    int64  // ppm, mean of wage / average wage over those months, above 0, 3000000 at most
	Account  int64  // fen on the pension personal account at AsOf
	Deemed   int    // months deemed paid, before personal accounts began
	Before98 int    // months paid between the start of payments and 1998-06 (Beijing's N98)
	AsOf     Month  // the month of reckoning; its first day decides the packs
	Region   string // such as 110000
	Base     int64  // C, fen a month; 0: the region's from its pack
}

// A Pension is the estimate of a monthly pension: Basic + Personal + Transition = Total, fen a month.
type Pension struct {
	Retire     Month
	Age        int   // months of age at Retire
	Base       int64 // C, fen a month
	Basic      int64
	Personal   int64
	Transition int64
	Total      int64
	Account    int64 // fen on the personal account, projected to Retire
	Divisor    int   // payout months in tenths: 1183 is 118.3
	Basis
}

// pension is O9 and O10: the accrual a year of the basic pension, and the yearly rate the account is projected with.
type pension struct {
	Source   `yaml:",inline"`
	Accrual  int64 `yaml:"accrual_ppm"`
	Interest int64 `yaml:"account_interest_ppm"`
}

func (p *pension) check() error {
	if p.Accrual <= 0 || p.Accrual > million || p.Interest < 0 || p.Interest > million {
		return fmt.Errorf("accrual %d, interest %d ppm: want 1 to 1000000 and 0 to 1000000", p.Accrual, p.Interest)
	}
	return nil
}

// pensionBase is C, the base of a region's pensions.
type pensionBase struct {
	Source `yaml:",inline"`
	Base   int64 `yaml:"base_fen"`
}

func (p *pensionBase) check() error { return between("base_fen", p.Base, 1, maxBase) }

// transition is O11.
type transition struct {
	Source  `yaml:",inline"`
	Accrual int64 `yaml:"accrual_ppm"`
}

func (t *transition) check() error { return between("accrual_ppm", t.Accrual, 1, million) }

// maxBase bounds C, fen a month.
const maxBase = 10_000_000_00

func (f *PensionFacts) check() error {
	for _, c := range []struct {
		field     string
		v, lo, hi int64
	}{
		{"months", int64(f.Months), 1, maxMonths},
		{"index_ppm", f.Index, 1, 3 * million},
		{"account_fen", f.Account, 0, maxMoney},
		{"deemed_months", int64(f.Deemed), 0, int64(f.Months)},
		{"before98_months", int64(f.Before98), 0, int64(f.Months)},
		{"as_of", int64(f.AsOf), 190001, 999912},
		{"base_fen", f.Base, 0, maxBase},
	} {
		if err := between(c.field, c.v, c.lo, c.hi); err != nil {
			return err
		}
	}
	return nil
}

// Estimate reckons the monthly pension at the statutory month of retirement (O6, O8 to O12).
//
//	basic      = (C + C·index)/2 · months/12 · accrual
//	personal   = account · (1 + r/12)^n / payout months,   n = months from AsOf to retirement
//	transition = C·deemed/12 · accrual + C·index·before98/12 · accrual
//
// Each of the three and the projected account are rounded once.
func (b *Book) Estimate(f PensionFacts) (Pension, error) {
	if err := f.check(); err != nil {
		return Pension{}, err
	}
	retire, err := b.Retire(f)
	if err != nil {
		return Pension{}, err
	}
	p := Pension{Retire: retire.Month, Age: retire.Age, Basis: retire.Basis}
	for _, step := range []func(*Book, PensionFacts) error{p.base, p.basic, p.transition} {
		if err := step(b, f); err != nil {
			return Pension{}, err
		}
	}
	p.Total = p.Basic + p.Personal + p.Transition
	p.step("total %d + %d + %d = %d", p.Basic, p.Personal, p.Transition, p.Total)
	p.Assumptions = append(p.Assumptions,
		"months and index are those at retirement; nothing is paid in after as_of",
		"the base C stays what it is at as_of",
		"the minimum of paid years is not tested")
	return p, nil
}

func (p *Pension) base(b *Book, f PensionFacts) error {
	if f.Base != 0 {
		p.Base = f.Base
		p.step("base C %d as given", p.Base)
		return nil
	}
	rule, pack, err := find(b, f.Region, f.AsOf.First(), func(s *sections) *pensionBase { return s.PensionBase }, "pension base")
	if err != nil {
		return err
	}
	p.use(pack, rule.Source)
	p.Base = rule.Base
	p.step("%s.base C %d of %s", rule.Rule, p.Base, pack.Region)
	return nil
}

// basic reckons the basic and the personal pension.
func (p *Pension) basic(b *Book, f PensionFacts) error {
	day := f.AsOf.First()
	rule, pack, err := find(b, f.Region, day, func(s *sections) *pension { return s.Pension }, "pension formula")
	if err != nil {
		return err
	}
	table, tablePack, err := find(b, f.Region, day, func(s *sections) *payout { return s.Payout }, "payout months")
	if err != nil {
		return err
	}
	p.use(pack, rule.Source)
	p.use(tablePack, table.Source)

	p.Basic = Round(product(p.Base, million+f.Index, int64(f.Months), rule.Accrual), product(2, million, 12, million))
	p.step("O9.basic (%d + %d x %d ppm) / 2 x %d / 12 x %d ppm = %d", p.Base, p.Base, f.Index, f.Months, rule.Accrual, p.Basic)

	p.Divisor, err = table.tenths(p.Age)
	if err != nil {
		return err
	}
	n := max(0, p.Retire.Since(f.AsOf))
	p.Account = project(f.Account, rule.Interest, n)
	p.Personal = Round(product(p.Account, 10), product(int64(p.Divisor)))
	p.step("O10.account %d after %d months at %d ppm a year = %d", f.Account, n, rule.Interest, p.Account)
	p.step("O10.personal %d / %d.%d = %d", p.Account, p.Divisor/10, p.Divisor%10, p.Personal)
	return nil
}

// project is the account after n months of compound interest, rounded once at the end. It is exact before that: a power
// of a fraction, some thousands of bits for a working life.
func project(account, yearly int64, n int) int64 {
	exp := big.NewInt(int64(n))
	up := new(big.Int).Exp(big.NewInt(12*million+yearly), exp, nil)
	down := new(big.Int).Exp(big.NewInt(12*million), exp, nil)
	return Round(up.Mul(up, big.NewInt(account)), down)
}

// transition leaves the part at 0, and says so, where the region's packs have no such rule.
func (p *Pension) transition(b *Book, f PensionFacts) error {
	if f.Deemed == 0 && f.Before98 == 0 {
		return nil
	}
	rule, pack, err := find(b, f.Region, f.AsOf.First(), func(s *sections) *transition { return s.Transition }, "transition rule")
	if err != nil {
		p.Assumptions = append(p.Assumptions, fmt.Sprintf("no transition part: %v", err))
		return nil
	}
	p.use(pack, rule.Source)
	months := product(int64(f.Deemed), million)
	months.Add(months, product(f.Index, int64(f.Before98)))
	p.Transition = Round(months.Mul(months, product(p.Base, rule.Accrual)), product(12, million, million))
	p.step("%s.transition %d x (%d + %d ppm x %d) / 12 x %d ppm = %d", rule.Rule, p.Base, f.Deemed, f.Index, f.Before98, rule.Accrual, p.Transition)
	return nil
}
