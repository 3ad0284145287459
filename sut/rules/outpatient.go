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

// A Settlement is the split of a bill and what it rests on.
type Settlement struct {
	Split
	Basis
}

// A Split of a bill: Fund + Account + Cash = Total, none negative.
type Split struct {
	Total      int64      // fen, sum of the lines
	InPolicy   int64      // fen of Total within the policy
	Deductible int64      // fen of InPolicy that this visit used of the deductible
	Fund       int64      // fen the pooling fund pays
	Account    int64      // fen the medical personal account pays
	Cash       int64      // fen the patient pays
	After      YearToDate // Year of the visit after this settlement
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
		if min(ppm, o.RetiredExtra) < 0 || max(ppm, o.RetiredExtra) > million || ppm+o.RetiredExtra > million {
			return fmt.Errorf("share of %d + %d ppm: want 0 to 1000000 together", ppm, o.RetiredExtra)
		}
	}
	if min(o.Deductible.Active, o.Deductible.Retired, o.Cap.Active, o.Cap.Retired) < 0 {
		return fmt.Errorf("a deductible or cap is negative: want 0 or more")
	}
	return nil
}

func (o *outpatient) rate(v *Visit) int64 {
	if v.Retired {
		return o.Tiers[v.Tier] + o.RetiredExtra
	}
	return o.Tiers[v.Tier]
}

func (o *outpatient) deductibleLeft(v *Visit) int64 {
	return max(0, o.Deductible.of(v.Retired)-v.Year.Deductible)
}

func (o *outpatient) capLeft(v *Visit) int64 { return max(0, o.Cap.of(v.Retired)-v.Year.Fund) }

// Settle splits the bill of a visit by the law of the day of the visit, whenever it is settled (O18), with what the
// split rests on. It changes nothing, so a preview and a settlement are the same call; the caller keeps After and the
// balances.
func (b *Book) Settle(v Visit) (Settlement, error) {
	splitter, err := b.Splitter(v.Region, v.Date)
	if err != nil {
		return Settlement{}, err
	}
	split, err := splitter.Split(v)
	if err != nil {
		return Settlement{}, err
	}
	s, rule := Settlement{Split: split}, splitter.law.rule
	s.use(splitter.law.pack, rule.Source)
	eligible := Round(s.InPolicy-s.Deductible, rule.rate(&v), million)
	s.step("%s.in_policy %d of %d", rule.Rule, s.InPolicy, s.Total)
	s.step("%s.deductible %d of %d left", rule.Rule, s.Deductible, rule.deductibleLeft(&v))
	s.step("%s.share (%d - %d) x %d ppm = %d", rule.Rule, s.InPolicy, s.Deductible, rule.rate(&v), eligible)
	s.step("%s.fund %d, cap left %d", rule.Rule, s.Fund, rule.capLeft(&v))
	s.step("%s.account %d of balance %d", rule.Rule, s.Account, v.Account)
	s.step("%s.cash %d", rule.Rule, s.Cash)
	return s, nil
}

func (v *Visit) check() error {
	if len(v.Lines) == 0 {
		return &FactError{"lines", "empty", "at least one line"}
	}
	var total int64
	for i := range v.Lines {
		l := &v.Lines[i]
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
	for _, c := range [...]struct {
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
