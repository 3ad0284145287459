package rules

import (
	"fmt"
	"maps"
	"slices"
)

// A Class is the retirement class of a person: M for men, F55 and F50 for women whose age of retirement was 55 or 50.
// Another country has classes of its own.
type Class string

// The classes of the Chinese rules.
const (
	Men     Class = "M"
	Women55 Class = "F55"
	Women50 Class = "F50"
)

// A Retirement is when a person may draw a pension by statute.
type Retirement struct {
	Month Month
	Age   int // months of age in that month
	Delay int // months over the class's age without a delay
	Basis
}

// retirement is O6: from the cohort First on, Each months of delay for every Step months of later birth, Most at most.
type retirement struct {
	Source  `yaml:",inline"`
	Classes map[Class]ages `yaml:"classes"`
}

type ages struct {
	Age   int   `yaml:"age"`         // years
	First Month `yaml:"first_birth"` // first month of birth with a delay; needed where Most > 0
	Step  int   `yaml:"step_months"`
	Each  int   `yaml:"each_months"`
	Most  int   `yaml:"most_months"`
}

func (r *retirement) check() error {
	if len(r.Classes) == 0 {
		return fmt.Errorf("no class: want at least one")
	}
	for name, c := range r.Classes {
		delay := c.Most > 0 && c.Most <= 240 && c.Step >= 1 && c.Each >= 1 && c.Each <= 12 && c.First >= 190001
		if c.Age < 1 || c.Age > maxAge-20 || !delay && c != (ages{Age: c.Age}) {
			return fmt.Errorf("class %s: want an age of 1 to %d years and, with a delay, its first birth, a step, 1 to 12 months for each and 240 at most", name, maxAge-20)
		}
	}
	return nil
}

// at is the month of retirement and the delay in it:
//
//	delay = min(most, each·max(0, 1 + floor(m / step))),   m = months of birth since the first cohort with a delay
func (r *retirement) at(f *PensionFacts) (month Month, age, delay int, err error) {
	if f.Birth < 190001 || f.Birth > f.AsOf || f.Birth%100 < 1 || f.Birth%100 > 12 {
		return 0, 0, 0, &FactError{"birth", f.Birth.String(), "a month from 1900-01 up to as_of, " + f.AsOf.String()}
	}
	c, known := r.Classes[f.Class]
	if !known {
		return 0, 0, 0, &FactError{"class", fmt.Sprintf("%q", f.Class), fmt.Sprintf("one of %q", slices.Sorted(maps.Keys(r.Classes)))}
	}
	if c.Most > 0 && f.Birth >= c.First {
		delay = min(c.Most, c.Each*(1+f.Birth.Since(c.First)/c.Step))
	}
	age = c.Age*12 + delay
	return f.Birth.Add(age), age, delay, nil
}

// Retire reckons the statutory month of retirement (O6). Of the facts it reads Birth, Class, Region and AsOf.
func (b *Book) Retire(f PensionFacts) (Retirement, error) {
	if err := between("as_of", int64(f.AsOf), 190001, 999912); err != nil {
		return Retirement{}, err
	}
	l := find(b, f.Region, f.AsOf.First(), func(s *sections) *retirement { return s.Retirement }, "age of retirement")
	if l.err != nil {
		return Retirement{}, l.err
	}
	var r Retirement
	var err error
	if r.Month, r.Age, r.Delay, err = l.rule.at(&f); err != nil {
		return Retirement{}, err
	}
	r.Basis.retirement(l, &f, r.Month, r.Age, r.Delay)
	return r, nil
}

func (b *Basis) retirement(l law[retirement], f *PensionFacts, month Month, age, delay int) {
	b.use(l.pack, l.rule.Source)
	b.step("%s.retirement born %s, class %s: %d years + %d months = %s", l.rule.Rule, f.Birth, f.Class, (age-delay)/12, delay, month)
}
