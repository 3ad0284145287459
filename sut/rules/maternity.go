package rules

// A Confinement is a birth, or a pregnancy that ended without one.
type Confinement struct {
	Region    string
	Date      Date  // decides the pack
	Average   int64 // fen, last year's average wage of a month at the employer
	Children  int   // born; 0: the pregnancy ended without a birth
	Difficult bool  // the birth was difficult
	Months    int   // full months of pregnancy; read only where Children is 0
}

// An Allowance is the maternity allowance: paid leave and its pay.
type Allowance struct {
	Days   int
	Amount int64 // fen for all days together
	Basis
}

// maternity is O17.
type maternity struct {
	Source    `yaml:",inline"`
	Days      int   `yaml:"days"`
	Difficult int   `yaml:"difficult_days"`
	Child     int   `yaml:"further_child_days"`
	EarlyLoss int   `yaml:"early_loss_days"` // before LossMonth full months
	LateLoss  int   `yaml:"late_loss_days"`
	LossMonth int   `yaml:"late_loss_from_month"`
	Month     int64 `yaml:"days_of_month"` // what a month's wage is divided by
}

func (m *maternity) check() error {
	for _, days := range []int{m.Days, m.Difficult, m.Child, m.EarlyLoss, m.LateLoss} {
		if err := between("days of leave", int64(days), 0, 366); err != nil {
			return err
		}
	}
	if err := between("late_loss_from_month", int64(m.LossMonth), 1, 10); err != nil {
		return err
	}
	return between("days_of_month", m.Month, 1, 31)
}

func (m *maternity) leave(c *Confinement) (days int) {
	switch {
	case c.Children == 0 && c.Months < m.LossMonth:
		return m.EarlyLoss
	case c.Children == 0:
		return m.LateLoss
	case c.Difficult:
		days = m.Difficult
	}
	return days + m.Days + (c.Children-1)*m.Child
}

// Maternity reckons the allowance: average / days of a month x days of leave, rounded once to the fen (O17).
func (b *Book) Maternity(c Confinement) (Allowance, error) {
	if c.Date == 0 {
		return Allowance{}, &FactError{"date", "missing", "the day, such as 2023-01-01"}
	}
	for _, f := range []struct {
		field string
		v, hi int64
	}{{"average_wage_fen", c.Average, maxBase}, {"children", int64(c.Children), 10}, {"months_of_pregnancy", int64(c.Months), 10}} {
		if err := between(f.field, f.v, 0, f.hi); err != nil {
			return Allowance{}, err
		}
	}
	l := find(b, c.Region, c.Date, func(s *sections) *maternity { return s.Maternity }, "maternity allowance")
	if l.err != nil {
		return Allowance{}, l.err
	}
	a := Allowance{Days: l.rule.leave(&c)}
	a.Amount = Round(c.Average, int64(a.Days), l.rule.Month)
	a.use(l.pack, l.rule.Source)
	a.step("%s.allowance %d / %d x %d days = %d", l.rule.Rule, c.Average, l.rule.Month, a.Days, a.Amount)
	return a, nil
}
