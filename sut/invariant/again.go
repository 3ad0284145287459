package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// reckoned is I16. Every amount was reckoned from facts by packs that its row names: reckoned again from those facts
// by those packs and no others, it must be the same to the fen.
func reckoned(p *pass, f *Finding) {
	r := again{p: p, f: f, splitters: make(map[lawKey]*rules.Splitter), contributors: make(map[lawKey]*rules.Contributor)}
	p.claims.each(r.claim)
	r.benefits()
	r.transfers()
	r.declarations()
}

type again struct {
	p            *pass
	f            *Finding
	splitters    map[lawKey]*rules.Splitter
	contributors map[lawKey]*rules.Contributor
}

// A lawKey is what a law is found by. Day is yyyymmdd, or a month yyyymm.
type lawKey struct {
	packs, region string
	day           int64
	flexible      bool
}

func (r *again) claim(c *store.Claim) {
	r.f.Checked++
	key := lawKey{packs: c.Pack, region: c.Region, day: c.Date}
	s := r.splitters[key]
	if s == nil {
		book, err := r.p.law.Rules.Only(c.Pack)
		if err == nil {
			s, err = book.Splitter(c.Region, rules.Date(c.Date))
		}
		if err != nil {
			r.f.violate("claim %s/%s: %v", c.Hospital, c.Visit, err)
			return
		}
		r.splitters[key] = s
	}
	lines := [...]rules.Line{
		{Item: "in policy", Qty: 1, Unit: int64(c.InPolicy), InPolicy: true},
		{Item: "others", Qty: 1, Unit: int64(c.Total - c.InPolicy)},
	}
	split, err := s.Split(rules.Visit{
		Region: c.Region, Date: rules.Date(c.Date), Tier: int(c.Tier), Retired: c.Retired, Lines: lines[:],
		Year: rules.YearToDate{Deductible: int64(c.UsedDeductible), Fund: int64(c.UsedFund)}, Account: int64(c.AccountBefore),
	})
	if err != nil {
		r.f.violate("claim %s/%s: %v", c.Hospital, c.Visit, err)
		return
	}
	got := [...]ledger.Fen{ledger.Fen(split.Deductible), ledger.Fen(split.Fund), ledger.Fen(split.Account), ledger.Fen(split.Cash)}
	if want := [...]ledger.Fen{c.Deductible, c.Fund, c.Account, c.Cash}; got != want {
		r.f.violate("claim %s/%s has deductible, fund, account and cash of %d, by its pack %d", c.Hospital, c.Visit, want, got)
	}
}

// month reckons a paid month again.
func (r *again) month(c *store.Contribution) {
	r.f.Checked++
	law, err := r.p.contributor(c, r.contributors)
	var dues rules.Dues
	if err == nil {
		dues, err = law.Contribute(int64(c.Wage))
	}
	if err != nil {
		r.f.violate("month %d of person %d: %v", c.Month, c.Person, err)
		return
	}
	if paysAlone(c) { // for some of the schemes, as they joined them
		if c.Base != ledger.Fen(dues.Base) || c.ByEmployer != 0 || !partSum(dues, c.ByPerson) {
			r.f.violate("month %d of person %d, who pays alone, has base %d and %d paid, by its packs %+v", c.Month, c.Person, c.Base, c.ByPerson, dues)
		}
		return
	}
	got := [...]ledger.Fen{ledger.Fen(dues.Base), ledger.Fen(dues.Employer), ledger.Fen(dues.Person)}
	if want := [...]ledger.Fen{c.Base, c.ByEmployer, c.ByPerson}; got != want {
		r.f.violate("month %d of person %d has base and shares of %d, by its packs %d", c.Month, c.Person, want, got)
	}
}

// paysAlone tells a month that a person paid, not an employer: the payer is then the person's id, P00000123.
func paysAlone(c *store.Contribution) bool { return strings.HasPrefix(c.Payer, "P") }

// contributor is the law that a month was reckoned by.
func (p *pass) contributor(c *store.Contribution, known map[lawKey]*rules.Contributor) (*rules.Contributor, error) {
	key := lawKey{packs: c.Packs, day: c.Month, flexible: paysAlone(c)}
	if law := known[key]; law != nil {
		return law, nil
	}
	book, err := p.law.Rules.Only(strings.Fields(c.Packs)...)
	if err != nil {
		return nil, err
	}
	find := book.Contributor
	if key.flexible {
		find = book.FlexibleContributor
	}
	law, err := find(regionOf(c.Packs), rules.Month(c.Month))
	known[key] = law
	return law, err
}

// partSum tells whether a sum is that of some of the parts.
func partSum(d rules.Dues, sum ledger.Fen) bool {
	for some := 1; some < 1<<len(d.Parts); some++ {
		of := ledger.Fen(0)
		for i, part := range d.Parts {
			if some>>i&1 == 1 {
				of += ledger.Fen(part.Employer + part.Person)
			}
		}
		if of == sum {
			return true
		}
	}
	return false
}

// regionOf is the region of the most local of packs such as "CN-420500@2023-01-01#… CN@2019-05-01#…".
func regionOf(packs string) string {
	for pack := range strings.FieldsSeq(packs) {
		if region, _, _ := strings.Cut(pack, "@"); len(region) == len("CN-420500") && region[5:] != "0000" {
			return strings.TrimPrefix(region, "CN-")
		}
	}
	return population.DefaultRegion
}
