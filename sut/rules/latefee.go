package rules

import "fmt"

// Arrears are contributions that were not paid when they were due.
type Arrears struct {
	Region    string
	Principal int64 // fen unpaid
	From      Date  // the first day in arrears
	To        Date  // the day of payment, which costs nothing any more
}

// A LateFee is what arrears cost.
type LateFee struct {
	Days int
	Fee  int64 // fen
	Basis
}

// lateFee is O5.
type lateFee struct {
	Source `yaml:",inline"`
	Daily  int64 `yaml:"daily_ppm"`
}

func (l *lateFee) check() error { return between("daily_ppm", l.Daily, 1, 10_000) }

// LateFee reckons the fee on arrears: simple interest by the day, each day at the rate in force on it, rounded once to
// the fen (O5).
func (b *Book) LateFee(a Arrears) (LateFee, error) {
	if a.From == 0 || a.To < a.From || a.To.Year()-a.From.Year() > maxAge {
		return LateFee{}, &FactError{"from and to", fmt.Sprintf("%q to %q", a.From, a.To), fmt.Sprintf("two days, the first not after the second and within %d years", maxAge)}
	}
	if err := between("principal_fen", a.Principal, 0, maxSum); err != nil {
		return LateFee{}, err
	}
	of := func(s *sections) *lateFee { return s.LateFee }
	fee := LateFee{Days: a.To.Since(a.From)}
	var owed int64 // ppm of the principal
	for day := a.From; day < a.To; {
		l := find(b, a.Region, day, of, "late fee")
		if l.err != nil {
			return LateFee{}, l.err
		}
		next := a.To
		if c := change(b, a.Region, day, of); c != 0 {
			next = min(next, c)
		}
		days := next.Since(day)
		owed += int64(days) * l.rule.Daily
		fee.use(l.pack, l.rule.Source)
		fee.step("%s.days %s to %s: %d x %d ppm", l.rule.Rule, day, next, days, l.rule.Daily)
		day = next
	}
	fee.Fee = Round(a.Principal, owed, million)
	fee.step("late fee %d x %d ppm = %d", a.Principal, owed, fee.Fee)
	return fee, nil
}
