package rules

// A MedicalHistory is what a flexible worker brings who begins to pay medical contributions, or begins again.
type MedicalHistory struct {
	Region string
	Date   Date // the day of joining; decides the pack
	First  bool // never insured before
	Gap    int  // full months since the last insurance ended; not read where First
	Paid   int  // months paid in a life, deemed ones included
}

// A MedicalWaiting is how long benefits are waited for, and how much is missing for those of the retired.
type MedicalWaiting struct {
	Wait  int // months from joining without benefits
	Short int // months still to be paid for medical benefits after retirement without contributions
	Basis
}

// medicalWaiting is O19.
type medicalWaiting struct {
	Source   `yaml:",inline"`
	FreeGap  int `yaml:"free_gap_months"`
	Wait     int `yaml:"wait_months"`
	Lifetime int `yaml:"lifetime_months"`
}

func (m *medicalWaiting) check() error {
	for _, months := range []int{m.FreeGap, m.Wait, m.Lifetime} {
		if err := between("a number of months", int64(months), 0, maxMonths); err != nil {
			return err
		}
	}
	return nil
}

// MedicalWaiting reckons the wait of a flexible worker after a gap, and the lifetime months that are missing (O19).
func (b *Book) MedicalWaiting(h MedicalHistory) (MedicalWaiting, error) {
	if h.Date == 0 {
		return MedicalWaiting{}, &FactError{"date", "missing", "the day of joining, such as 2026-07-01"}
	}
	if err := between("gap_months", int64(h.Gap), 0, maxMonths); err != nil {
		return MedicalWaiting{}, err
	}
	if err := between("paid_months", int64(h.Paid), 0, maxMonths); err != nil {
		return MedicalWaiting{}, err
	}
	l := find(b, h.Region, h.Date, func(s *sections) *medicalWaiting { return s.MedicalWaiting }, "medical waiting time")
	if l.err != nil {
		return MedicalWaiting{}, l.err
	}
	w := MedicalWaiting{Short: max(0, l.rule.Lifetime-h.Paid)}
	if h.First || h.Gap > l.rule.FreeGap {
		w.Wait = l.rule.Wait
	}
	w.use(l.pack, l.rule.Source)
	w.step("%s.wait first %t, gap %d, %d free = %d months", l.rule.Rule, h.First, h.Gap, l.rule.FreeGap, w.Wait)
	w.step("%s.lifetime %d of %d months paid, %d short", l.rule.Rule, h.Paid, l.rule.Lifetime, w.Short)
	return w, nil
}
