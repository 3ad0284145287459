package rules

// A Splitter is the outpatient law of one region on one day of visits, found once for many bills. It never changes, so
// goroutines may share it. [Book.Settle] gives the same amounts with what they rest on.
type Splitter struct {
	region string
	day    Date
	law    law[outpatient]
}

// Splitter finds the outpatient law of a region on a day. The error is a [FactError] or wraps [ErrNoRule].
func (b *Book) Splitter(region string, day Date) (*Splitter, error) {
	if day == 0 {
		return nil, &FactError{"visit_date", "missing", "the day of the visit, such as 2023-01-01"}
	}
	l := find(b, region, day, func(s *sections) *outpatient { return s.Outpatient }, "outpatient rule")
	if l.err != nil {
		return nil, l.err
	}
	return &Splitter{region, day, l}, nil
}

// Pack is the id of the pack that the splits rest on, to be stored with them.
func (s *Splitter) Pack() string { return s.law.pack.ID }

// Split splits the bill of a visit between fund, personal account and cash (O18). It allocates nothing.
// The error is a [FactError].
//
//	fund = min(rate x max(0, in-policy - deductible left), cap left), rounded once
//	account = min(balance, in-policy - fund),   cash = the rest
func (s *Splitter) Split(v Visit) (Split, error) {
	rule := s.law.rule
	if v.Region != s.region || v.Date != s.day {
		return Split{}, &FactError{"region and visit_date", v.Region + " and " + v.Date.String(), "those of the splitter, " + s.region + " and " + s.day.String()}
	}
	if err := v.check(); err != nil {
		return Split{}, err
	}
	if err := between("tier", int64(v.Tier), 0, int64(len(rule.Tiers)-1)); err != nil {
		return Split{}, err
	}
	var out Split
	for i := range v.Lines {
		l := &v.Lines[i]
		out.Total += l.Qty * l.Unit
		if l.InPolicy {
			out.InPolicy += l.Qty * l.Unit
		}
	}
	out.Deductible = min(out.InPolicy, rule.deductibleLeft(&v))
	out.Fund = min(Round(out.InPolicy-out.Deductible, rule.rate(&v), million), rule.capLeft(&v))
	out.Account = min(v.Account, out.InPolicy-out.Fund)
	out.Cash = out.Total - out.Fund - out.Account
	out.After = YearToDate{v.Year.Deductible + out.Deductible, v.Year.Fund + out.Fund}
	return out, nil
}
