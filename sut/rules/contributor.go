package rules

// A Contributor is the law of contributions of one region and month, found once for the many lines of a declaration.
// It never changes, so goroutines may share it. [Book.Contribute] gives the same amounts with what they rest on.
type Contributor struct {
	floor, cap int64
	bounds     law[wageBase]
	rates      law[contributions]
}

// Dues are the amounts of a [Contribution], without what they rest on.
type Dues struct {
	Base             int64 // fen, the wage held between floor and cap
	Employer, Person int64 // fen, sums over Parts
	Parts            [maxSchemes]Share
}

// A Share is what employer and person owe to one scheme, in fen.
type Share struct{ Employer, Person int64 }

// maxSchemes bounds the schemes of a pack; China has five.
const maxSchemes = 5

// Contributor finds the law for those with an employer (O1, O2). The error is a [FactError] or wraps [ErrNoRule].
func (b *Book) Contributor(region string, month Month) (*Contributor, error) {
	return b.contributor(region, month, func(s *sections) *contributions { return s.Contributions }, "contribution rates")
}

// FlexibleContributor finds the law for those who pay alone (O1, O3).
func (b *Book) FlexibleContributor(region string, month Month) (*Contributor, error) {
	return b.contributor(region, month, func(s *sections) *contributions { return s.Flexible }, "contribution rates of flexible workers")
}

func (b *Book) contributor(region string, month Month, of func(*sections) *contributions, what string) (*Contributor, error) {
	if month == 0 {
		return nil, &FactError{"month", "missing", "the month worked, such as 2023-01"}
	}
	bounds := find(b, region, month.First(), func(s *sections) *wageBase { return s.WageBase }, "contribution base")
	if bounds.err != nil {
		return nil, bounds.err
	}
	rates := find(b, region, month.First(), of, what)
	if rates.err != nil {
		return nil, rates.err
	}
	w := bounds.rule
	return &Contributor{floor: w.bound(w.Floor), cap: w.bound(w.Cap), bounds: bounds, rates: rates}, nil
}

// Schemes are the names of the parts of [Dues], in their order: pension, medical, ….
func (c *Contributor) Schemes() []string {
	names := make([]string, len(c.rates.rule.Schemes))
	for i, s := range c.rates.rule.Schemes {
		names[i] = s.Scheme
	}
	return names
}

// Packs are the ids of the packs that the dues rest on, to be stored with them.
func (c *Contributor) Packs() []string {
	return appendNew([]string{c.bounds.pack.ID}, c.rates.pack.ID)
}

// Contribute reckons the dues for a wage in fen. It allocates nothing. The error is a [FactError].
func (c *Contributor) Contribute(wage int64) (Dues, error) {
	if wage < 0 || wage > maxMoney {
		return Dues{}, between("wage_fen", wage, 0, maxMoney)
	}
	d := Dues{Base: min(max(wage, c.floor), c.cap)}
	for i := range c.rates.rule.Schemes {
		s := &c.rates.rule.Schemes[i]
		p := Share{Round(d.Base, s.Employer, million), Round(d.Base, s.Person, million)}
		d.Parts[i] = p
		d.Employer += p.Employer
		d.Person += p.Person
	}
	return d, nil
}
