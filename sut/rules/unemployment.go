package rules

import "fmt"

// A Jobless person asks for unemployment benefit.
type Jobless struct {
	Region   string
	Date     Date // the day that decides the packs
	Paid     int  // months both employer and person paid since the last benefit began
	Carried  int  // months of an earlier benefit that were not drawn
	Claimed  int  // months of this benefit drawn so far
	Extended bool // the agency found that the benefit goes on after its term, for a pension is near
}

// An Unemployment benefit is how long and how much.
type Unemployment struct {
	Term   int   // months in all; 0: no claim
	Left   int   // months of Term not yet drawn
	Amount int64 // fen for the next month; 0 where none is left
	Basis
}

// unemploymentTerm is the first half of O14: the most months by time paid, and in some regions so many months for each
// full year.
type unemploymentTerm struct {
	Source  `yaml:",inline"`
	Bands   []termBand `yaml:"bands"`           // in the order of From
	PerYear int        `yaml:"months_per_year"` // 0: the band's most is the term
	Most    int        `yaml:"most_months"`     // with what is carried over
}

type termBand struct {
	From int `yaml:"from_months_paid"`
	Most int `yaml:"most_months"`
}

func (u *unemploymentTerm) check() error {
	if len(u.Bands) == 0 || u.PerYear < 0 || u.PerYear > 12 || u.Most < 1 || u.Most > maxMonths {
		return fmt.Errorf("%d bands, %d months a year, %d at most: want a band, 0 to 12 and 1 to %d", len(u.Bands), u.PerYear, u.Most, maxMonths)
	}
	for i, b := range u.Bands {
		if b.From < 1 || b.Most < 1 || b.Most > u.Most || i > 0 && b.From <= u.Bands[i-1].From {
			return fmt.Errorf("band of %d months from %d paid: want bands that rise, of 1 to %d months", b.Most, b.From, u.Most)
		}
	}
	return nil
}

// own is the term for the time paid alone.
func (u *unemploymentTerm) own(paid int) (months int) {
	for _, b := range u.Bands {
		if paid >= b.From {
			months = b.Most
		}
	}
	if u.PerYear > 0 {
		months = min(months, paid/12*u.PerYear)
	}
	return months
}

// unemploymentAmount is the second half of O14, which each province sets.
type unemploymentAmount struct {
	Source   `yaml:",inline"`
	Steps    []amountStep `yaml:"steps"`        // in the order of Through
	Extended int64        `yaml:"extended_fen"` // a month after the term
}

type amountStep struct {
	Through int   `yaml:"through_month"` // the last month drawn that this is paid for
	Amount  int64 `yaml:"amount_fen"`
}

func (u *unemploymentAmount) check() error {
	if len(u.Steps) == 0 {
		return fmt.Errorf("no steps: want at least one")
	}
	for i, s := range u.Steps {
		if i > 0 && s.Through <= u.Steps[i-1].Through {
			return fmt.Errorf("step through month %d: want steps that rise", s.Through)
		}
		if err := between("amount_fen", s.Amount, 1, maxBase); err != nil {
			return err
		}
	}
	return between("extended_fen", u.Extended, 0, maxBase)
}

// Unemployment reckons term and monthly amount of the unemployment benefit (O14). Less than the first band's time paid
// gives no term of its own; what is carried over can still be drawn.
func (b *Book) Unemployment(j Jobless) (Unemployment, error) {
	if j.Date == 0 {
		return Unemployment{}, &FactError{"date", "missing", "the day, such as 2026-09-01"}
	}
	for _, c := range []struct {
		field string
		v     int
	}{{"paid_months", j.Paid}, {"carried_months", j.Carried}, {"claimed_months", j.Claimed}} {
		if err := between(c.field, int64(c.v), 0, maxMonths); err != nil {
			return Unemployment{}, err
		}
	}
	term := find(b, j.Region, j.Date, func(s *sections) *unemploymentTerm { return s.UnemploymentTerm }, "unemployment term")
	if term.err != nil {
		return Unemployment{}, term.err
	}
	amount := find(b, j.Region, j.Date, func(s *sections) *unemploymentAmount { return s.UnemploymentAmount }, "unemployment amount")
	if amount.err != nil {
		return Unemployment{}, amount.err
	}
	var u Unemployment
	u.use(term.pack, term.rule.Source)
	u.use(amount.pack, amount.rule.Source)
	own := term.rule.own(j.Paid)
	u.Term = min(term.rule.Most, own+j.Carried)
	u.Left = max(0, u.Term-j.Claimed)
	u.step("%s.term %d months paid give %d, with %d carried over %d, %d left", term.rule.Rule, j.Paid, own, j.Carried, u.Term, u.Left)
	switch {
	case u.Left > 0:
		u.Amount = amount.rule.in(j.Claimed + 1)
		u.step("%s.amount of month %d = %d", amount.rule.Rule, j.Claimed+1, u.Amount)
	case j.Extended && u.Term > 0:
		u.Amount = amount.rule.Extended
		u.step("%s.amount after the term = %d", amount.rule.Rule, u.Amount)
	}
	return u, nil
}

// in is the amount of the n-th month drawn; the last step goes on.
func (u *unemploymentAmount) in(n int) int64 {
	for _, s := range u.Steps {
		if n <= s.Through {
			return s.Amount
		}
	}
	return u.Steps[len(u.Steps)-1].Amount
}
