package agency

import (
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// payable tells a declaration that stands open.
func payable(d *store.Declaration) bool {
	return d.State == "assessed" || d.State == "overdue" || d.State == "defaulted110"
}

// owed is what a declaration comes to.
func owed(d *store.Declaration) ledger.Fen { return d.ByEmployer + d.ByPersons + d.LateFee }

// standsOpen finds a declaration; a reason says why money cannot be for it.
func (c *change) standsOpen(id string) (d store.Declaration, reason string, err error) {
	d.ID = id
	known, err := c.Get(&d)
	switch {
	case err != nil:
		return d, "", err
	case !known || d.State == "rejected":
		return d, "the month was not declared", nil
	case !payable(&d):
		return d, "the declaration is " + d.State, nil
	case d.Lines == 0:
		return d, "the month was assessed without a declaration: whose money it is follows from one", nil
	}
	return d, "", nil
}

func (c *change) receiveWhole(p Push) (int, any, error) {
	row := p.row()
	if p.Month < population.Opening.Month() {
		return c.suspend(&row, "the month was paid before")
	}
	d, reason, err := c.standsOpen(declarationID(p.Employer, p.Month))
	if err != nil {
		return 0, nil, err
	}
	rest := p.Amount - owed(&d)
	switch {
	case reason != "":
		return c.suspend(&row, reason)
	case rest < 0:
		return c.suspend(&row, fmt.Sprintf("the declaration comes to %d fen", owed(&d)))
	case rest > 0:
		row.Reason = fmt.Sprintf("%d fen are more than the declaration comes to", rest)
		if err := c.post(ledger.Suspended(p.ref(), row.Region, row.Bank, rest)); err != nil {
			return 0, nil, err
		}
	}
	if err := c.cover(d, &row, ledger.MatchedWhole); err != nil {
		return 0, nil, err
	}
	path := []workflow.State{"received", "matched", "posted"}
	switch {
	case rest > 0:
		path = []workflow.State{"received", "partial"}
	case d.Lines > chunkLines:
		path = path[:2]
	}
	return c.record(&row, path...)
}

// cover pays a declaration, late fee included, by posting, and takes it to its end. The contributions of a short one
// are posted at once, those of a long one by a job.
func (c *change) cover(d store.Declaration, row *store.Payment, posting func(ledger.Payment) ledger.Txn) error {
	dues, err := assessedDues(c, d)
	if err != nil {
		return err
	}
	pay := ledger.Payment{Ref: ref(row), Region: population.DefaultRegion, Payer: d.Employer, Bank: row.Bank, Dues: dues}
	if err := c.post(posting(pay)); err != nil {
		return err
	}
	if d.LateFee > 0 {
		if pay.Dues, err = c.agency.lateFees(c, d); err != nil {
			return err
		}
		if err := c.post(ledger.LateFeePaid(pay)); err != nil {
			return err
		}
	}
	row.Declaration, row.Allocated = d.ID, owed(&d)
	end := workflow.State("paid")
	if d.State == "defaulted110" {
		end = "settled"
	}
	if err := c.move(workflow.Declaration(), d.ID, d.Ver, workflow.State(d.State), end); err != nil {
		return err
	}
	if err := c.Count("declarations-by-state", string(end), 1, owed(&d)); err != nil {
		return err
	}
	d.State = string(end)
	if err := c.Set(&d); err != nil {
		return err
	}
	if d.Lines > chunkLines {
		_, err := c.enqueue(allocateOp, Caller{Role: workflow.System, Subject: "service"}, []byte(ref(row)))
		return err
	}
	return c.allocate(ref(row), d, 0)
}

// assessedDues is what the employer owes to each fund, as it was posted.
func assessedDues(v store.View, d store.Declaration) ([]ledger.Due, error) {
	t, err := transaction(v, d.Txn)
	if err != nil {
		return nil, err
	}
	var dues []ledger.Due
	for _, e := range t.Entries {
		if e.Account.Kind == ledger.Recv {
			dues = append(dues, ledger.Due{Fund: e.Account.Fund, Pool: e.Amount})
		}
	}
	return dues, nil
}

// chunks is how many a declaration has.
func chunks(d *store.Declaration) int64 { return (d.Lines + chunkLines - 1) / chunkLines }

// allocate posts the contributions of the n-th chunk of a declaration, from 0, out of the payment that paid it: the pool
// and each person get theirs.
func (c *change) allocate(payment string, d store.Declaration, n int64) error {
	lines, err := chunk(c, d.ID, n)
	if err != nil {
		return err
	}
	law, err := c.agency.law(d)
	if err != nil {
		return err
	}
	of := schemeDues(law.Schemes())
	all := make([]rules.Dues, len(lines))
	posting := make([]ledger.Line, len(lines))
	people := make([]store.Person, len(lines))
	dues := make([]ledger.Due, len(lines)*len(of))
	for i, l := range lines {
		if people[i], err = c.meet(c.agency.People.Person(int(l.person))); err != nil {
			return err
		}
		if all[i], err = law.Contribute(int64(l.wage)); err != nil {
			return err
		}
		its := dues[i*len(of) : (i+1)*len(of)]
		for j := range of {
			its[j] = ledger.Due{Fund: of[j].Fund, Pool: ledger.Fen(all[i].Parts[j].Employer), Personal: ledger.Fen(all[i].Parts[j].Person)}
		}
		posting[i] = ledger.Line{Person: l.person, Dues: its}
	}
	pay := ledger.Payment{Ref: payment, Region: population.DefaultRegion, Payer: d.Employer}
	if err := c.post(ledger.Allocated(pay, int(n)+1, posting)); err != nil {
		return err
	}
	for i, l := range lines {
		paid := store.Contribution{
			Person: l.person, Month: d.Month, Payer: d.Employer, Wage: l.wage, Base: ledger.Fen(all[i].Base),
			ByEmployer: ledger.Fen(all[i].Employer), ByPerson: ledger.Fen(all[i].Person), Declaration: d.ID, Txn: c.posted.Seq,
		}
		if err := c.addMonth(&people[i], &paid); err != nil {
			return err
		}
	}
	return nil
}

// addMonth writes a contribution. Where the month was paid by somebody else since it was declared, such as the employer
// before, the money is the person's all the same and the month counts once: the second one is a makeup.
func (c *change) addMonth(person *store.Person, paid *store.Contribution) error {
	for n := 0; ; n++ {
		switch n {
		case 0:
			paid.Kind = "normal"
		case 1:
			paid.Kind = "makeup"
		default:
			paid.Kind = fmt.Sprintf("makeup %d", n)
		}
		known, err := c.Get(&store.Contribution{Person: paid.Person, Month: paid.Month, Kind: paid.Kind})
		if err != nil {
			return err
		}
		if known {
			continue
		}
		if err := c.Add(paid); err != nil || n > 0 {
			return err
		}
		person.Months++
		return c.Set(person)
	}
}
