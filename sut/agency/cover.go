package agency

import (
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// mostParts is how many payments may pay a part of a declaration; what comes after waits in suspense for a clerk. It
// bounds the work of the one that completes them.
const mostParts = 24

// payable tells a declaration that stands open.
func payable(state string) bool {
	return state == "assessed" || state == "overdue" || state == "defaulted110"
}

func amounts(list []store.Payment) (sum ledger.Fen) {
	for _, p := range list {
		sum += p.Amount
	}
	return sum
}

// An open is a declaration that stands open, with the payments that paid parts of it.
type open struct {
	store.Declaration
	parts []store.Payment
}

// rest is what is missing.
func (o *open) rest() ledger.Fen {
	return o.ByEmployer + o.ByPersons + o.LateFee - amounts(o.parts)
}

// standsOpen finds a declaration; a reason says why money cannot be for it.
func (c *change) standsOpen(id string) (o open, reason string, err error) {
	o.ID = id
	known, err := c.Get(&o.Declaration)
	switch {
	case err != nil:
		return o, "", err
	case !known || o.State == "rejected":
		return o, "the month was not declared", nil
	case !payable(o.State):
		return o, "the declaration is " + o.State, nil
	case o.Lines == 0:
		return o, "the month was assessed without a declaration: whose money it is follows from one", nil
	}
	o.parts, err = store.List[store.Payment](c, store.PaymentsFor, id, "partial", mostParts)
	return o, "", err
}

func (c *change) receiveWhole(p Push) (int, any, error) {
	row := p.row()
	if p.Month < population.Opening.Month() {
		return c.suspend(&row, "the month was paid before")
	}
	o, reason, err := c.standsOpen(declarationID(p.Employer, p.Month))
	if err != nil {
		return 0, nil, err
	}
	if reason != "" {
		return c.suspend(&row, reason)
	}
	rest := o.rest()
	switch {
	case p.Amount == rest:
		if err := c.cover(o, &row, ledger.MatchedWhole); err != nil {
			return 0, nil, err
		}
		return created, Received{Payment: p.ref(), Status: "matched", Proof: c.proof()}, nil
	case p.Amount < rest-o.LateFee && len(o.parts) < mostParts:
		row.Declaration, row.Reason = o.ID, fmt.Sprintf("the declaration stands open for %d fen more", rest-p.Amount)
		if err := c.post(ledger.Suspended(p.ref(), row.Region, row.Bank, row.Amount)); err != nil {
			return 0, nil, err
		}
		return c.record(&row, "received", "partial")
	}
	return c.suspend(&row, fmt.Sprintf("the declaration stands open for %d fen", rest))
}

// cover pays a declaration with its parts and the last payment, which posting takes from where it is. The parts were
// held, and together are less than the contributions, so the late fee is the last one's.
func (c *change) cover(o open, last *store.Payment, posting func(ledger.Payment) ledger.Txn) error {
	dues, err := assessedDues(c, o.Declaration)
	if err != nil {
		return err
	}
	pay := ledger.Payment{Region: population.DefaultRegion, Payer: o.Employer}
	for i := range o.parts {
		p := &o.parts[i]
		pay.Ref, pay.Bank, pay.Dues = ref(p), p.Bank, cut(dues, p.Amount)
		if err := c.post(ledger.Resolved(pay, p.Region)); err != nil {
			return err
		}
		p.Txn = c.posted.Seq
	}
	pay.Ref, pay.Bank, pay.Dues = ref(last), last.Bank, dues
	if err := c.post(posting(pay)); err != nil {
		return err
	}
	last.Txn = c.posted.Seq
	if o.LateFee > 0 {
		if pay.Dues, err = c.agency.lateFees(c, o.Declaration); err != nil {
			return err
		}
		if err := c.post(ledger.LateFeePaid(pay)); err != nil {
			return err
		}
	}
	if err := c.close(&o.Declaration); err != nil {
		return err
	}
	return c.distribute(o, last)
}

// close takes a declaration to its end.
func (c *change) close(d *store.Declaration) error {
	end := "paid"
	if d.State == "defaulted110" {
		end = "settled"
	}
	if err := c.move(workflow.Declaration(), d.ID, d.Ver, workflow.State(d.State), workflow.State(end)); err != nil {
		return err
	}
	d.State = end
	if err := c.Count("declarations-by-state", end, 1, d.ByEmployer+d.ByPersons); err != nil {
		return err
	}
	return c.Set(d)
}

// distribute posts the contributions of a short declaration at once and leaves those of a long one to a job.
func (c *change) distribute(o open, last *store.Payment) error {
	path := []workflow.State{"matched", "posted"}
	if o.Lines > chunkLines {
		path = path[:1]
		if _, err := c.enqueue(allocateOp, Caller{Role: workflow.System, Subject: "service"}, []byte(o.ID)); err != nil {
			return err
		}
	} else if err := c.allocate(o.Declaration, 0); err != nil {
		return err
	}
	for _, p := range append(o.parts, *last) {
		p.Declaration, p.Allocated, p.Reason = o.ID, p.Amount, ""
		if err := c.take(&p, append([]workflow.State{workflow.State(p.State)}, path...)...); err != nil {
			return err
		}
	}
	return nil
}

// cut takes an amount out of dues, fund after fund.
func cut(dues []ledger.Due, amount ledger.Fen) []ledger.Due {
	var taken []ledger.Due
	for i := range dues {
		part := min(amount, dues[i].Pool)
		amount -= part
		dues[i].Pool -= part
		taken = append(taken, ledger.Due{Fund: dues[i].Fund, Pool: part})
	}
	return taken
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

// allocate posts the contributions of the n-th chunk of a declaration, from 0: the pool and each person get theirs.
func (c *change) allocate(d store.Declaration, n int64) error {
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
	dues := make([]ledger.Due, len(lines)*len(of))
	for i, l := range lines {
		if _, err := c.meet(c.agency.People.Person(int(l.person))); err != nil {
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
	pay := ledger.Payment{Ref: d.ID, Region: population.DefaultRegion, Payer: d.Employer}
	if err := c.post(ledger.Allocated(pay, int(n)+1, posting)); err != nil {
		return err
	}
	for i, l := range lines {
		paid := store.Contribution{
			Person: l.person, Month: d.Month, Payer: d.Employer, Wage: l.wage, Base: ledger.Fen(all[i].Base),
			ByEmployer: ledger.Fen(all[i].Employer), ByPerson: ledger.Fen(all[i].Person), Declaration: d.ID, Txn: c.posted.Seq,
		}
		if err := c.addMonth(&paid); err != nil {
			return err
		}
	}
	return nil
}

// addMonth writes a contribution. Where the month was paid by somebody else since it was declared, such as the employer
// before, the money is the person's all the same and the month counts once: the second one is a makeup.
func (c *change) addMonth(paid *store.Contribution) error {
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
		if !known {
			return c.Add(paid)
		}
	}
}
