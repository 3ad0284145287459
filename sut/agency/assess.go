package agency

import (
	"context"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// An AssessedMonth is the answer of [Agency.Assess].
type AssessedMonth struct {
	Month     rules.Month `json:"month"`
	Employers int         `json:"employers"` // that declared nothing and were assessed now
	Assessed  ledger.Fen  `json:"assessed_fen"`
	Proof
}

// assessStep is how many employers one Update assesses.
const assessStep = 100

// Assess takes every employer that has declared nothing for a month, though its term is over, to owe 110 % of the last
// month on record (invariant I15; Social Insurance Law, article 62). The term ends on the 15th of the month after, which
// is ours: the law leaves it to the agency. It runs once per key, in Updates of a hundred employers; stopped on the way,
// it goes on where it stood when it is called again. What is assessed is not allocated to anybody before the employer
// declares after all: whose money it is follows from the lines.
func (a *Agency) Assess(ctx context.Context, c Call, month rules.Month) (store.Answer, bool, error) {
	if c.Role != workflow.Clerk && c.Role != workflow.System {
		return store.Answer{}, false, refuse(Forbidden, "role", "assessing is for clerks and the schedule")
	}
	if err := ofEmployers(c); err != nil {
		return store.Answer{}, false, err
	}
	if answer, known, err := a.replay(ctx, c); known || err != nil {
		return answer, known, err
	}
	last := workdays.Due(workflow.Clock{}, month.Add(1).First()+14)
	if month < population.Opening.Month() || rules.Date(c.Date()) <= last {
		return store.Answer{}, false, refuse(Unprocessable, "bad-month", "month %s: want one from %s on whose term is over; that of this one ends on %s", month, population.Opening.Month(), last)
	}
	done := AssessedMonth{Month: month}
	for from := 0; from < a.People.Employers(); from += assessStep {
		n, sum, err := a.assessSome(ctx, c, month, from)
		if err != nil {
			return store.Answer{}, false, err
		}
		done.Employers += n
		done.Assessed += sum
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "month " + month.String()
		done.Proof = ch.proof()
		return okay, done, nil
	})
}

// ofEmployers refuses a clerk of another region than the employers': all of them are where the population is.
func ofEmployers(c Call) error {
	if c.Role == workflow.Clerk && c.Region != population.DefaultRegion {
		return refuse(Forbidden, "other-region", "the employers are of region %s, the clerk of %q", population.DefaultRegion, c.Region)
	}
	return nil
}

func (a *Agency) assessSome(ctx context.Context, c Call, month rules.Month, from int) (n int, sum ledger.Fen, err error) {
	err = a.inSteps(ctx, c, func(ch *change) error {
		n, sum = 0, 0
		ch.about = "month " + month.String()
		for e := from; e < min(from+assessStep, a.People.Employers()); e++ {
			amount, err := ch.assess110(e, month)
			if err != nil {
				return err
			}
			if sum += amount; amount > 0 {
				n++
			}
		}
		return nil
	})
	return n, sum, err
}

// defaultRef is the reference of what is posted for a month without a declaration: the declaration may come yet, and is
// posted under its own id.
func defaultRef(declaration string) string { return declaration + "/110" }

// assess110 assesses one employer's month, if nothing was declared for it.
func (c *change) assess110(employer int, month rules.Month) (ledger.Fen, error) {
	firm := c.agency.People.Employer(employer)
	d := store.Declaration{ID: declarationID(firm.ID, month)}
	known, err := c.Get(&d)
	if err != nil || known && d.State != "rejected" {
		return 0, err
	}
	if !known {
		d.Employer, d.Month, d.State = firm.ID, int64(month), "draft"
	}
	last, err := c.lastAmounts(employer, month)
	if err != nil || last.ByEmployer+last.ByPersons == 0 {
		return 0, err
	}
	owed, err := c.agency.Rules.Assess(rules.Undeclared{Region: population.DefaultRegion, Month: month, Last: int64(last.ByEmployer + last.ByPersons)})
	if err != nil {
		return 0, ruled(err)
	}
	amount := ledger.Fen(owed.Amount)
	d.ByPersons = ledger.Fen(rules.Round(int64(last.ByPersons), owed.Amount, int64(last.ByEmployer+last.ByPersons)))
	d.ByEmployer = amount - d.ByPersons
	d.Due, d.Packs = c.Date(), owed.Packs[0]
	if err := c.move(workflow.Declaration(), d.ID, d.Ver, workflow.State(d.State), "overdue", "defaulted110"); err != nil {
		return 0, err
	}
	d.State = "defaulted110"
	if err := c.post(ledger.Assessed(defaultRef(d.ID), d.Employer, prorate(amount, last.dues))); err != nil {
		return 0, err
	}
	d.Txn = c.posted.Seq
	if err := c.Count("declarations-by-state", d.State, 1, amount); err != nil {
		return 0, err
	}
	return amount, c.file(known, &d)
}

// A lastMonthOwed is what an employer owed for the last month on record, and to which funds.
type lastMonthOwed struct {
	ByEmployer, ByPersons ledger.Fen
	dues                  []ledger.Due
}

// lastAmounts are those of the latest month before month: as stored, or of before the opening.
func (c *change) lastAmounts(employer int, month rules.Month) (last lastMonthOwed, err error) {
	id := c.agency.People.Employer(employer).ID
	list, err := store.List[store.Declaration](c, store.LastDeclaration, id, int(month))
	if err != nil {
		return last, err
	}
	if len(list) > 0 {
		last.ByEmployer, last.ByPersons = list[0].ByEmployer, list[0].ByPersons
		last.dues, err = assessedDues(c, list[0])
		return last, err
	}
	law, err := c.agency.contributor(population.DefaultRegion, population.Opening.Month().Add(-1))
	if err != nil {
		return last, err
	}
	last.dues = schemeDues(law.Schemes())
	for who := range c.agency.People.ActiveOf(employer) {
		d, err := law.Contribute(who.Wage)
		if err != nil {
			return last, err
		}
		last.ByEmployer += ledger.Fen(d.Employer)
		last.ByPersons += ledger.Fen(d.Person)
		for i := range last.dues {
			last.dues[i].Pool += ledger.Fen(d.Parts[i].Employer + d.Parts[i].Person)
		}
	}
	return last, nil
}

// prorate divides an amount in the proportion of dues. What rounding leaves is the first one's.
func prorate(amount ledger.Fen, dues []ledger.Due) []ledger.Due {
	total, rest := ledger.Total(dues), amount
	parts := make([]ledger.Due, len(dues))
	for i, d := range dues {
		part := ledger.Fen(rules.Round(int64(amount), int64(d.Pool+d.Personal), int64(total)))
		parts[i] = ledger.Due{Fund: d.Fund, Pool: part}
		rest -= part
	}
	parts[0].Pool += rest
	return parts
}
