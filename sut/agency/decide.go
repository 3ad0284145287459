package agency

import (
	"context"
	"encoding/json"
	"maps"
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
	Decision string `json:"decision"`         // one of Decisions
	Reason   string `json:"reason,omitempty"` // a code such as bills-unclear, never a person's data; to refuse or ask it must be given
}

// A Decided is the answer of benefits.decide.
type Decided struct {
	Case
	Trace []string `json:"trace,omitempty"` // of an approval: the reckoning
	Proof
}

// decisions are the states that they take a case to.
func decisions() map[string]workflow.State {
	return map[string]workflow.State{"review": "reviewing", "need_docs": "need_docs", "approve": "approved", "reject": "rejected"}
}

// Decisions are the words of a [Decision].
func Decisions() []string { return slices.Sorted(maps.Keys(decisions())) }

// Decide takes a case one step on, once per key. A case takes two people: who takes it into review, or does anything else
// to it, recommends by that and does not decide (Regulations on Social Insurance Handling, article 37). Approval reckons what the
// benefit comes to, and whoever has nothing to get by that is told so: the case is stopped.
func (a *Agency) Decide(ctx context.Context, c Call, id string, d Decision) (store.Answer, bool, error) {
	to, known := decisions()[d.Decision]
	if !known {
		return store.Answer{}, false, refuse(Malformed, "bad-decision", "decision %q: want one of %s", d.Decision, strings.Join(Decisions(), ", "))
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
	edge, err := c.step(file, to, "review", "ask for documents", "approve", "reject", "give up waiting")
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
	answer, path := Decided{}, []workflow.State{to}
	var list []Entitlement
	var sum ledger.Fen
	if to == "approved" {
		if list, answer.Trace, err = c.entitle(&file, who); err != nil {
			return 0, nil, err
		}
		path = append(path, "entitled")
		if len(list) == 0 {
			path = append(path, "stopped")
		}
	}
	for _, e := range list {
		sum += e.Amount
	}
	if err := c.keepCase(&file, path...); err != nil {
		return 0, nil, err
	}
	if err := c.Count("benefits-by-step", file.Kind+"/"+string(to), 1, sum); err != nil {
		return 0, nil, err
	}
	answer.Case, answer.Proof = caseOf(file, who, list), c.proof()
	return okay, answer, nil
}

// step is the edge that the case would take by one of the verbs, or by whatever verb leads there where none is given, if it
// has one and the caller may take it.
func (c *change) step(file store.Case, to workflow.State, verbs ...string) (workflow.Edge, error) {
	m := workflow.Benefit()
	edge, err := m.Step(workflow.State(file.State), to)
	switch {
	case err != nil:
		return edge, err
	case len(verbs) > 0 && !slices.Contains(verbs, edge.Verb): // the way there is another one
		_, err := m.Step(edge.From, workflow.State(verbs[0]))
		return edge, err
	case !edge.Roles.Has(c.Role):
		return edge, refuse(Forbidden, "not-your-step", "to %s is for %s", edge.Verb, edge.Roles)
	}
	return edge, nil
}

// entitle finds the grounds of an approved case, reckons by them and writes down what comes of it: all of it money but
// for awards of nothing, whose trace says why.
func (c *change) entitle(file *store.Case, who population.Person) (list []Entitlement, trace []string, err error) {
	k, err := kindOf(file.Kind)
	if err != nil {
		return nil, nil, err
	}
	var facts CaseFacts
	if err := json.Unmarshal([]byte(file.Facts), &facts); err != nil {
		return nil, nil, err
	}
	g := groundsOf(who, facts, rules.Date(file.Applied))
	if err := k.grounds(c.agency, c, who, g); err != nil {
		return nil, nil, err
	}
	awards, err := Reckon(c.agency.Rules, k.name, g)
	if err != nil {
		return nil, nil, ruled(err)
	}
	for i, award := range awards {
		trace = append(trace, award.Trace...)
		if award.Amount == 0 {
			continue
		}
		e := store.Entitlement{
			ID: newID("EN", file.ID, strconv.Itoa(i)), Person: file.Person, Kind: k.name, Fund: string(k.fund), Region: who.Region,
			Amount: award.Amount, Since: int64(award.Since), Until: int64(award.Until), State: "paying", Case: file.ID,
			Packs: strings.Join(award.Packs, " "), Ver: 1,
		}
		if err := c.Add(&e); err != nil {
			return nil, nil, err
		}
		list = append(list, entitlementOf(e))
		file.Entitlement = strings.TrimSpace(file.Entitlement + " " + e.ID)
	}
	text, err := json.Marshal(g)
	if err != nil {
		return nil, nil, err
	}
	file.Facts = string(text)
	if k.name == "pension" {
		return list, trace, c.retire(who)
	}
	return list, trace, c.useUp(who, g)
}

// useUp counts medical bills that were paid back like those that a hospital settled.
func (c *change) useUp(who population.Person, g *Grounds) error {
	if g.Deductible == 0 && g.Fund == 0 {
		return nil
	}
	used, err := spent(c, who.Index, g.Date.Year())
	if err != nil {
		return err
	}
	return c.use(used, g.Deductible, g.Fund)
}

// retire ends a person's enrolments as an employee: from now on they are insured as a pensioner.
func (c *change) retire(who population.Person) error {
	for _, scheme := range Schemes() {
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
