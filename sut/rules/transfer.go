package rules

import "fmt"

// A Leaving is a person's pension record in the region they leave.
type Leaving struct {
	Region  string
	Date    Date // of the request; decides the pack
	Years   []PaidYear
	Account int64 // fen on the pension personal account
}

// A PaidYear is a calendar year with contributions.
type PaidYear struct {
	Base   int64 // fen a month, the mean of the bases really paid on
	Months int   // 1 to 12
}

// A Transfer is the money that goes with a person, and the months that go on counting.
type Transfer struct {
	Months  int
	Pool    int64 // fen from the pool
	Account int64 // fen, the whole personal account
	Basis
}

// Total is all that is sent, in fen.
func (t *Transfer) Total() int64 { return t.Pool + t.Account }

// transfer is O20.
type transfer struct {
	Source `yaml:",inline"`
	Pool   int64 `yaml:"pool_ppm"` // of each year's base
}

func (t *transfer) check() error { return between("pool_ppm", t.Pool, 0, million) }

// Transfer reckons what goes with a person to another region: the pool's share of what was really paid on, rounded to
// the fen year by year, and the whole account (O20).
func (b *Book) Transfer(f Leaving) (Transfer, error) {
	if f.Date == 0 {
		return Transfer{}, &FactError{"date", "missing", "the day of the request, such as 2023-01-01"}
	}
	if err := between("account_fen", f.Account, 0, maxMoney); err != nil {
		return Transfer{}, err
	}
	if len(f.Years) > maxAge {
		return Transfer{}, &FactError{"years", fmt.Sprint(len(f.Years)), fmt.Sprintf("%d at most", maxAge)}
	}
	l := find(b, f.Region, f.Date, func(s *sections) *transfer { return s.Transfer }, "transfer rule")
	if l.err != nil {
		return Transfer{}, l.err
	}
	t := Transfer{Account: f.Account}
	t.use(l.pack, l.rule.Source)
	for i, y := range f.Years {
		if err := between(fmt.Sprintf("years[%d].base_fen", i), y.Base, 0, maxBase); err != nil {
			return Transfer{}, err
		}
		if err := between(fmt.Sprintf("years[%d].months", i), int64(y.Months), 1, 12); err != nil {
			return Transfer{}, err
		}
		pool := Round(y.Base*int64(y.Months), l.rule.Pool, million)
		t.Months += y.Months
		t.Pool += pool
		t.step("%s.pool %d x %d months x %d ppm = %d", l.rule.Rule, y.Base, y.Months, l.rule.Pool, pool)
	}
	t.step("%s.sent %d from the pool, %d of the account, %d months", l.rule.Rule, t.Pool, t.Account, t.Months)
	return t, nil
}
