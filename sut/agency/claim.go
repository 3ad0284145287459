package agency

import (
	"context"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A Bill is the body of claims.preview and claims.settle: one visit of one patient.
type Bill struct {
	Visit    string     `json:"visit"` // the hospital's number, unique there
	IDNo     string     `json:"id_no"` // the patient's citizen identity number
	Hospital string     `json:"hospital"`
	Tier     int        `json:"tier"` // 1 to 3; 0 is a community clinic
	Date     rules.Date `json:"visit_date"`
	Lines    []BillLine `json:"lines"`
}

// A BillLine is one item of a bill.
type BillLine struct {
	Item     string `json:"item"`
	Qty      int64  `json:"qty"`
	Unit     int64  `json:"unit_fen"`
	InPolicy bool   `json:"in_policy"`
}

// A Split is the answer of claims.preview: who pays what of a bill.
type Split struct {
	Total      ledger.Fen `json:"total_fen"`
	Deductible ledger.Fen `json:"deductible_fen"`
	Fund       ledger.Fen `json:"fund_fen"`
	Account    ledger.Fen `json:"account_fen"`
	Cash       ledger.Fen `json:"cash_fen"`
	Pack       string     `json:"pack,omitempty"` // the policy in force on the visit date, if it pays anything
	Trace      []string   `json:"trace"`
}

// A Settlement is the answer of claims.settle.
type Settlement struct {
	Claim  string `json:"claim"`
	Status string `json:"status"`
	Split
	Proof
}

// Preview divides a bill and changes nothing: a settlement at the same moment would give the same.
func (a *Agency) Preview(ctx context.Context, hospital string, b Bill) (s Split, err error) {
	who, err := a.patient(hospital, b)
	if err != nil {
		return s, err
	}
	err = a.Store.View(ctx, func(v store.View) error {
		divided, err := a.split(v, who, b)
		s = divided.Split
		return err
	})
	return s, err
}

// Settle divides a bill and posts it, once per key.
func (a *Agency) Settle(ctx context.Context, c Call, b Bill) (store.Answer, bool, error) {
	who, err := a.patient(c.Subject, b)
	if err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.settle(who, b) })
}

func (c *change) settle(who population.Person, b Bill) (int, any, error) {
	ref := b.Hospital + "/" + b.Visit
	c.about = "claim " + ref
	claim := store.Claim{Hospital: b.Hospital, Visit: b.Visit}
	switch settled, err := c.Get(&claim); {
	case err != nil:
		return 0, nil, err
	case settled:
		return 0, nil, refuse(Conflict, "visit-settled", "visit %s was settled under another key", b.Visit)
	}
	person, err := c.meet(who)
	if err != nil {
		return 0, nil, err
	}
	s, err := c.agency.split(c, who, b)
	if err != nil {
		return 0, nil, err
	}
	err = c.post(ledger.Settled(ledger.Claim{
		Ref: ref, Region: who.Region, Hospital: b.Hospital, Person: uint64(who.Index), Fund: s.Fund, Account: s.Account,
	}))
	if err != nil {
		return 0, nil, err
	}
	if err := c.keep(who, b, s); err != nil {
		return 0, nil, err
	}
	if err := c.Set(&person); err != nil { // the account was read to decide
		return 0, nil, err
	}
	return created, Settlement{Claim: ref, Status: "settled", Split: s.Split, Proof: c.proof()}, nil
}

// keep writes the claim down, with what it was reckoned from, and counts it.
func (c *change) keep(who population.Person, b Bill, s split) error {
	claim := store.Claim{
		Hospital: b.Hospital, Visit: b.Visit, Person: uint64(who.Index), Year: int64(b.Date.Year()), Date: int64(b.Date), Tier: int64(b.Tier),
		Retired: who.Status == population.Retired, Region: who.Region, Total: s.Total, InPolicy: s.inPolicy,
		UsedDeductible: s.used.Deductible, UsedFund: s.used.Fund, AccountBefore: s.before,
		Deductible: s.Deductible, Fund: s.Fund, Account: s.Account, Cash: s.Cash, Pack: s.Pack, State: "settled", Txn: c.posted.Seq,
	}
	if err := c.Add(&claim); err != nil {
		return err
	}
	if err := c.move(workflow.Claim(), b.Hospital+"/"+b.Visit, 0, "previewed", "settled"); err != nil {
		return err
	}
	used := s.used
	used.Deductible += s.Deductible
	used.Fund += s.Fund
	if err := c.use(s.used, used); err != nil {
		return err
	}
	return c.Count("claims-by-day", b.Date.String(), 1, s.Fund)
}

// use writes what a year's claims have used up.
func (c *change) use(before, after store.Spent) error {
	if before.Ver == 0 {
		after.Ver = 1
		return c.Add(&after)
	}
	return c.Set(&after)
}

// created is HTTP's 201.
const created = 201

// patient checks the names in a bill and finds whom it is for.
func (a *Agency) patient(hospital string, b Bill) (population.Person, error) {
	if hospital != b.Hospital {
		return population.Person{}, refuse(Forbidden, "other-hospital", "the token is of hospital %s, the bill of %q", hospital, b.Hospital)
	}
	if err := identified("visit", b.Visit); err != nil {
		return population.Person{}, err
	}
	if b.Date == 0 {
		return population.Person{}, refuse(Malformed, "no-visit-date", "visit_date is missing: want a day such as 2023-01-01")
	}
	return a.find(b.IDNo)
}

// A split is a divided bill and what it was reckoned from.
type split struct {
	Split
	inPolicy ledger.Fen
	used     store.Spent
	before   ledger.Fen // on the medical account
}

// split asks the rules, with the person's balance and year as they stand.
func (a *Agency) split(v store.View, who population.Person, b Bill) (s split, err error) {
	if _, s.before, err = balances(v, who); err != nil {
		return s, err
	}
	if s.used, err = spent(v, who.Index, b.Date.Year()); err != nil {
		return s, err
	}
	lines := make([]rules.Line, len(b.Lines))
	for i, l := range b.Lines {
		lines[i] = rules.Line(l)
		if l.InPolicy {
			s.inPolicy += ledger.Fen(l.Qty * l.Unit)
		}
	}
	r, err := a.Rules.Settle(rules.Visit{
		Region: who.Region, Date: b.Date, Tier: b.Tier, Retired: who.Status == population.Retired, Lines: lines,
		Year: rules.YearToDate{Deductible: int64(s.used.Deductible), Fund: int64(s.used.Fund)}, Account: int64(s.before),
	})
	if err != nil {
		return s, ruled(err)
	}
	s.Split = Split{
		Total: ledger.Fen(r.Total), Deductible: ledger.Fen(r.Deductible), Fund: ledger.Fen(r.Fund),
		Account: ledger.Fen(r.Account), Cash: ledger.Fen(r.Cash), Trace: r.Trace,
	}
	if len(r.Packs) > 0 {
		s.Pack = r.Packs[0]
	}
	return s, nil
}
