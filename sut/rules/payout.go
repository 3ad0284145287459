package rules

import "fmt"

// payout is O8: for whole ages the number of months that a personal account is divided by.
type payout struct {
	Source `yaml:",inline"`
	From   int     `yaml:"from_age"` // age in years of the first entry
	Months []int64 `yaml:"months"`   // one for each year of age
}

func (p *payout) check() error {
	if len(p.Months) == 0 || p.From < 1 || p.From+len(p.Months)-1 > maxAge {
		return fmt.Errorf("%d entries from age %d: want at least one, from an age above 0 up to %d", len(p.Months), p.From, maxAge)
	}
	for i, m := range p.Months {
		if m < 1 || m > maxMonths || i > 0 && m >= p.Months[i-1] {
			return fmt.Errorf("age %d has %d months: want fewer than a year before, and 1 to %d", p.From+i, m, maxMonths)
		}
	}
	return nil
}

// PayoutMonths is the divisor of a personal account at an age in months, in tenths of a month: 1183 is 118.3 (O8). Ages
// between two birthdays are interpolated by month and rounded to the tenth. Ages outside the table are an error: public
// copies of it disagree there.
func (b *Book) PayoutMonths(region string, day Date, age int) (tenths int, err error) {
	l := find(b, region, day, func(s *sections) *payout { return s.Payout }, "payout months")
	if l.err != nil {
		return 0, l.err
	}
	return l.rule.tenths(age)
}

func (p *payout) tenths(age int) (int, error) {
	last := p.From + len(p.Months) - 1
	if err := between("age in months", int64(age), int64(p.From*12), int64(last*12)); err != nil {
		return 0, err
	}
	i, m := age/12-p.From, int64(age%12)
	twelfths := p.Months[i] * 12
	if m > 0 {
		twelfths -= (p.Months[i] - p.Months[i+1]) * m
	}
	return int(Round(twelfths, 10, 12)), nil
}
