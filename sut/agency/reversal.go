package agency

import (
	"context"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A ClaimRecord is the answer of claims.get: what stands of a visit. It is how a hospital that lost a reply learns whether
// its bill was settled.
type ClaimRecord struct {
	Claim  string     `json:"claim"`
	Status string     `json:"status"` // settled, reversed or closed_in_recon
	Date   rules.Date `json:"visit_date"`
	Split
	Txn int64 `json:"ledger_txn,omitempty"` // the settlement; none where it is older than the book
}

// Claim is what stands of a hospital's own visit.
func (a *Agency) Claim(ctx context.Context, c Caller, visit string) (r ClaimRecord, err error) {
	claim := store.Claim{Hospital: c.Subject, Visit: visit}
	found := false
	err = a.Store.View(ctx, func(v store.View) (err error) {
		found, err = v.Get(&claim)
		return err
	})
	if err != nil {
		return r, err
	}
	if !found {
		old, before := a.claimBefore(c.Subject, visit)
		if !before {
			return r, hidden("visit")
		}
		if claim, err = a.olderClaim(old, 0); err != nil {
			return r, err
		}
		claim.State = string(old.State)
	}
	return ClaimRecord{
		Claim: claimRef(claim.Hospital, claim.Visit), Status: claim.State, Date: rules.Date(claim.Date), Txn: claim.Txn,
		Split: Split{Total: claim.Total, Deductible: claim.Deductible, Fund: claim.Fund, Account: claim.Account, Cash: claim.Cash, Pack: claim.Pack},
	}, nil
}

// A Reversed is the answer of claims.reverse: what the fund and the patient's account got back.
type Reversed struct {
	Claim   string     `json:"claim"`
	Status  string     `json:"status"`
	Fund    ledger.Fen `json:"fund_fen"`
	Account ledger.Fen `json:"account_fen"`
	Proof
}

// Reverse takes a settled visit of the calling hospital back, once per key: the posting is negated exactly, and the year's
// deductible and cap are given back. What later visits of the year were divided by stays as it was.
func (a *Agency) Reverse(ctx context.Context, c Call, visit string) (store.Answer, bool, error) {
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.reverse(visit) })
}

func (c *change) reverse(visit string) (int, any, error) {
	claim, err := c.claim(c.Subject, visit)
	if err != nil {
		return 0, nil, err
	}
	ref := claimRef(claim.Hospital, claim.Visit)
	c.about = "claim " + ref
	if err := c.move(workflow.Claim(), ref, claim.Ver, workflow.State(claim.State), "reversed"); err != nil {
		return 0, nil, err
	}
	if err := c.post(ledger.Reverse(ledger.Settled(settlement(&claim)), ref)); err != nil {
		return 0, nil, err
	}
	claim.State = "reversed"
	if err := c.Set(&claim); err != nil {
		return 0, nil, err
	}
	if claim.Account != 0 { // who divides a bill meanwhile reads the account and the year apart: see settle
		person := store.Person{ID: claim.Person}
		if _, err := c.Get(&person); err != nil {
			return 0, nil, err
		}
		if err := c.Set(&person); err != nil {
			return 0, nil, err
		}
	}
	if claim.Deductible != 0 || claim.Fund != 0 {
		used, err := spent(c, int(claim.Person), int(claim.Year))
		if err != nil {
			return 0, nil, err
		}
		if err := c.use(used, -claim.Deductible, -claim.Fund); err != nil {
			return 0, nil, err
		}
	}
	if err := c.Count("claims-reversed-by-day", rules.Date(claim.Date).String(), 1, claim.Fund); err != nil {
		return 0, nil, err
	}
	return okay, Reversed{Claim: ref, Status: claim.State, Fund: claim.Fund, Account: claim.Account, Proof: c.proof()}, nil
}

// okay is HTTP's 200.
const okay = 200

// claim is the row of a hospital's visit. A claim that is older than the book is written down first, with what it took
// from pool and account, and is from then on like any other.
func (c *change) claim(hospital, visit string) (store.Claim, error) {
	claim := store.Claim{Hospital: hospital, Visit: visit}
	found, err := c.Get(&claim)
	if found || err != nil {
		return claim, err
	}
	old, before := c.agency.claimBefore(hospital, visit)
	if !before {
		return claim, hidden("visit")
	}
	person, err := c.meet(c.agency.People.Person(old.Person))
	if err != nil {
		return claim, err
	}
	medical, err := c.Balance(ledger.MedicalAccount(person.ID))
	if err != nil {
		return claim, err
	}
	if claim, err = c.agency.olderClaim(old, -medical); err != nil {
		return claim, err
	}
	if err := c.post(ledger.ClaimOpened(settlement(&claim))); err != nil {
		return claim, err
	}
	if err := c.post(ledger.Settled(settlement(&claim))); err != nil {
		return claim, err
	}
	claim.State, claim.Txn, claim.Ver = string(old.State), c.posted.Seq, 1
	if err := c.Add(&claim); err != nil {
		return claim, err
	}
	return claim, c.move(workflow.Claim(), claimRef(hospital, visit), 0, "previewed", "settled")
}

// claimBefore is a hospital's claim of before the opening day.
func (a *Agency) claimBefore(hospital, visit string) (population.Claim, bool) {
	old, found := a.People.Claim(visit)
	return old, found && old.Hospital == hospital
}

// olderClaim divides a claim of before the opening day by the law of its day, with an account that holds what the claim
// took besides what it holds today.
func (a *Agency) olderClaim(old population.Claim, today ledger.Fen) (store.Claim, error) {
	who := a.People.Person(old.Person)
	law, err := a.splitter(who.Region, old.Date)
	if err != nil {
		return store.Claim{}, err
	}
	visit := rules.Visit{
		Region: who.Region, Date: old.Date, Tier: old.Tier, Retired: who.Status == population.Retired,
		Lines: make([]rules.Line, len(old.Lines)), Account: old.Account + int64(today),
	}
	for i, l := range old.Lines {
		visit.Lines[i] = rules.Line(l)
	}
	split, err := law.Split(visit)
	if err != nil {
		return store.Claim{}, ruled(err)
	}
	return claimOf(who, old.Hospital, old.ID, visit, split, law.Pack()), nil
}
