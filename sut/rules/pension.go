package rules

// PensionFacts are what a pension is estimated from.
type PensionFacts struct {
	Birth    Month
	Class    Class
	Months   int    // months that count at retirement, deemed ones included
	Index    int64  // ppm, mean of wage / average wage over those months, above 0, 3000000 at most
	Account  int64  // fen on the pension personal account at AsOf
	Deemed   int    // months deemed paid, before personal accounts began
	Before98 int    // months paid between the start of payments and 1998-06 (Beijing's N98)
	AsOf     Month  // the month of reckoning; its first day decides the packs
	Region   string // such as 110000
	Base     int64  // C, fen a month; 0: the region's from its pack. Base x Index is the indexed wage of a month
}

// A Pension is the estimate of a monthly pension and what it rests on.
type Pension struct {
	Amounts
	Basis
}

// Amounts are the numbers of a [Pension], in fen a month, or in cents where the region counts in dollars.
type Amounts struct {
	Retire     Month
	Age        int   // months of age at Retire
	Minimum    int   // months one must have paid to draw a pension from Retire on; 0: no pack says
	Base       int64 // C
	Basic      int64
	Personal   int64
	Transition int64
	Total      int64 // Basic + Personal + Transition, in the US down to the dollar
	Account    int64 // fen on the personal account, projected to Retire
	Divisor    int   // payout months in tenths: 1183 is 118.3
}

// pension is O9 and O10: the accrual a year of the basic pension, and the yearly rate the account is projected with.
type pension struct {
	Source   `yaml:",inline"`
	Accrual  int64 `yaml:"accrual_ppm"`
	Interest int64 `yaml:"account_interest_ppm"`

	growth growth // by Interest, made when the pack is read
}

func (p *pension) check() error {
	if err := between("account_interest_ppm", p.Interest, 0, maxInterest); err != nil {
		return err
	}
	return between("accrual_ppm", p.Accrual, 1, million)
}

// pensionBase is C, the base of a region's pensions.
type pensionBase struct {
	Source `yaml:",inline"`
	Base   int64 `yaml:"base_fen"`
}

func (p *pensionBase) check() error { return between("base_fen", p.Base, 1, maxBase) }

// transition is O11.
type transition struct {
	Source  `yaml:",inline"`
	Accrual int64 `yaml:"accrual_ppm"`
}

func (t *transition) check() error { return between("accrual_ppm", t.Accrual, 1, million) }

// Estimate reckons the monthly pension at the statutory month of retirement, with what it rests on. The region's packs
// decide by which formula: the Chinese one (O6 to O12) or the American one (O21); see [Estimator.Estimate].
func (b *Book) Estimate(f PensionFacts) (Pension, error) {
	e, err := b.Estimator(f.Region, f.AsOf)
	if err != nil {
		return Pension{}, err
	}
	a, err := e.Estimate(f)
	if err != nil {
		return Pension{}, err
	}
	return Pension{a, e.explain(&f, &a)}, nil
}

// explain says what the amounts rest on, in the order they were reckoned.
func (e *Estimator) explain(f *PensionFacts, a *Amounts) Basis {
	var b Basis
	_, age, delay, _ := e.retirement.rule.at(f)
	b.retirement(e.retirement, f, a.Retire, age, delay)
	if f.Base != 0 {
		b.step("base C %d as given", a.Base)
	} else {
		b.use(e.base.pack, e.base.rule.Source)
		b.step("%s.base C %d of %s", e.base.rule.Rule, a.Base, e.base.pack.Region)
	}
	if e.years != nil {
		e.explainPrimary(&b, f, a)
	} else {
		e.explainParts(&b, f, a)
	}
	b.assume("months and index are those at retirement; nothing is paid in after as_of")
	e.explainMinimum(&b, f, a)
	return b
}

func (e *Estimator) explainParts(b *Basis, f *PensionFacts, a *Amounts) {
	p := e.pension.rule
	b.use(e.pension.pack, p.Source)
	b.use(e.payout.pack, e.payout.rule.Source)
	b.step("O9.basic (%d + %d x %d ppm) / 2 x %d / 12 x %d ppm = %d", a.Base, a.Base, f.Index, f.Months, p.Accrual, a.Basic)
	b.step("O10.account %d after %d months at %d ppm a year = %d", f.Account, e.wait(a.Retire), p.Interest, a.Account)
	b.step("O10.personal %d / %d.%d = %d", a.Account, a.Divisor/10, a.Divisor%10, a.Personal)
	b.assume("the base C stays what it is at as_of")
	e.explainTransition(b, f, a)
	b.step("total %d + %d + %d = %d", a.Basic, a.Personal, a.Transition, a.Total)
}

func (e *Estimator) explainTransition(b *Basis, f *PensionFacts, a *Amounts) {
	if f.Deemed == 0 && f.Before98 == 0 {
		return
	}
	if e.transition.err != nil {
		b.assume("no transition part: %v", e.transition.err)
		return
	}
	t := e.transition.rule
	b.use(e.transition.pack, t.Source)
	b.step("%s.transition %d x (%d + %d ppm x %d) / 12 x %d ppm = %d", t.Rule, a.Base, f.Deemed, f.Index, f.Before98, t.Accrual, a.Transition)
}

func (e *Estimator) explainMinimum(b *Basis, f *PensionFacts, a *Amounts) {
	if e.minimum.err != nil {
		b.assume("the minimum of paid months is not tested: %v", e.minimum.err)
		return
	}
	m := e.minimum.rule
	b.use(e.minimum.pack, m.Source)
	b.step("%s.minimum in %s: %d months, %d count", m.Rule, a.Retire, a.Minimum, f.Months)
	if f.Months < a.Minimum {
		b.assume("%d months are short of the minimum of %d: without %d more no monthly pension is drawn", f.Months, a.Minimum, a.Minimum-f.Months)
	}
}
