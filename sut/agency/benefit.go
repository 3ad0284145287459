package agency

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// An Application is the body of benefits.apply.
type Application struct {
	Kind      string    `json:"kind"` // one of Kinds
	Facts     CaseFacts `json:"facts"`
	Documents []string  `json:"documents,omitempty"` // SHA-256 of each, 64 hex digits; the documents stay with the applicant
}

// A Case is an application and what became of it: the answer of every operation on benefits.
type Case struct {
	Case         string        `json:"case"`
	Person       string        `json:"person"` // the agency's own number
	Kind         string        `json:"kind"`
	Status       string        `json:"status"`
	Applied      rules.Date    `json:"applied"`
	Due          rules.Date    `json:"due"` // the last day of the statutory clock
	Facts        CaseFacts     `json:"facts"`
	Documents    []string      `json:"documents,omitempty"`
	Reason       string        `json:"reason,omitempty"` // of the last decision, a code
	Entitlements []Entitlement `json:"entitlements,omitempty"`
}

// An Entitlement is money that a case brought.
type Entitlement struct {
	ID     string      `json:"entitlement"`
	Amount ledger.Fen  `json:"amount_fen"` // a month; or once, where since and until are the same
	Since  rules.Month `json:"since"`
	Until  rules.Month `json:"until,omitzero"` // the last month; none: for life
	Status string      `json:"status"`
	Packs  []string    `json:"packs,omitempty"`
}

// A Filed is the answer of benefits.apply and of bringing documents.
type Filed struct {
	Case
	Proof
}

// Apply files the calling citizen's application, once per key. Who is not entitled on the facts and the records is refused
// at once; what can be shown only by documents is for the review.
func (a *Agency) Apply(ctx context.Context, c Call, p Application) (store.Answer, bool, error) {
	who, err := a.self(c.Caller)
	if err != nil {
		return store.Answer{}, false, err
	}
	k, err := kindOf(p.Kind)
	if err != nil {
		return store.Answer{}, false, err
	}
	if err := k.check(p.Facts, rules.Date(c.Date())); err != nil {
		return store.Answer{}, false, err
	}
	documents, err := appendDocuments(nil, p.Documents)
	if err != nil {
		return store.Answer{}, false, err
	}
	facts, err := json.Marshal(p.Facts)
	if err != nil {
		return store.Answer{}, false, err
	}
	due, err := termOf(k, rules.Date(c.Date()))
	if err != nil {
		return store.Answer{}, false, err
	}
	filed := store.Case{
		ID: newID("BC", c.Op, c.Key), Person: uint64(who.Index), Kind: k.name, State: "accepted", Applied: c.Date(), Due: int64(due),
		Facts: string(facts), Documents: strings.Join(documents, " "), Ver: 1,
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.apply(who, k, filed, p.Facts) })
}

func (c *change) apply(who population.Person, k kind, filed store.Case, facts CaseFacts) (int, any, error) {
	c.about = "case " + filed.ID
	if k.alone {
		if err := c.alone(who, k); err != nil {
			return 0, nil, err
		}
	}
	if err := k.grounds(c.agency, c, who, groundsOf(who, facts, rules.Date(filed.Applied))); err != nil {
		return 0, nil, err
	}
	if err := c.Add(&filed); err != nil {
		return 0, nil, err
	}
	if err := c.move(workflow.Benefit(), filed.ID, 0, "applied", "accepted"); err != nil {
		return 0, nil, err
	}
	if err := c.Count("benefits-applied", k.name, 1, 0); err != nil {
		return 0, nil, err
	}
	return created, Filed{caseOf(filed, who, nil), c.proof()}, nil
}

// alone refuses a second case of a kind beside one that is under way.
func (c *change) alone(who population.Person, k kind) error {
	person, err := c.meet(who)
	if err != nil {
		return err
	}
	for _, state := range []string{"accepted", "reviewing", "need_docs", "entitled", "paying", "suspended"} {
		open, err := store.List[store.Case](c, store.CaseIn, who.Index, k.name, state)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return refuse(Conflict, "case-open", "case %s of this kind is %s", open[0].ID, state)
		}
	}
	return c.Set(&person) // so that of two applications at a time one sees the other
}

func groundsOf(who population.Person, facts CaseFacts, applied rules.Date) *Grounds {
	return &Grounds{CaseFacts: facts, Region: who.Region, From: applied.Month().Add(1)}
}

// termOf is the last day for a case that was applied for on a day.
func termOf(k kind, applied rules.Date) (rules.Date, error) {
	clock, err := workflow.ClockOf(k.clock)
	if err != nil {
		return 0, err
	}
	return workdays.Due(clock, applied), nil
}

// mostDocuments belong to one case.
const mostDocuments = 20

// appendDocuments adds hashes that are not in the list yet.
func appendDocuments(list, more []string) ([]string, error) {
	for _, d := range more {
		if sum, err := hex.DecodeString(d); err != nil || len(sum) != 32 || strings.ToLower(d) != d {
			return nil, refuse(Malformed, "bad-document", "document %.70q: want its SHA-256 as 64 hex digits in small letters", d)
		}
		if !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	if len(list) > mostDocuments {
		return nil, refuse(Unprocessable, "too-many-documents", "%d documents: want at most %d", len(list), mostDocuments)
	}
	return list, nil
}

// Documents is the body of bringing documents.
type Documents struct {
	Documents []string `json:"documents"`
}

// BringDocuments adds what a case waits for, which goes back into review. Its applicant does it, or a clerk for them.
func (a *Agency) BringDocuments(ctx context.Context, c Call, id string, d Documents) (store.Answer, bool, error) {
	if len(d.Documents) == 0 {
		return store.Answer{}, false, refuse(Malformed, "no-documents", "documents: want at least one hash")
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.bring(id, d.Documents) })
}

func (c *change) bring(id string, more []string) (int, any, error) {
	file, who, err := c.agency.caseFor(c, c.Caller, id)
	if err != nil {
		return 0, nil, err
	}
	c.about = "case " + id
	if _, err := c.step(file, "reviewing", "bring documents"); err != nil {
		return 0, nil, err
	}
	before := strings.Fields(file.Documents)
	documents, err := appendDocuments(before, more)
	if err != nil {
		return 0, nil, err
	}
	if len(documents) == len(before) {
		return 0, nil, refuse(Unprocessable, "documents-known", "the case has these documents already")
	}
	file.Documents = strings.Join(documents, " ")
	if c.Role != workflow.Citizen {
		file.Reviewer = withHand(file.Reviewer, c.Subject)
	}
	if err := c.keepCase(&file, "reviewing"); err != nil {
		return 0, nil, err
	}
	return okay, Filed{caseOf(file, who, nil), c.proof()}, nil
}

// Benefit is a case, for its applicant and for the clerks and reviewers of the region.
func (a *Agency) Benefit(ctx context.Context, c Caller, id string) (b Case, err error) {
	err = a.Store.View(ctx, func(v store.View) error {
		file, who, err := a.caseFor(v, c, id)
		if err != nil {
			return err
		}
		var list []Entitlement
		for _, id := range strings.Fields(file.Entitlement) {
			e := store.Entitlement{ID: id}
			found, err := v.Get(&e)
			if err != nil {
				return err
			}
			if before, stood := a.People.Entitlement(id); !found && stood {
				e = store.Entitlement{ID: id, Amount: ledger.Fen(before.Monthly), Since: int64(before.From), State: "paying"}
			}
			list = append(list, entitlementOf(e))
		}
		b = caseOf(file, who, list)
		return nil
	})
	return b, err
}

// caseFor is a case that the caller may see, as it is kept or as it stood before the opening day: version 0.
func (a *Agency) caseFor(v store.View, c Caller, id string) (file store.Case, who population.Person, err error) {
	file.ID = id
	found, err := v.Get(&file)
	if err != nil {
		return file, who, err
	}
	if !found {
		old, stood := a.People.Case(id)
		if !stood {
			return file, who, hidden("case")
		}
		if file, err = olderCase(old); err != nil {
			return file, who, err
		}
	}
	if file.Person >= uint64(a.People.Size()) {
		return file, who, hidden("case")
	}
	who = a.People.Person(int(file.Person))
	if !c.sees(who) {
		return file, who, hidden("case")
	}
	return file, who, nil
}

// olderCase is a case of before the opening day. Its facts are our drawing: the event was on the day of the application, a
// hospital was of tier 2, the child is one, the employer's average wage 7,000.00.
func olderCase(old population.Case) (store.Case, error) {
	k, err := kindOf(old.Kind)
	if err != nil {
		return store.Case{}, err
	}
	facts := CaseFacts{Date: old.Applied, Bills: ledger.Fen(old.Bills)}
	switch old.Kind {
	case "pension":
		facts.Date = 0
	case "unemployment":
		facts.Involuntary, facts.Registered = true, true
	case "maternity_allowance":
		facts.Children, facts.Average = 1, 7000_00
	case "medical_manual":
		facts.Tier = 2
	}
	text, err := json.Marshal(facts)
	if err != nil {
		return store.Case{}, err
	}
	due, err := termOf(k, old.Applied)
	file := store.Case{
		ID: old.ID, Person: uint64(old.Person), Kind: old.Kind, State: string(old.State), Applied: int64(old.Applied), Due: int64(due),
		Facts: string(text), Reviewer: "before-opening",
	}
	if old.State == "paying" {
		file.Entitlement = population.EntitlementID(old.Person)
	}
	return file, err
}

func caseOf(file store.Case, who population.Person, list []Entitlement) Case {
	var facts CaseFacts
	_ = json.Unmarshal([]byte(file.Facts), &facts) // ours, or it shows nothing
	return Case{
		Case: file.ID, Person: who.ID, Kind: file.Kind, Status: file.State, Applied: rules.Date(file.Applied), Due: rules.Date(file.Due),
		Facts: facts, Documents: strings.Fields(file.Documents), Reason: file.Reason, Entitlements: list,
	}
}

func entitlementOf(e store.Entitlement) Entitlement {
	return Entitlement{
		ID: e.ID, Amount: e.Amount, Since: rules.Month(e.Since), Until: rules.Month(e.Until), Status: e.State, Packs: strings.Fields(e.Packs),
	}
}
