package rules

// An Undeclared month is one for which an employer declared nothing by the end of its term.
type Undeclared struct {
	Region string
	Month  Month // its first day decides the pack
	Last   int64 // fen the employer paid in the month before
}

// An Assessment is what an undeclared month is taken to owe until it is declared.
type Assessment struct {
	Amount int64 // fen
	Basis
}

// undeclared is O4.
type undeclared struct {
	Source `yaml:",inline"`
	Share  int64 `yaml:"share_of_last_ppm"`
}

func (u *undeclared) check() error { return between("share_of_last_ppm", u.Share, 1, 10*million) }

// Assess reckons what an undeclared month is taken to owe: the share of the month before that the law says, rounded to
// the fen (O4).
func (b *Book) Assess(u Undeclared) (Assessment, error) {
	if u.Month == 0 {
		return Assessment{}, &FactError{"month", "missing", "the undeclared month, such as 2023-01"}
	}
	if err := between("last_fen", u.Last, 0, maxSum); err != nil {
		return Assessment{}, err
	}
	l := find(b, u.Region, u.Month.First(), func(s *sections) *undeclared { return s.Undeclared }, "assessment of undeclared months")
	if l.err != nil {
		return Assessment{}, l.err
	}
	a := Assessment{Amount: Round(u.Last, l.rule.Share, million)}
	a.use(l.pack, l.rule.Source)
	a.step("%s.assessed %d x %d ppm = %d", l.rule.Rule, u.Last, l.rule.Share, a.Amount)
	return a, nil
}
