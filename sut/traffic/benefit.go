package traffic

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/workflow"
)

// application is for the medical bills that somebody paid, or for those of a work injury or a maternity allowance where
// their employment stays. Pension and unemployment are left out: who has asked for one may not ask again.
func (t *Traffic) application(a *arrival, r *scenarios.Request) error {
	who := t.people.Person(a.person)
	p := agency.Application{Kind: "medical_manual", Facts: agency.CaseFacts{Date: a.day()}}
	employed := who.Status == population.Active && t.stays(who.Employer)
	switch draw := a.rand.IntN(10); {
	case employed && draw == 0:
		p.Kind = "injury_manual"
		p.Facts.Bills = a.bills()
	case employed && draw < 5 && who.Sex == "F" && who.Birth.Year() >= 1978:
		p.Kind = "maternity_allowance"
		p.Facts.Average, p.Facts.Children = ledger.Fen(who.Wage), 1
	default:
		p.Facts.Bills, p.Facts.Tier = a.bills(), a.rand.IntN(4)
	}
	document := sha256.Sum256(strconv.AppendUint(nil, a.seq, 10))
	p.Documents = []string{hex.EncodeToString(document[:])}
	if err := t.own(a, r); err != nil {
		return err
	}
	return body(r, p)
}

func (a *arrival) bills() ledger.Fen { return 10_000 + ledger.Fen(a.rand.Int64N(2_000_000)) }

// benefit looks at a case of one's own: the pension of who is retired, or one in review.
func (t *Traffic) benefit(a *arrival, r *scenarios.Request) error {
	n := 1 + a.rand.IntN(3)
	if n > 1 && t.people.Person(a.person).Status == population.Retired {
		n = 0
	}
	about(r, population.CaseID(a.person, n))
	return t.own(a, r)
}

// decision is on a case of the person that was in review at Opening, and not decided before. Three in four are approved
// of those that are sure to be found entitled; who may be found not to be is refused, or asked for documents. Unemployment is
// among these: the region's packs have no amount for it.
func (t *Traffic) decision(a *arrival, r *scenarios.Request) error {
	id := population.CaseID(a.person, t.serial(a.seq))
	c, _ := t.people.Case(id)
	sure := c.Kind == "medical_manual" || c.Kind != "unemployment" && t.stays(t.people.EmployerOf(a.person))
	d, role := agency.Decision{Decision: "reject", Reason: "not-entitled"}, workflow.Reviewer
	switch draw := a.rand.IntN(8); {
	case draw == 0:
		d, role = agency.Decision{Decision: "need_docs", Reason: "bills-unclear"}, workflow.Clerk
	case sure && draw < 7:
		d = agency.Decision{Decision: "approve"}
	}
	about(r, id)
	if err := t.as(r, a.officer(role)); err != nil {
		return err
	}
	return body(r, d)
}

// move asks for the transfer of a pension to another region, for somebody who may and has not asked.
func (t *Traffic) move(a *arrival, r *scenarios.Request) error {
	if err := t.as(r, citizen(t.mover(a).Index)); err != nil {
		return err
	}
	return body(r, agency.Move{To: strconv.Itoa(990_001 + a.rand.IntN(299))})
}

// transfer looks at a transfer of one's own that was on its way at Opening.
func (t *Traffic) transfer(a *arrival, r *scenarios.Request) error {
	about(r, population.TransferID(a.person, 1+a.rand.IntN(3)))
	return t.own(a, r)
}
