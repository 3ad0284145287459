package invariant

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// grounds are what a decided case keeps of what its benefit was reckoned from.
type grounds struct {
	Region    string      `json:"region"`
	From      rules.Month `json:"from"`
	Date      rules.Date  `json:"date"`
	Birth     rules.Month `json:"birth"`
	Class     rules.Class `json:"class"`
	Months    int         `json:"months_paid"`
	Index     int64       `json:"index_ppm"`
	Account   int64       `json:"account_fen"`
	Wage      int64       `json:"wage_fen"`
	Grade     int         `json:"grade"`
	Care      int         `json:"care"`
	Average   int64       `json:"average_wage_fen"`
	Children  int         `json:"children"`
	Difficult bool        `json:"difficult"`
	Pregnant  int         `json:"months_of_pregnancy"`
	Bills     int64       `json:"bills_fen"`
	Tier      int         `json:"tier"`
	Retired   bool        `json:"retired"`
	UsedBelow int64       `json:"used_deductible_fen"`
	UsedFund  int64       `json:"used_fund_fen"`
	Below     ledger.Fen  `json:"deductible_fen"` // what bills used of the year's, reckoned
	Fund      ledger.Fen  `json:"fund_fen"`
}

// An award is an amount with the months it is for, Until 0 where it lasts.
type award struct {
	amount       int64
	since, until rules.Month
}

func (g *grounds) monthly(amount int64) award { return award{amount, g.From, 0} }
func (g *grounds) once(amount int64) []award  { return []award{{amount, g.From, g.From}} }

// awards are those that an entitlement may have: of an injury the lump or the monthly allowance, of unemployment one for
// each run of months with the same amount, else one.
func (g *grounds) awards(book *rules.Book, kind string) (list []award, err error) {
	switch kind {
	case "pension":
		p, err := book.Estimate(rules.PensionFacts{
			Birth: g.Birth, Class: g.Class, Months: g.Months, Index: g.Index, Account: g.Account, AsOf: g.From.Add(-1), Region: g.Region,
		})
		return []award{g.monthly(p.Total)}, err
	case "unemployment":
		for drawn := 0; ; drawn++ {
			u, err := book.Unemployment(rules.Jobless{Region: g.Region, Date: g.Date, Paid: g.Months, Claimed: drawn})
			if err != nil || u.Left == 0 {
				return list, err
			}
			month := g.From.Add(drawn)
			if last := len(list) - 1; last >= 0 && list[last].amount == u.Amount {
				list[last].until = month
			} else {
				list = append(list, award{u.Amount, month, month})
			}
		}
	case "injury":
		b, err := book.InjuryBenefit(rules.Disability{Region: g.Region, Date: g.Date, Grade: g.Grade, Care: g.Care, Wage: g.Wage})
		if b.ByEmployer {
			b.Monthly = 0
		}
		return append(g.once(b.Lump), g.monthly(b.Monthly+b.Care)), err
	case "maternity_allowance":
		m, err := book.Maternity(rules.Confinement{
			Region: g.Region, Date: g.Date, Average: g.Average, Children: g.Children, Difficult: g.Difficult, Months: g.Pregnant,
		})
		return g.once(m.Amount), err
	case "medical_manual":
		s, err := g.bills(book)
		return g.once(s.Fund), err
	case "injury_manual":
		return g.once(g.Bills), nil
	}
	return nil, fmt.Errorf("kind %q is none that is known here", kind)
}

// is tells whether an entitlement is the award. One that was stopped may end before.
func (a award) is(e *store.Entitlement) bool {
	until := rules.Month(e.Until)
	stopped := (e.State == "stopped" || e.State == "ended") && until != 0 && (a.until == 0 || until < a.until)
	return a.amount == int64(e.Amount) && int64(a.since) == e.Since && (until == a.until || stopped)
}

// bills divides bills that a patient paid and handed in.
func (g *grounds) bills(book *rules.Book) (rules.Settlement, error) {
	return book.Settle(rules.Visit{
		Region: g.Region, Date: g.Date, Tier: g.Tier, Retired: g.Retired,
		Lines: []rules.Line{{Item: "bills", Qty: 1, Unit: g.Bills, InPolicy: true}}, Year: rules.YearToDate{Deductible: g.UsedBelow, Fund: g.UsedFund},
	})
}

// benefits reckons entitlements again from the grounds of their cases.
func (r *again) benefits() {
	facts := make(map[name]string) // of cases
	r.p.cases.each(func(c *store.Case) { facts[r.p.name(c.ID)] = c.Facts })
	r.p.entitlements.each(func(e *store.Entitlement) {
		r.f.Checked++
		if old := r.p.law.People; !strings.HasPrefix(e.ID, "EN-X") { // it stood at the opening
			if old == nil {
				return
			}
			if was, found := old.Entitlement(e.ID); !found || ledger.Fen(was.Monthly) != e.Amount || int64(was.From) != e.Since {
				r.f.violate("entitlement %s of %d since %d was of %d since %d at the opening", e.ID, e.Amount, e.Since, was.Monthly, was.From)
			}
			return
		}
		if e.Case == "" {
			return // no case decided it: there is nothing to reckon it from
		}
		var g grounds
		err := json.Unmarshal([]byte(facts[r.p.name(e.Case)]), &g)
		var book *rules.Book
		if err == nil {
			book, err = r.p.law.Rules.Only(strings.Fields(e.Packs)...)
		}
		var list []award
		if err == nil {
			list, err = g.awards(book, e.Kind)
		}
		if err == nil && e.Kind == "medical_manual" {
			s, _ := g.bills(book)
			if g.Below != ledger.Fen(s.Deductible) || g.Fund != ledger.Fen(s.Fund) {
				r.f.violate("case %s uses up %d and %d of the year, by its packs %d and %d", e.Case, g.Below, g.Fund, s.Deductible, s.Fund)
			}
		}
		if err != nil {
			r.f.violate("entitlement %s of case %s: %v", e.ID, e.Case, err)
		} else if !slices.ContainsFunc(list, func(a award) bool { return a.is(e) }) {
			r.f.violate("entitlement %s of case %s, %s, is of %d from %d to %d, by its packs %v", e.ID, e.Case, e.Kind, e.Amount, e.Since, e.Until, list)
		}
	})
}

// transfers reckons what went with people to another region, of what they had paid by then. Before their money leaves it
// is not fixed yet, and of those who had a month taken back since, what they had paid is no longer known.
func (r *again) transfers() {
	left := make(map[name]moment)
	back := make(map[uint64]bool)
	r.p.txns.each(func(s ledger.Stored) {
		switch s.Txn.Event {
		case ledger.EventTransferReleased:
			left[r.p.name(s.Txn.Ref)] = moment{s.Seq, s.Txn.At}
		case ledger.EventMatched + reversed, ledger.EventAllocated + reversed:
			for i := range s.Txn.Entries {
				if e := &s.Txn.Entries[i]; e.Account.Kind == ledger.PA {
					person, _ := personOf(&e.Account)
					back[person] = true
				}
			}
		}
	})
	var list []store.Transfer
	r.p.transfers.each(func(t *store.Transfer) { list = append(list, *t) })
	r.p.atEnd(func() error {
		if r.p.law.People == nil {
			return nil
		}
		for _, t := range list {
			r.f.Checked++
			if old, found := r.p.law.People.Transfer(t.ID); found {
				if old.Account != int64(t.Personal) || old.Pool != int64(t.Pool) || old.Months != int(t.Months) {
					r.f.violate("transfer %s of %d months, %d and %d was of %d, %d and %d at the opening", t.ID, t.Months, t.Personal, t.Pool, old.Months, old.Account, old.Pool)
				}
				continue
			}
			at, gone := left[r.p.name(t.ID)]
			if !gone || back[t.Person] {
				continue
			}
			years, err := r.years(&t, at)
			if err != nil {
				return err
			}
			book, err := r.p.law.Rules.Only(strings.Fields(t.Packs)...)
			var want rules.Transfer
			if err == nil {
				want, err = book.Transfer(rules.Leaving{Region: t.From, Date: population.Opening, Years: years, Account: int64(t.Personal)})
			}
			if err != nil {
				r.f.violate("transfer %s: %v", t.ID, err)
			} else if want.Pool != int64(t.Pool) || want.Months != int(t.Months) {
				r.f.violate("transfer %s takes %d of the pool for %d months, by its packs %d for %d", t.ID, t.Pool, t.Months, want.Pool, want.Months)
			}
		}
		return nil
	})
}

// years are those that a person had paid in when the money left. Before the opening they paid on half of today's wage, as
// the population has it.
func (r *again) years(t *store.Transfer, at moment) (years []rules.PaidYear, err error) {
	who := r.p.law.People.Person(int(t.Person))
	for left, last := who.Months, who.LastPaid; left > 0; {
		n := min(left, int(last%100))
		years = append(years, rules.PaidYear{Base: who.Wage / 200 * 100, Months: n})
		left, last = left-n, last.Add(-n)
	}
	bases := make(map[[2]int64]int) // by year and base
	var month, base int64
	var paid moment
	err = r.p.Select(normalMonths, []any{&month, &base, &paid.seq, &paid.at}, func() error {
		if paid.before(at) {
			bases[[2]int64{month / 100, base}]++
		}
		return nil
	}, t.Person)
	for of, n := range bases {
		years = append(years, rules.PaidYear{Base: of[1], Months: n})
	}
	return years, err
}

const normalMonths = "SELECT c.month, c.base, c.txn, t.at FROM contribution AS c JOIN txn AS t ON t.seq = c.txn WHERE c.person = $1 AND c.kind = 'normal'"
