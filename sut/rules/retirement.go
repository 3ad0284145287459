package rules

import "fmt"

// A Class is the retirement class of a person: M for men, F55 and F50 for women whose age of retirement was 55 or 50.
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
	Delay int // months over the class's age of before 2025
	Basis
}

// retirement is O6: from the cohort First on, one month of delay more for every Step months of later birth, Most at most.
type retirement struct {
	Source  `yaml:",inline"`
	Classes map[Class]struct {
		Age   int   `yaml:"age"`         // years
		First Month `yaml:"first_birth"` // first month of birth with a delay; needed where Most > 0
		Step  int   `yaml:"step_months"`
		Most  int   `yaml:"most_months"`
	} `yaml:"classes"`
}

func (r *retirement) check() error {
	for name, c := range r.Classes {
		if c.Age < 1 || c.Age > 99 || c.Most < 0 || c.Most > 0 && (c.Step < 1 || c.First == 0) {
			return fmt.Errorf("class %s: want an age of 1 to 99 years and, with a delay, its first birth and a step", name)
		}
	}
	return nil
}

// Retire reckons the statutory month of retirement (O6). Of the facts it reads Birth, Class, Region and AsOf.
//
//	delay = min(most, max(0, 1 + floor(m / step))),   m = months of birth since the first cohort with a delay
func (b *Book) Retire(f PensionFacts) (Retirement, error) {
	if f.Birth < 190001 || f.Birth > f.AsOf {
		return Retirement{}, &FactError{"birth", f.Birth.String(), "a month from 1900-01 up to as_of, " + f.AsOf.String()}
	}
	rule, pack, err := find(b, f.Region, f.AsOf.First(), func(s *sections) *retirement { return s.Retirement }, "age of retirement")
	if err != nil {
		return Retirement{}, err
	}
	c, known := rule.Classes[f.Class]
	if !known {
		return Retirement{}, &FactError{"class", fmt.Sprintf("%q", f.Class), "M, F55 or F50"}
	}
	var r Retirement
	r.use(pack, rule.Source)
	if m := f.Birth.Since(c.First); c.Most > 0 && m >= 0 {
		r.Delay = min(c.Most, 1+m/c.Step)
	}
	r.Age = c.Age*12 + r.Delay
	r.Month = f.Birth.Add(r.Age)
	r.step("%s.retirement born %s, class %s: %d years + %d months = %s", rule.Rule, f.Birth, f.Class, c.Age, r.Delay, r.Month)
	return r, nil
}
