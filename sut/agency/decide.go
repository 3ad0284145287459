package agency

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A Decision is the body of benefits.decide.
type Decision struct {
	Decision string `json:"decision"`         // review, need_docs, approve or reject
	Reason   string `json:"reason,omitempty"` // a code such as bills-unclear, never a person's data; to refuse or ask it must be given
}

// A Decided is the answer of benefits.decide.
type Decided struct {
	Case
	Trace []string `json:"trace,omitempty"` // of an approval: the reckoning
	Proof
}

// Decide takes a case one step on, once per key. A case takes two people: who takes it into review, or does anything else
// to it, recommends by that and does not decide (Regulations on Social Insurance Handling, article 37). Approval reckons what the
// benefit comes to, and whoever has nothing to get by that is told so: the case is stopped.
func (a *Agency) Decide(ctx context.Context, c Call, id string, d Decision) (store.Answer, bool, error) {
	to, known := map[string]workflow.State{"review": "reviewing", "need_docs": "need_docs", "approve": "approved", "reject": "rejected"}[d.Decision]
	if !known {
		return store.Answer{}, false, refuse(Malformed, "bad-decision", "decision %q: want review, need_docs, approve or reject", d.Decision)
	}
	if d.Reason != "" || to == "need_docs" || to == "rejected" {
		if err := identified("reason", d.Reason); err != nil {
			return store.Answer{}, false, err
		}
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.decide(id, to, d.Reason) })
}

func (c *change) decide(id string, to workflow.State, reason string) (int, any, error) {
	file, who, err := c.agency.caseFor(c, c.Caller, id)
	if err != nil {
		return 0, nil, err
	}
	c.about = "case " + id
	edge, err := c.step(file, to)
	if err != nil {
		return 0, nil, err
	}
	if edge.FourEyes {
		if slices.Contains(strings.Fields(file.Reviewer), c.Subject) {
			return 0, nil, refuse(Forbidden, "four-eyes", "you took part in the review of the case: another person decides")
		}
		file.Decider = c.Subject
	} else {
		file.Reviewer = withHand(file.Reviewer, c.Subject)
	}
	file.Reason = reason
	path := []workflow.State{to}
	var awards []Award
	if to == "approved" {
		path = append(path, "entitled")
		if awards, err = c.entitle(&file, who); err != nil {
			return 0, nil, err
		}
		if len(awards) == 0 {
			path = append(path, "stopped")
		}
	}
	if err := c.keepCase(&file, path...); err != nil {
		return 0, nil, err
	}
	answer := Decided{}
	sum := ledger.Fen(0)
	var list []Entitlement
	for i, id := range strings.Fields(file.Entitlement) {
		sum += awards[i].Amount
		list = append(list, Entitlement{ID: id, Amount: awards[i].Amount, Since: awards[i].Since, Until: awards[i].Until, Status: "paying", Packs: awards[i].Packs})
		answer.Trace = append(answer.Trace, awards[i].Trace...)
	}
	if err := c.Count("benefits-by-step", file.Kind+"/"+string(to), 1, sum); err != nil {
		return 0, nil, err
	}
	answer.Case, answer.Proof = caseOf(file, who, list), c.proof()
	return okay, answer, nil
}

// step is the edge that the case would take, if it has one and the caller may take it.
func (c *change) step(file store.Case, to workflow.State) (workflow.Edge, error) {
	edge, err := workflow.Benefit().Step(workflow.State(file.State), to)
	if err == nil && !edge.Roles.Has(c.Role) {
		err = refuse(Forbidden, "not-your-step", "to %s is for %s", edge.Verb, edge.Roles)
	}
	return edge, err
}

// entitle finds the grounds of an approved case, reckons by them and writes down what comes of it.
func (c *change) entitle(file *store.Case, who population.Person) ([]Award, error) {
	k, err := kindOf(file.Kind)
	if err != nil {
		return nil, err
	}
	var facts CaseFacts
	if err := json.Unmarshal([]byte(file.Facts), &facts); err != nil {
		return nil, err
	}
	g := groundsOf(who, facts, rules.Date(file.Applied))
	if err := k.grounds(c.agency, c, who, g); err != nil {
		return nil, err
	}
	awards, err := Reckon(c.agency.Rules, k.name, *g)
	if err != nil {
		return nil, ruled(err)
	}
	text, err := json.Marshal(g)
	if err != nil {
		return nil, err
	}
	file.Facts = string(text)
	var ids []string
	for i, award := range awards {
		e := store.Entitlement{
			ID: newID("EN", file.ID, strconv.Itoa(i)), Person: file.Person, Kind: k.name, Fund: string(k.fund), Region: who.Region,
			Amount: award.Amount, Since: int64(award.Since), Until: int64(award.Until), State: "paying", Case: file.ID,
			Packs: strings.Join(award.Packs, " "), Ver: 1,
		}
		if err := c.Add(&e); err != nil {
			return nil, err
		}
		ids = append(ids, e.ID)
	}
	file.Entitlement = strings.Join(ids, " ")
	return awards, c.entitled(k.name, who, g, awards)
}

// entitled is what an approval changes besides: a pension ends the working life, and medical bills that were paid back
// count for the year like those that a hospital settled.
func (c *change) entitled(kind string, who population.Person, g *Grounds, awards []Award) error {
	switch {
	case kind == "pension" && len(awards) > 0:
		return c.retire(who)
	case kind == "medical_manual" && len(awards) > 0:
		used, err := spent(c, who.Index, g.Date.Year())
		if err != nil {
			return err
		}
		return c.use(used, awards[0].deductible, awards[0].Amount)
	}
	return nil
}

// retire ends a person's enrolments as an employee: from now on they are insured as a pensioner.
func (c *change) retire(who population.Person) error {
	for _, scheme := range [...]string{"pension", "medical", "unemployment", "injury", "maternity"} {
		e := store.Enrolment{Person: uint64(who.Index), Scheme: scheme}
		found, err := c.Get(&e)
		if err != nil {
			return err
		}
		if !found {
			e.State, e.Employer, e.Region = string(who.Status), c.agency.People.Employer(who.Employer).ID, who.Region
		}
		if e.State != "active" && e.State != "suspended" {
			continue
		}
		if err := c.move(workflow.Enrolment(), key(who.Index)+"/"+scheme, e.Ver, workflow.State(e.State), "retired"); err != nil {
			return err
		}
		e.State, e.Since = "retired", c.Date()
		if !found {
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

// keepCase moves a case from the state it is in along the path, and writes it.
func (c *change) keepCase(file *store.Case, path ...workflow.State) error {
	path = append([]workflow.State{workflow.State(file.State)}, path...)
	if err := c.move(workflow.Benefit(), file.ID, file.Ver, path...); err != nil {
		return err
	}
	file.State = string(path[len(path)-1])
	if file.Ver == 0 { // it stood before the opening day
		file.Ver = 1
		return c.Add(file)
	}
	return c.Set(file)
}

// withHand adds somebody to those who took part in a review.
func withHand(hands, subject string) string {
	if slices.Contains(strings.Fields(hands), subject) {
		return hands
	}
	return strings.TrimSpace(hands + " " + subject)
}
