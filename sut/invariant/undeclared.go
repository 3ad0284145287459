package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// undeclared is I15. A month that an employer did not declare is assessed at what the law's share, 110 %, makes of the
// last month that stood assessed when it was (Social Insurance Law, article 62); before all of them stands the month
// before the opening.
func undeclared(p *pass, f *Finding) {
	type posting struct {
		made, back moment // when it was posted, and when it was taken back
		sum        ledger.Fen
	}
	type month struct {
		id    string
		month int64
	}
	posted := make(map[name][]posting) // by declaration, in the order of the book
	p.txns.each(func(s ledger.Stored) {
		if !strings.HasPrefix(s.Txn.Ref, "D-") {
			return
		}
		id, _, _ := strings.Cut(s.Txn.Ref, "/")
		n := p.name(id)
		switch s.Txn.Event {
		case ledger.EventAssessed:
			t := posting{made: moment{s.Seq, s.Txn.At}}
			for i := range s.Txn.Entries {
				t.sum += max(0, s.Txn.Entries[i].Amount)
			}
			posted[n] = append(posted[n], t)
		case ledger.EventAssessed + reversed:
			if list := posted[n]; len(list) > 0 {
				list[len(list)-1].back = moment{s.Seq, s.Txn.At}
			}
		}
	})
	months := make(map[string][]month) // by employer
	var missed []store.Declaration
	p.declarations.each(func(d *store.Declaration) {
		months[d.Employer] = append(months[d.Employer], month{d.ID, d.Month})
		if d.Lines == 0 && d.State == "defaulted110" {
			missed = append(missed, *d)
		}
	})
	// standing is what a declaration was assessed with at a moment.
	standing := func(id string, at moment) ledger.Fen {
		for _, t := range posted[p.name(id)] {
			if t.made.before(at) && (t.back.seq == 0 || at.before(t.back)) {
				return t.sum
			}
		}
		return 0
	}
	p.atEnd(func() error {
		for _, d := range missed {
			f.Checked++
			list := posted[p.name(d.ID)]
			if len(list) == 0 {
				continue // I3 says so
			}
			last, before := ledger.Fen(0), int64(0)
			for _, m := range months[d.Employer] {
				if sum := standing(m.id, list[len(list)-1].made); m.month < d.Month && m.month > before && sum != 0 {
					last, before = sum, m.month
				}
			}
			if before == 0 {
				var known bool
				if last, known = p.beforeOpening(d.Employer); !known {
					f.Note = "the book names no population: what was paid before its opening is not known"
					continue
				}
			}
			book, err := p.law.Rules.Only(strings.Fields(d.Packs)...)
			var want rules.Assessment
			if err == nil {
				want, err = book.Assess(rules.Undeclared{Region: population.DefaultRegion, Month: rules.Month(d.Month), Last: int64(last)})
			}
			if got := d.ByEmployer + d.ByPersons; err != nil {
				f.violate("declaration %s: %v", d.ID, err)
			} else if int64(got) != want.Amount {
				f.violate("declaration %s, which nobody filed, is assessed with %d: want %d, for the last month came to %d", d.ID, got, want.Amount, last)
			}
		}
		return nil
	})
}

// beforeOpening is what an employer paid for the month before the opening.
func (p *pass) beforeOpening(employer string) (sum ledger.Fen, known bool) {
	people := p.law.People
	if people == nil {
		return 0, false
	}
	e, known := people.EmployerByID(employer)
	law, err := p.law.Rules.Contributor(population.DefaultRegion, population.Opening.Month().Add(-1))
	if !known || err != nil {
		return 0, false
	}
	for who := range people.ActiveOf(e) {
		dues, err := law.Contribute(who.Wage)
		if err != nil {
			return 0, false
		}
		sum += ledger.Fen(dues.Employer + dues.Person)
	}
	return sum, true
}

// A moment is that of a transaction. The order inside a lane is that of the numbers, between lanes the clock's.
type moment struct{ seq, at int64 }

func (m moment) before(o moment) bool {
	if ledger.Lane(m.seq) == ledger.Lane(o.seq) {
		return m.seq < o.seq
	}
	return m.at < o.at
}
