package rules

import "fmt"

// An Estimator is the law of pensions of one region as it stands in one month, found once for many estimates.
// It never changes, so goroutines may share it. [Book.Estimate] gives the same amounts with what they rest on.
type Estimator struct {
	region string
	asOf   Month

	retirement law[retirement]
	minimum    law[minimum]
	base       law[pensionBase]
	pension    law[pension]
	payout     law[payout]
	transition law[transition]
	years      []insured // in place of the four above where the region has primary insurance (O21)
}

// Estimator finds the law of pensions of a region as of a month. The error is a [FactError] or wraps [ErrNoRule].
func (b *Book) Estimator(region string, asOf Month) (*Estimator, error) {
	if err := between("as_of", int64(asOf), 190001, 999912); err != nil {
		return nil, err
	}
	day := asOf.First()
	e := &Estimator{
		region: region, asOf: asOf,
		retirement: find(b, region, day, func(s *sections) *retirement { return s.Retirement }, "age of retirement"),
		minimum:    find(b, region, day, func(s *sections) *minimum { return s.Minimum }, "minimum of paid months"),
		base:       find(b, region, day, func(s *sections) *pensionBase { return s.PensionBase }, "pension base"),
		pension:    find(b, region, day, func(s *sections) *pension { return s.Pension }, "pension formula"),
		payout:     find(b, region, day, func(s *sections) *payout { return s.Payout }, "payout months"),
		transition: find(b, region, day, func(s *sections) *transition { return s.Transition }, "transition rule"),
	}
	if e.retirement.err != nil {
		return nil, e.retirement.err
	}
	if e.pension.err == nil {
		return e, e.payout.err
	}
	if e.years = b.insuredYears(region, day); e.years == nil {
		return nil, e.pension.err
	}
	return e, nil
}

// Estimate reckons the monthly pension at the statutory month of retirement. It allocates nothing. The error is a
// [FactError], or wraps [ErrNoRule] where the facts ask for a rule that no pack holds. In China (O6 to O12):
//
//	basic      = (C + C·index)/2 · months/12 · accrual
//	personal   = account · (1 + r/12)^n / payout months,   n = months from AsOf to retirement
//	transition = C·deemed/12 · accrual + C·index·before98/12 · accrual
//
// Each of the three and the projected account are rounded once. For the United States see packs/US@2013-01-01.yaml.
func (e *Estimator) Estimate(f PensionFacts) (Amounts, error) {
	if err := e.check(&f); err != nil {
		return Amounts{}, err
	}
	month, age, _, err := e.retirement.rule.at(&f)
	if err != nil {
		return Amounts{}, err
	}
	a := Amounts{Retire: month, Age: age, Base: f.Base}
	if f.Base == 0 {
		if e.base.err != nil {
			return Amounts{}, fmt.Errorf("%w: give base_fen", e.base.err)
		}
		a.Base = e.base.rule.Base
	}
	if e.minimum.err == nil {
		a.Minimum = e.minimum.rule.in(month.First().Year())
	}
	if e.years != nil {
		return a, e.insure(&f, &a)
	}
	return a, e.parts(&f, &a)
}

func (e *Estimator) parts(f *PensionFacts, a *Amounts) error {
	var err error
	if a.Divisor, err = e.payout.rule.tenths(a.Age); err != nil {
		return err
	}
	p := e.pension.rule
	a.Basic = Round(a.Base*(million+f.Index), int64(f.Months)*p.Accrual, 2*million*12*million)
	a.Account = p.growth.project(f.Account, e.wait(a.Retire))
	a.Personal = Round(a.Account, 10, int64(a.Divisor))
	if e.transition.err == nil {
		months := int64(f.Deemed)*million + f.Index*int64(f.Before98)
		a.Transition = Round(months, a.Base*e.transition.rule.Accrual, 12*million*million)
	}
	a.Total = a.Basic + a.Personal + a.Transition
	return nil
}

// wait is the number of months the account still grows.
func (e *Estimator) wait(retire Month) int { return max(0, retire.Since(e.asOf)) }

func (e *Estimator) check(f *PensionFacts) error {
	if f.Region != e.region || f.AsOf != e.asOf {
		return &FactError{"region and as_of", f.Region + " and " + f.AsOf.String(), "those of the estimator, " + e.region + " and " + e.asOf.String()}
	}
	for _, c := range [...]struct {
		field     string
		v, lo, hi int64
	}{
		{"months", int64(f.Months), 1, maxMonths},
		{"index_ppm", f.Index, 1, 3 * million},
		{"account_fen", f.Account, 0, maxMoney},
		{"deemed_months", int64(f.Deemed), 0, int64(f.Months)},
		{"before98_months", int64(f.Before98), 0, int64(f.Months)},
		{"base_fen", f.Base, 0, maxBase},
	} {
		if c.v < c.lo || c.v > c.hi {
			return between(c.field, c.v, c.lo, c.hi)
		}
	}
	return nil
}
