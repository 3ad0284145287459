package rules

// A Minimum is how long one must have paid to draw a pension.
type Minimum struct {
	Months int
	Basis
}

// minimum is O7: Months, and from the year Rises on Step more for each year, Most at most. Without Rises it stands still.
type minimum struct {
	Source `yaml:",inline"`
	Months int `yaml:"months"`
	Rises  int `yaml:"rises_from_year"`
	Step   int `yaml:"step_months"`
	Most   int `yaml:"most_months"`
}

func (m *minimum) check() error {
	if err := between("months", int64(m.Months), 1, maxMonths); err != nil || m.Rises == 0 {
		return err
	}
	if err := between("step_months", int64(m.Step), 1, 12); err != nil {
		return err
	}
	return between("most_months", int64(m.Most), int64(m.Months), maxMonths)
}

// in is the minimum for a pension that begins in the year.
func (m *minimum) in(year int) int {
	if m.Rises == 0 || year < m.Rises {
		return m.Months
	}
	return min(m.Most, m.Months+(year-m.Rises+1)*m.Step)
}

// MinimumMonths is how long one must have paid for a pension that begins in the month retire, by the law as it stands in
// the month asOf (O7).
func (b *Book) MinimumMonths(region string, asOf, retire Month) (Minimum, error) {
	if asOf == 0 || retire == 0 {
		return Minimum{}, &FactError{"as_of and retire", "missing", "months such as 2025-01"}
	}
	l := find(b, region, asOf.First(), func(s *sections) *minimum { return s.Minimum }, "minimum of paid months")
	if l.err != nil {
		return Minimum{}, l.err
	}
	m := Minimum{Months: l.rule.in(retire.First().Year())}
	m.use(l.pack, l.rule.Source)
	m.step("%s.minimum in %s: %d months", l.rule.Rule, retire, m.Months)
	return m, nil
}
