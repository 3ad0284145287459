package rules

import (
	"fmt"
	"slices"
)

// primary is O21, the primary insurance amount of the United States: the shares of three slices of the indexed wage, by
// the year a person becomes eligible, and the raise that year ends with. One pack holds one year.
type primary struct {
	Source `yaml:",inline"`
	Age    int     `yaml:"eligible_age"` // years
	Wages  int64   `yaml:"wage_index"`   // cents: the national average wage index of two years before
	Of1977 int64   `yaml:"wage_index_of_1977"`
	Points []int64 `yaml:"points_of_1979"` // dollars: where the slices of 1979 ended, raised by wages since
	Shares []int64 `yaml:"share_ppm"`      // of the three slices
	Raise  *int64  `yaml:"raise_ppm"`      // in force from December of the year on; none: not yet known
}

const (
	dime   = 10  // cents, what primary insurance amounts are cut down to
	dollar = 100 // cents, what is paid
)

func (p *primary) check() error {
	if len(p.Points) != 2 || len(p.Shares) != 3 || p.Points[0] > p.Points[1] {
		return fmt.Errorf("points %d and shares %d: want two points that rise and three shares", p.Points, p.Shares)
	}
	for _, s := range p.Shares {
		if err := between("share_ppm", s, 0, million); err != nil {
			return err
		}
	}
	if p.Raise != nil && (*p.Raise < 0 || *p.Raise > million) {
		return between("raise_ppm", *p.Raise, 0, million)
	}
	for _, v := range []int64{p.Wages, p.Of1977, p.Points[0] * dollar} {
		if err := between("an index or a point", v, dollar, maxBase); err != nil {
			return err
		}
	}
	// The two ratios are far below this in any real year; without it a point could be beyond all wages.
	if p.Wages > 1000*p.Of1977 || p.Points[1] > million {
		return fmt.Errorf("index %d over %d, second point %d: want a ratio of 1000 and %d dollars at most", p.Wages, p.Of1977, p.Points[1], million)
	}
	return between("eligible_age", int64(p.Age), 1, maxAge)
}

// point is a point of 1979 raised by wages, to the dollar, in cents.
func (p *primary) point(i int) int64 { return Round(p.Points[i], p.Wages, p.Of1977) * dollar }

// amount is the primary insurance amount of an indexed wage in cents, cut down to the dime.
func (p *primary) amount(wage, first, second int64) int64 {
	exact := p.Shares[0]*min(wage, first) + p.Shares[1]*max(0, min(wage, second)-first) + p.Shares[2]*max(0, wage-second)
	return down(exact/million, dime)
}

// An insured year is the law for those who become eligible in it.
type insured struct {
	year          int
	law           law[primary]
	first, second int64 // cents: where the slices end
}

// insuredYears are the years up to day that the packs of the region have primary insurance for, or nil.
func (b *Book) insuredYears(region string, day Date) (years []insured) {
	regions := lineage(region)
	for _, p := range slices.Backward(b.packs) {
		s := p.sections.Primary
		if s != nil && p.From <= day && slices.Contains(regions, p.Region) {
			years = append(years, insured{p.From.Year(), law[primary]{rule: s, pack: p}, s.point(0), s.point(1)})
		}
	}
	return years
}

// insure reckons the primary insurance amount by the year of eligibility, or by the latest year known where that is to
// come, and its raises up to as_of.
func (e *Estimator) insure(f *PensionFacts, a *Amounts) error {
	y, year, err := e.eligible(f)
	if err != nil {
		return err
	}
	a.Base = down(a.Base*f.Index/million, dollar)
	a.Basic = y.law.rule.amount(a.Base, y.first, y.second)
	for ; e.raised(year); year++ {
		y, err := e.year(year)
		if err != nil {
			return err
		}
		if y.law.rule.Raise == nil {
			return fmt.Errorf("region %q: the raise of %d-12 is not in %s: %w", e.region, year, y.law.pack.ID, ErrNoRule)
		}
		a.Basic = down(a.Basic*(million+*y.law.rule.Raise)/million, dime)
	}
	a.Total = down(a.Basic, dollar)
	return nil
}

// eligible is the year a person becomes eligible and the insured year that decides.
func (e *Estimator) eligible(f *PensionFacts) (*insured, int, error) {
	last := &e.years[len(e.years)-1]
	year := f.Birth.First().Year() + last.law.rule.Age
	if year > last.year {
		return last, year, nil
	}
	y, err := e.year(year)
	return y, year, err
}

func (e *Estimator) year(year int) (*insured, error) {
	for i := range e.years {
		if e.years[i].year == year {
			return &e.years[i], nil
		}
	}
	return nil, fmt.Errorf("region %q: no primary insurance of %d in the policy packs: %w", e.region, year, ErrNoRule)
}

// raised says whether the raise that the year ends with is in force.
func (e *Estimator) raised(year int) bool { return year*100+12 <= int(e.asOf) }

func (e *Estimator) explainPrimary(b *Basis, f *PensionFacts, a *Amounts) {
	y, year, _ := e.eligible(f)
	p := y.law.rule
	b.use(y.law.pack, p.Source)
	b.step("%s.indexed wage %d, down to the dollar", p.Rule, a.Base)
	amount := p.amount(a.Base, y.first, y.second)
	b.step("%s.primary %d ppm up to %d, %d ppm up to %d, %d ppm above = %d, down to the dime", p.Rule, p.Shares[0], y.first, p.Shares[1], y.second, p.Shares[2], amount)
	b.assume("amounts are cents of a dollar, at full retirement age: neither cut for an early start nor raised for a late one")
	if year > y.year {
		b.assume("the formula of %d stands in for %d, the year of eligibility", y.year, year)
	}
	for ; e.raised(year); year++ {
		y, _ := e.year(year)
		amount = down(amount*(million+*y.law.rule.Raise)/million, dime)
		b.use(y.law.pack, y.law.rule.Source)
		b.step("%s.raise of %d-12: %d ppm = %d, down to the dime", p.Rule, year, *y.law.rule.Raise, amount)
	}
	b.step("total %d, down to the dollar = %d", a.Basic, a.Total)
}
