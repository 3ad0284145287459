package rules

import "fmt"

// Interest is what a personal account of the pension earned in a year.
type Interest struct {
	Amount int64 // fen
	Basis
}

// Interest reckons a year's interest on a personal account that stood at account fen, at the rate and with the monthly
// compounding that accounts are projected with (O10). The pack is that of the year's last day.
func (b *Book) Interest(region string, year int, account int64) (Interest, error) {
	if err := between("account_fen", account, 0, maxMoney); err != nil {
		return Interest{}, err
	}
	day := Date(year*10000 + 1231)
	if err := between("year", int64(year), 1900, 9999); err != nil {
		return Interest{}, err
	}
	l := find(b, region, day, func(s *sections) *pension { return s.Pension }, "interest on accounts")
	if l.err != nil {
		return Interest{}, fmt.Errorf("year %d: %w", year, l.err)
	}
	i := Interest{Amount: l.rule.growth.project(account, 12) - account}
	i.use(l.pack, l.rule.Source)
	i.step("O10.interest on %d at %d ppm for a year = %d", account, l.rule.Interest, i.Amount)
	return i, nil
}
