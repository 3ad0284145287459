package rules

import (
	"fmt"
	"slices"
)

// A Risk is what an employer's rate of injury contributions goes by.
type Risk struct {
	Region string
	Date   Date
	Class  int   // 1, offices, to 8, mines
	Float  int64 // ppm of the class's rate, by the employer's own record; 1000000 is the class's rate itself
}

// An InjuryRate is the share of the wages an employer pays for injuries at work.
type InjuryRate struct {
	Rate int64 // ppm
	Basis
}

// injuryRates is O16.
type injuryRates struct {
	Source  `yaml:",inline"`
	Classes []riskClass `yaml:"classes"`
}

type riskClass struct {
	Rate   int64   `yaml:"rate_ppm"`
	Floats []int64 `yaml:"float_ppm"`
}

func (r *injuryRates) check() error {
	if len(r.Classes) == 0 {
		return fmt.Errorf("no class: want at least one")
	}
	for i, c := range r.Classes {
		if c.Rate < 1 || c.Rate > million || len(c.Floats) == 0 || slices.Min(c.Floats) < 1 || slices.Max(c.Floats) > 10*million {
			return fmt.Errorf("class %d has rate %d and floats %d: want 1 to 1000000 ppm and floats of 1 to 10000000", i+1, c.Rate, c.Floats)
		}
	}
	return nil
}

// InjuryRate reckons the rate of an employer's class and float, rounded to the ppm (O16).
func (b *Book) InjuryRate(r Risk) (InjuryRate, error) {
	if r.Date == 0 {
		return InjuryRate{}, &FactError{"date", "missing", "the day, such as 2023-01-01"}
	}
	l := find(b, r.Region, r.Date, func(s *sections) *injuryRates { return s.InjuryRates }, "injury rates")
	if l.err != nil {
		return InjuryRate{}, l.err
	}
	if err := between("class", int64(r.Class), 1, int64(len(l.rule.Classes))); err != nil {
		return InjuryRate{}, err
	}
	c := l.rule.Classes[r.Class-1]
	if !slices.Contains(c.Floats, r.Float) {
		return InjuryRate{}, &FactError{"float_ppm", fmt.Sprint(r.Float), fmt.Sprintf("one of %d for class %d", c.Floats, r.Class)}
	}
	out := InjuryRate{Rate: Round(c.Rate, r.Float, million)}
	out.use(l.pack, l.rule.Source)
	out.step("%s.rate of class %d: %d ppm x %d ppm = %d ppm", l.rule.Rule, r.Class, c.Rate, r.Float, out.Rate)
	return out, nil
}
