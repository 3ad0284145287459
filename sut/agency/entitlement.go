package agency

import (
	"context"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// An Ending is the body of benefits.suspend, benefits.resume and benefits.stop.
type Ending struct {
	Reason string      `json:"reason"`              // a code such as moved-abroad, never a person's data
	Last   rules.Month `json:"last_month,omitzero"` // of stop: the last month that is owed
}

// An Ended is the answer to an Ending, and to a Death.
type Ended struct {
	Cases        []string `json:"cases"`
	Entitlements []string `json:"entitlements"`
	Status       string   `json:"status"`
	Proof
}

// SuspendBenefit stops the payouts of a benefit for a time. Items that are planned and not locked are cancelled by the lock.
func (a *Agency) SuspendBenefit(ctx context.Context, c Call, caseID string, e Ending) (store.Answer, bool, error) {
	return a.turn(ctx, c, caseID, "suspended", e)
}

// ResumeBenefit goes on with a suspended benefit. The next plan makes good the months without an item.
func (a *Agency) ResumeBenefit(ctx context.Context, c Call, caseID string, e Ending) (store.Answer, bool, error) {
	return a.turn(ctx, c, caseID, "paying", e)
}

// StopBenefit ends a benefit after its last month. Later months that were paid, or are on their way, become overpayments.
func (a *Agency) StopBenefit(ctx context.Context, c Call, caseID string, e Ending) (store.Answer, bool, error) {
	if e.Last == 0 {
		return store.Answer{}, false, refuse(Malformed, "no-last-month", "last_month is missing: want the last month that is owed, such as 2023-01")
	}
	return a.turn(ctx, c, caseID, "stopped", e)
}

// turn takes a benefit's case and all its entitlements to a state.
func (a *Agency) turn(ctx context.Context, c Call, caseID string, to workflow.State, e Ending) (store.Answer, bool, error) {
	if err := coded(e.Reason); err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "case " + caseID
		file, who, err := a.caseFor(ch, c.Caller, caseID)
		if err != nil {
			return 0, nil, err
		}
		file.Reason = e.Reason
		if err := ch.turnCase(&file, who, to, e.Last); err != nil {
			return 0, nil, err
		}
		return okay, Ended{[]string{caseID}, strings.Fields(file.Entitlement), file.State, ch.proof()}, nil
	})
}

func (c *change) turnCase(file *store.Case, who population.Person, to workflow.State, last rules.Month) error {
	verb := map[workflow.State]string{"suspended": "suspend", "paying": "resume", "stopped": "stop"}[to]
	if _, err := c.step(*file, to, verb); err != nil {
		return err
	}
	for _, id := range strings.Fields(file.Entitlement) {
		e, err := c.agency.entitlement(c, id)
		if err != nil {
			return err
		}
		if err := c.turnEntitlement(e, to, last); err != nil {
			return err
		}
	}
	if err := c.keepCase(file, to); err != nil {
		return err
	}
	return c.Count("benefits-by-step", file.Kind+"/"+string(to), 1, 0)
}

// turnEntitlement follows its case. One that has ended stays so, but for months that were not owed after all.
func (c *change) turnEntitlement(e store.Entitlement, to workflow.State, last rules.Month) error {
	ended := e.State == "ended"
	if !ended {
		e.State = string(to)
	}
	if to == "stopped" && (e.Until == 0 || e.Until > int64(last)) {
		e.Until = int64(last)
		if err := c.takeBackItems(e, last); err != nil {
			return err
		}
	} else if ended {
		return nil
	}
	if e.Ver == 0 { // it stood before the opening
		e.Ver = 1
		return c.Add(&e)
	}
	return c.Set(&e)
}

// entitlement is the row of an entitlement, made up from the population where it was not touched yet.
func (a *Agency) entitlement(v store.View, id string) (store.Entitlement, error) {
	e := store.Entitlement{ID: id}
	found, err := v.Get(&e)
	if found || err != nil {
		return e, err
	}
	old, found := a.People.Entitlement(id)
	if !found {
		return e, hidden("entitlement")
	}
	return store.Entitlement{
		ID: id, Person: uint64(old.Person), Kind: "pension", Fund: string(ledger.Pension), Region: a.People.Person(old.Person).Region,
		Amount: ledger.Fen(old.Monthly), Since: int64(old.From), State: "paying", Case: old.Case,
	}, nil
}

// A Death is the body of deaths.report.
type Death struct {
	Person string     `json:"person"` // P00000123
	Date   rules.Date `json:"date"`
}

// ReportDeath ends everything of a person: benefits with the month of the death, and the enrolments.
func (a *Agency) ReportDeath(ctx context.Context, c Call, d Death) (store.Answer, bool, error) {
	if d.Date == 0 || int64(d.Date) > c.Date() {
		return store.Answer{}, false, refuse(Malformed, "bad-date", "date %s: want the day of the death, today or before", d.Date)
	}
	i, found := a.People.PersonByID(d.Person)
	if !found || !(workflow.Clerk | workflow.System).Has(c.Role) || !c.sees(a.People.Person(i)) {
		return store.Answer{}, false, hidden("person")
	}
	who := a.People.Person(i)
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.die(who, d.Date) })
}

func (c *change) die(who population.Person, date rules.Date) (int, any, error) {
	c.about = "person " + who.ID
	if err := c.endEnrolments(who); err != nil {
		return 0, nil, err
	}
	answer := Ended{Cases: []string{}, Entitlements: []string{}, Status: "deceased"}
	ids, err := c.casesPaid(who)
	if err != nil {
		return 0, nil, err
	}
	for _, id := range ids {
		file, _, err := c.agency.caseFor(c, Caller{Role: workflow.System}, id)
		if err != nil {
			return 0, nil, err
		}
		if _, err := workflow.Benefit().Step(workflow.State(file.State), "stopped"); err != nil {
			continue // stopped before
		}
		file.Reason = "death"
		if err := c.turnCase(&file, who, "stopped", date.Month()); err != nil {
			return 0, nil, err
		}
		answer.Cases = append(answer.Cases, id)
		answer.Entitlements = append(answer.Entitlements, strings.Fields(file.Entitlement)...)
	}
	answer.Proof = c.proof()
	return okay, answer, nil
}

// casesPaid are the cases of a person's entitlements that have not ended.
func (c *change) casesPaid(who population.Person) (ids []string, err error) {
	if old, found := c.agency.People.EntitlementOf(who); found {
		ids = append(ids, old.Case)
	}
	for _, k := range kinds() {
		list, err := store.List[store.Entitlement](c, store.EntitlementsIn, k.name, who.Index, who.Index)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if e.Case != "" && !slices.Contains(ids, e.Case) {
				ids = append(ids, e.Case)
			}
		}
	}
	return ids, nil
}

// endEnrolments ends a person's enrolments by death. A person who is dead already is an illegal step.
func (c *change) endEnrolments(who population.Person) error {
	for _, scheme := range Schemes() {
		e := store.Enrolment{Person: uint64(who.Index), Scheme: scheme, State: string(who.Status), Region: who.Region}
		if who.Status != population.Retired {
			e.Employer = c.agency.People.Employer(who.Employer).ID
		}
		if _, err := c.Get(&e); err != nil {
			return err
		}
		from := workflow.State(e.State)
		if from == "none" || from == "pending" || from == "transferred_out" {
			continue
		}
		if err := c.move(workflow.Enrolment(), key(who.Index)+"/"+scheme, e.Ver, from, "deceased"); err != nil {
			return err
		}
		e.State, e.Until = "deceased", c.Date()
		var err error
		if e.Ver == 0 {
			e.Ver = 1
			err = c.Add(&e)
		} else {
			err = c.Set(&e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
