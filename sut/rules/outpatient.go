package rules

import "fmt"

// A Visit is an outpatient visit to be settled.
type Visit struct {
	Region  string
	Date    Date       // day of the visit, which decides the pack, whenever it is settled
	Tier    int        // 0 community, else hospital tier 1 to 3
	Retired bool       // on the day of the visit
	Lines   []Line     // at least one
	Year    YearToDate // of the calendar year of Date, before this visit
	Account int64      // fen on the medical personal account, 0 or more
}

// A Line is one item of a bill.
type Line struct {
	Item     string
	Qty      int64 // 1 or more
	Unit     int64 // price of one, fen, 0 or more
	InPolicy bool  // false: the patient pays it in cash
}

// YearToDate is what a person has used up of a calendar year.
type YearToDate struct {
	Deductible int64 // fen of in-policy cost borne below the deductible
	Fund       int64 // fen paid by the fund
}

// A Settlement splits a bill: Fund + Account + Cash = Total, none negative.
type Settlement struct {
	Total      int64      // fen, sum of the lines
	InPolicy   int64      // fen of Total within the policy
	Deductible int64      // fen of InPolicy that this visit used of the deductible
	Fund       int64      // fen the pooling fund pays
	Account    int64      // fen the medical personal account pays
	Cash       int64      // fen the patient pays
	After      YearToDate // Year of the visit after this settlement
	Basis
}

// outpatient is O18. A cap of 0 means that the fund pays nothing.
type outpatient struct {
	Source       `yaml:",inline"`
	Deductible   perStatus `yaml:"deductible_fen"`
	Cap          perStatus `yaml:"year_cap_fen"`
	Tiers        []int64   `yaml:"tier_ppm"` // community, tier 1, 2, 3
	RetiredExtra int64     `yaml:"retired_extra_ppm"`
}

type perStatus struct {
	Active  int64 `yaml:"active"`
	Retired int64 `yaml:"retired"`
}

func (p perStatus) of(retired bool) int64 {
	if retired {
		return p.Retired
	}
	return p.Active
}

func (o *outpatient) check() error {
	if len(o.Tiers) == 0 {
		return fmt.Errorf("tier_ppm is empty: want the share for the community and each tier")
	}
	for _, ppm := range o.Tiers {
		if ppm < 0 || o.RetiredExtra < 0 || ppm+o.RetiredExtra > million {
			return fmt.Errorf("share of %d + %d ppm: want 0 to 1000000 together", ppm, o.RetiredExtra)
		}
	}
	if min(o.Deductible.Active, o.Deductible.Retired, o.Cap.Active, o.Cap.Retired) < 0 {
		return fmt.Errorf("a deductible or cap is negative: want 0 or more")
	}
	return nil
}

// Settle splits the bill of a visit between fund, personal account and cash (O18). It changes nothing, so a preview and
// a settlement are the same call; the caller keeps After and the balances.
//
//	fund = min(rate x max(0, in-policy - deductible left), cap left), rounded once
//	account = min(balance, in-policy - fund),   cash = the rest
func (b *Book) Settle(v Visit) (Settlement, error) {
	if err := v.check(); err != nil {
		return Settlement{}, err
	}
	rule, pack, err := find(b, v.Region, v.Date, func(s *sections) *outpatient { return s.Outpatient }, "outpatient rule")
	if err != nil {
		return Settlement{}, err
	}
	if err := between("tier", int64(v.Tier), 0, int64(len(rule.Tiers)-1)); err != nil {
		return Settlement{}, err
	}
	var s Settlement
	s.use(pack, rule.Source)
	for _, l := range v.Lines {
		s.Total += l.Qty * l.Unit
		if l.InPolicy {
			s.InPolicy += l.Qty * l.Unit
		}
	}
	rate := rule.Tiers[v.Tier]
	if v.Retired {
		rate += rule.RetiredExtra
	}
	deductibleLeft := max(0, rule.Deductible.of(v.Retired)-v.Year.Deductible)
	capLeft := max(0, rule.Cap.of(v.Retired)-v.Year.Fund)

	s.Deductible = min(s.InPolicy, deductibleLeft)
	eligible := share(s.InPolicy-s.Deductible, rate)
	s.Fund = min(eligible, capLeft)
	s.Account = min(v.Account, s.InPolicy-s.Fund)
	s.Cash = s.Total - s.Fund - s.Account
	s.After = YearToDate{v.Year.Deductible + s.Deductible, v.Year.Fund + s.Fund}

	s.step("%s.in_policy %d of %d", rule.Rule, s.InPolicy, s.Total)
	s.step("%s.deductible %d of %d left", rule.Rule, s.Deductible, deductibleLeft)
	s.step("%s.share (%d - %d) x %d ppm = %d", rule.Rule, s.InPolicy, s.Deductible, rate, eligible)
	s.step("%s.fund %d, cap left %d", rule.Rule, s.Fund, capLeft)
	s.step("%s.account %d of balance %d", rule.Rule, s.Account, v.Account)
	s.step("%s.cash %d", rule.Rule, s.Cash)
	return s, nil
}

func (v *Visit) check() error {
	switch {
	case v.Date == 0:
		return &FactError{"visit_date", "missing", "the day of the visit, such as 2023-01-01"}
	case len(v.Lines) == 0:
		return &FactError{"lines", "empty", "at least one line"}
	}
	var total int64
	for i, l := range v.Lines {
		if l.Qty < 1 || l.Qty > maxQty {
			return &FactError{fmt.Sprintf("lines[%d].qty", i), fmt.Sprint(l.Qty), fmt.Sprintf("1 to %d", maxQty)}
		}
		if l.Unit < 0 || l.Unit > maxMoney {
			return &FactError{fmt.Sprintf("lines[%d].unit_fen", i), fmt.Sprint(l.Unit), fmt.Sprintf("0 to %d", maxMoney)}
		}
		// A line is 1e15 at most and the total is checked after each, so the sum cannot overflow.
		total += l.Qty * l.Unit
		if err := between("sum of lines", total, 0, maxMoney); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		field string
		v     int64
	}{
		{"deductible of the year to date", v.Year.Deductible},
		{"fund of the year to date", v.Year.Fund},
		{"account balance", v.Account},
	} {
		if err := between(c.field, c.v, 0, maxMoney); err != nil {
			return err
		}
	}
	return nil
}

// maxQty bounds the quantity of a line.
const maxQty = 100_000
