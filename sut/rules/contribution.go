package rules

import "fmt"

// A Wage is what a contribution is reckoned from.
type Wage struct {
	Region string // such as 420500
	Month  Month  // the month worked; its first day decides the pack
	Wage   int64  // fen in that month, 0 or more
}

// A Contribution is what is owed for one person and month.
type Contribution struct {
	Floor, Cap, Base int64 // fen; Base is the wage held between Floor and Cap
	Parts            []Part
	Employer, Person int64 // fen, sums over Parts
	Basis
}

// A Part is one scheme's share of a contribution.
type Part struct {
	Scheme           string // pension, medical, unemployment, injury or maternity
	Employer, Person int64  // fen
}

// Total is what employer and person owe together, in fen.
func (c *Contribution) Total() int64 { return c.Employer + c.Person }

// wageBase is O1: floor and cap as shares of the average wage, rounded half up to whole units.
type wageBase struct {
	Source  `yaml:",inline"`
	Average int64 `yaml:"average_wage_fen"`
	Floor   int64 `yaml:"floor_ppm"`
	Cap     int64 `yaml:"cap_ppm"`
	Unit    int64 `yaml:"round_to_fen"`
}

func (w *wageBase) check() error {
	if w.Average <= 0 || w.Floor < 0 || w.Cap < w.Floor || w.Unit <= 0 {
		return fmt.Errorf("average %d, floor %d, cap %d, round to %d: want average and unit above 0 and floor <= cap", w.Average, w.Floor, w.Cap, w.Unit)
	}
	return nil
}

// bound rounds once: average x ppm / million, in units.
func (w *wageBase) bound(ppm int64) int64 {
	return Round(product(w.Average, ppm), product(million, w.Unit)) * w.Unit
}

// contributions is O2: the shares of the base.
type contributions struct {
	Source  `yaml:",inline"`
	Schemes []struct {
		Scheme   string `yaml:"scheme"`
		Employer int64  `yaml:"employer_ppm"`
		Person   int64  `yaml:"person_ppm"`
	} `yaml:"schemes"`
}

func (c *contributions) check() error {
	for _, s := range c.Schemes {
		if s.Scheme == "" || s.Employer < 0 || s.Person < 0 || s.Employer+s.Person > million {
			return fmt.Errorf("scheme %q takes %d + %d ppm: want a name and shares of 0 to 1000000 together", s.Scheme, s.Employer, s.Person)
		}
	}
	return nil
}

// Contribute reckons the contributions of one month, each scheme's two shares rounded to the fen (O1, O2).
func (b *Book) Contribute(w Wage) (Contribution, error) {
	if w.Month == 0 {
		return Contribution{}, &FactError{"month", "missing", "the month worked, such as 2023-01"}
	}
	if err := between("wage_fen", w.Wage, 0, maxMoney); err != nil {
		return Contribution{}, err
	}
	bounds, boundsPack, err := find(b, w.Region, w.Month.First(), func(s *sections) *wageBase { return s.WageBase }, "contribution base")
	if err != nil {
		return Contribution{}, err
	}
	rates, ratesPack, err := find(b, w.Region, w.Month.First(), func(s *sections) *contributions { return s.Contributions }, "contribution rates")
	if err != nil {
		return Contribution{}, err
	}
	c := Contribution{Floor: bounds.bound(bounds.Floor), Cap: bounds.bound(bounds.Cap)}
	c.use(boundsPack, bounds.Source)
	c.use(ratesPack, rates.Source)
	c.Base = min(max(w.Wage, c.Floor), c.Cap)
	c.step("%s.base %d held in %d..%d = %d", bounds.Rule, w.Wage, c.Floor, c.Cap, c.Base)
	for _, s := range rates.Schemes {
		p := Part{s.Scheme, share(c.Base, s.Employer), share(c.Base, s.Person)}
		c.Parts = append(c.Parts, p)
		c.Employer += p.Employer
		c.Person += p.Person
		c.step("%s.%s %d x %d ppm = %d, x %d ppm = %d", rates.Rule, s.Scheme, c.Base, s.Employer, p.Employer, s.Person, p.Person)
	}
	return c, nil
}
