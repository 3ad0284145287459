package rules

import "fmt"

// A Wage is what a contribution is reckoned from.
type Wage struct {
	Region   string // such as 420500
	Month    Month  // the month worked; its first day decides the pack
	Wage     int64  // fen in that month, 0 or more; for a flexible worker the base they choose
	Flexible bool   // works for nobody in particular, and so pays every share alone (O3)
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
	if w.Average <= 0 || w.Average > maxBase || w.Floor < 0 || w.Cap < w.Floor || w.Cap > 10*million || w.Unit <= 0 || w.Unit > million {
		return fmt.Errorf("average %d, floor %d, cap %d, round to %d: want average and unit above 0, floor <= cap and a cap of ten averages at most", w.Average, w.Floor, w.Cap, w.Unit)
	}
	return nil
}

// bound rounds once: average x ppm / million, in units.
func (w *wageBase) bound(ppm int64) int64 { return Round(w.Average, ppm, million*w.Unit) * w.Unit }

// contributions is O2, and O3 for those who pay alone: the shares of the base.
type contributions struct {
	Source  `yaml:",inline"`
	Schemes []scheme `yaml:"schemes"`
}

type scheme struct {
	Scheme   string `yaml:"scheme"`
	Employer int64  `yaml:"employer_ppm"`
	Person   int64  `yaml:"person_ppm"`
}

func (c *contributions) check() error {
	if len(c.Schemes) == 0 || len(c.Schemes) > maxSchemes {
		return fmt.Errorf("%d schemes: want 1 to %d", len(c.Schemes), maxSchemes)
	}
	for _, s := range c.Schemes {
		if s.Scheme == "" || min(s.Employer, s.Person) < 0 || max(s.Employer, s.Person) > million || s.Employer+s.Person > million {
			return fmt.Errorf("scheme %q takes %d + %d ppm: want a name and shares of 0 to 1000000 together", s.Scheme, s.Employer, s.Person)
		}
	}
	return nil
}

// Contribute reckons the contributions of one month, each scheme's two shares rounded to the fen (O1, O2, O3).
func (b *Book) Contribute(w Wage) (Contribution, error) {
	resolve := b.Contributor
	if w.Flexible {
		resolve = b.FlexibleContributor
	}
	r, err := resolve(w.Region, w.Month)
	if err != nil {
		return Contribution{}, err
	}
	d, err := r.Contribute(w.Wage)
	if err != nil {
		return Contribution{}, err
	}
	bounds, rates := r.bounds.rule, r.rates.rule
	c := Contribution{Floor: r.floor, Cap: r.cap, Base: d.Base, Employer: d.Employer, Person: d.Person, Parts: make([]Part, len(rates.Schemes))}
	c.use(r.bounds.pack, bounds.Source)
	c.use(r.rates.pack, rates.Source)
	c.step("%s.base %d held in %d..%d = %d", bounds.Rule, w.Wage, c.Floor, c.Cap, c.Base)
	for i, s := range rates.Schemes {
		p := Part{s.Scheme, d.Parts[i].Employer, d.Parts[i].Person}
		c.Parts[i] = p
		c.step("%s.%s %d x %d ppm = %d, x %d ppm = %d", rates.Rule, s.Scheme, c.Base, s.Employer, p.Employer, s.Person, p.Person)
	}
	return c, nil
}
