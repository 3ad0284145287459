package agency

import (
	"context"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A Bill is the body of claims.preview and claims.settle: one visit of one patient, who is named by identity number or by
// the code that they showed.
type Bill struct {
	Visit    string     `json:"visit"` // the hospital's number, unique there: its id in claims.get and claims.reverse
	IDNo     string     `json:"id_no,omitempty"`
	Code     string     `json:"code_token,omitempty"`
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

// mostLines is the longest bill.
const mostLines = 500

// A Split is who pays what of a bill.
type Split struct {
	Total      ledger.Fen `json:"total_fen"`
	Deductible ledger.Fen `json:"deductible_fen"`
	Fund       ledger.Fen `json:"fund_fen"`
	Account    ledger.Fen `json:"account_fen"`
	Cash       ledger.Fen `json:"cash_fen"`
	Pack       string     `json:"pack,omitempty"`  // the policy in force on the visit date
	Trace      []string   `json:"trace,omitempty"` // the reckoning; of a preview only
}

// A Settlement is the answer of claims.settle.
type Settlement struct {
	Claim  string `json:"claim"` // hospital and visit, as the ledger names it
	Status string `json:"status"`
	Split
	Proof
}

// Preview divides a bill, with the reckoning, and changes nothing: a settlement at the same moment would give the same.
func (a *Agency) Preview(ctx context.Context, c Caller, now time.Time, b Bill) (s Split, err error) {
	who, err := a.patient(c, b)
	if err == nil {
		err = who.present(now)
	}
	if err != nil {
		return s, err
	}
	var visit rules.Visit
	err = a.Store.View(ctx, func(v store.View) error {
		_, medical, err := balances(v, who.Person)
		if err != nil {
			return err
		}
		visit, _, err = a.visit(v, who.Person, b, medical)
		return err
	})
	if err != nil {
		return s, err
	}
	r, err := a.Rules.Settle(visit)
	if err != nil {
		return s, ruled(err)
	}
	return divided(r.Split, r.Packs[0], r.Trace), nil
}

// Settle divides a bill by the law of the visit's day and posts it, once per key.
func (a *Agency) Settle(ctx context.Context, c Call, b Bill) (store.Answer, bool, error) {
	who, err := a.patient(c.Caller, b)
	if err != nil {
		return store.Answer{}, false, err
	}
	law, err := a.splitter(who.Region, b.Date)
	if err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.settle(who, b, law) })
}

func (c *change) settle(who patient, b Bill, law *rules.Splitter) (int, any, error) {
	ref := claimRef(b.Hospital, b.Visit)
	c.about = "claim " + ref
	claim := store.Claim{Hospital: b.Hospital, Visit: b.Visit}
	settled, err := c.Get(&claim)
	if err != nil {
		return 0, nil, err
	}
	if old, found := c.agency.People.Claim(b.Visit); settled || found && old.Hospital == b.Hospital {
		return 0, nil, refuse(Conflict, "visit-settled", "visit %s was settled under another key", b.Visit)
	}
	if err := who.present(c.Now); err != nil {
		return 0, nil, err
	}
	person, err := c.meet(who.Person)
	if err != nil {
		return 0, nil, err
	}
	medical, err := c.Balance(ledger.MedicalAccount(person.ID))
	if err != nil {
		return 0, nil, err
	}
	visit, used, err := c.agency.visit(c, who.Person, b, -medical)
	if err != nil {
		return 0, nil, err
	}
	split, err := law.Split(visit)
	if err != nil {
		return 0, nil, ruled(err)
	}
	claim = claimOf(who.Person, b.Hospital, b.Visit, visit, split, law.Pack())
	if err := c.post(ledger.Settled(settlement(&claim))); err != nil {
		return 0, nil, err
	}
	if err := c.keep(&claim); err != nil {
		return 0, nil, err
	}
	if err := c.use(used, claim.Deductible, claim.Fund); err != nil {
		return 0, nil, err
	}
	// Two claims must not both take what one account holds, nor may one be divided by what an account held before another
	// was reversed and by what the year had used after it: where connections write at once, each read sees the newest.
	if err := c.Set(&person); err != nil {
		return 0, nil, err
	}
	return created, Settlement{Claim: ref, Status: claim.State, Split: divided(split, claim.Pack, nil), Proof: c.proof()}, nil
}

// keep writes a settled claim down and counts it.
func (c *change) keep(claim *store.Claim) error {
	claim.State, claim.Txn, claim.Ver = "settled", c.posted.Seq, 1
	if err := c.Add(claim); err != nil {
		return err
	}
	if err := c.move(workflow.Claim(), claimRef(claim.Hospital, claim.Visit), 0, "previewed", "settled"); err != nil {
		return err
	}
	return c.Count("claims-by-day", rules.Date(claim.Date).String(), 1, claim.Fund)
}

// use adds to what a year's claims have used up.
func (c *change) use(used store.Spent, deductible, fund ledger.Fen) error {
	used.Deductible += deductible
	used.Fund += fund
	if used.Ver == 0 {
		used.Ver = 1
		return c.Add(&used)
	}
	return c.Set(&used)
}

// created is HTTP's 201.
const created = 201

// claimRef is a claim in the ledger and in logs.
func claimRef(hospital, visit string) string { return hospital + "/" + visit }

// A patient is a person and, where a code named them, how long it is good.
type patient struct {
	population.Person
	code *holder
}

// present refuses a patient whose code is over. It is asked again when the bill is settled, not when a settlement is repeated.
func (p patient) present(now time.Time) error {
	if p.code == nil {
		return nil
	}
	return p.code.check(now)
}

// patient checks the names in a bill and finds whom it is for.
func (a *Agency) patient(c Caller, b Bill) (p patient, err error) {
	if c.Subject != b.Hospital {
		return p, refuse(Forbidden, "other-hospital", "the token is of hospital %s, the bill of %q", c.Subject, b.Hospital)
	}
	if err := identified("visit", b.Visit); err != nil {
		return p, err
	}
	if b.Date == 0 {
		return p, refuse(Malformed, "no-visit-date", "visit_date is missing: want a day such as 2023-01-01")
	}
	if len(b.Lines) > mostLines {
		return p, refuse(Unprocessable, "too-many-lines", "%d lines: want at most %d", len(b.Lines), mostLines)
	}
	return a.named(c, b.IDNo, b.Code)
}

// named is the person of an identity number or of a code.
func (a *Agency) named(c Caller, idNumber, code string) (p patient, err error) {
	switch {
	case idNumber != "" && code != "":
		return p, refuse(Malformed, "two-names", "id_no and code_token: want one of them")
	case code != "":
		h, err := a.shown(c, code)
		if err != nil {
			return p, err
		}
		return patient{a.People.Person(h.person), &h}, nil
	}
	p.Person, err = a.find(idNumber)
	return p, err
}

// visit is what the rules divide: the bill, and the person's year and account as they stand.
func (a *Agency) visit(v store.View, who population.Person, b Bill, medical ledger.Fen) (visit rules.Visit, used store.Spent, err error) {
	state, err := standing(v, who, "medical")
	if err != nil {
		return visit, used, err
	}
	if !insured(state) {
		return visit, used, refuse(Unprocessable, "not-insured", "the patient is insured here no more: %s", state)
	}
	if used, err = spent(v, who.Index, b.Date.Year()); err != nil {
		return visit, used, err
	}
	visit = rules.Visit{
		Region: who.Region, Date: b.Date, Tier: b.Tier, Retired: state == "retired", Lines: make([]rules.Line, len(b.Lines)),
		Year: rules.YearToDate{Deductible: int64(used.Deductible), Fund: int64(used.Fund)}, Account: int64(medical),
	}
	for i, l := range b.Lines {
		visit.Lines[i] = rules.Line(l)
	}
	return visit, used, nil
}

// insured tells whether the fund pays in a state of the medical insurance. Who is suspended is insured still: how long
// after the last contribution is left out.
func insured(s workflow.State) bool { return s == "active" || s == "suspended" || s == "retired" }

func divided(s rules.Split, pack string, trace []string) Split {
	return Split{
		Total: ledger.Fen(s.Total), Deductible: ledger.Fen(s.Deductible), Fund: ledger.Fen(s.Fund),
		Account: ledger.Fen(s.Account), Cash: ledger.Fen(s.Cash), Pack: pack, Trace: trace,
	}
}

// claimOf is a divided bill with all that it was divided by, so that it can be reckoned again.
func claimOf(who population.Person, hospital, visit string, v rules.Visit, s rules.Split, pack string) store.Claim {
	return store.Claim{
		Hospital: hospital, Visit: visit, Person: uint64(who.Index), Year: int64(v.Date.Year()), Date: int64(v.Date), Tier: int64(v.Tier),
		Retired: v.Retired, Region: v.Region, Total: ledger.Fen(s.Total), InPolicy: ledger.Fen(s.InPolicy),
		UsedDeductible: ledger.Fen(v.Year.Deductible), UsedFund: ledger.Fen(v.Year.Fund), AccountBefore: ledger.Fen(v.Account),
		Deductible: ledger.Fen(s.Deductible), Fund: ledger.Fen(s.Fund), Account: ledger.Fen(s.Account), Cash: ledger.Fen(s.Cash), Pack: pack,
	}
}

// settlement is what the ledger posts of a claim.
func settlement(c *store.Claim) ledger.Claim {
	return ledger.Claim{
		Ref: claimRef(c.Hospital, c.Visit), Region: c.Region, Hospital: c.Hospital, Person: c.Person, Fund: c.Fund, Account: c.Account,
	}
}
