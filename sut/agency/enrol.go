package agency

import (
	"context"
	"slices"

	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// An Enrolment is the body of enrolments.create.
type Enrolment struct {
	IDNo     string   `json:"id_no,omitempty"`    // whom; citizens enrol themselves and leave it out
	Employer string   `json:"employer,omitempty"` // where; employers leave it out, and so does who works for nobody in particular
	Schemes  []string `json:"schemes,omitempty"`  // all that apply, or none named
}

// An Enrolled is the answer of enrolments.create, .suspend and .resume.
type Enrolled struct {
	Person   string         `json:"person"`
	State    workflow.State `json:"state"`
	Employer string         `json:"employer,omitempty"`
	Schemes  []string       `json:"schemes"`
	Since    rules.Date     `json:"since,omitzero"`
	Proof
}

// Schemes are the five of an employee (Social Insurance Law, articles 10, 23, 33, 44 and 53).
func Schemes() []string { return []string{"injury", "maternity", "medical", "pension", "unemployment"} }

// own are the two that who works for nobody in particular joins: both, so that what a month comes to follows from the base
// alone.
func own() []string { return []string{"medical", "pension"} }

// Enrol insures a person, once per key: one who never worked, or whose last employment was suspended. Employers enrol in
// all five schemes, citizens enrol themselves for pension and medical care.
func (a *Agency) Enrol(ctx context.Context, c Call, e Enrolment) (store.Answer, bool, error) {
	who, err := a.enrolling(c.Caller, &e)
	if err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.enrol(who, e) })
}

// enrolling checks who may enrol whom and fills in what the body left out.
func (a *Agency) enrolling(c Caller, e *Enrolment) (who population.Person, err error) {
	switch c.Role {
	case workflow.Citizen:
		if who, err = a.self(c); err != nil {
			return who, err
		}
		if e.IDNo != "" && e.IDNo != who.IDNumber || e.Employer != "" {
			return who, refuse(Forbidden, "not-yourself", "a citizen enrols only themselves, without an employer")
		}
	case workflow.Employer:
		if e.Employer != "" && e.Employer != c.Subject {
			return who, refuse(Forbidden, "other-employer", "the token is of employer %s, the enrolment of %q", c.Subject, e.Employer)
		}
		e.Employer = c.Subject
		who, err = a.find(e.IDNo)
	case workflow.Clerk:
		if who, err = a.find(e.IDNo); err == nil && !c.sees(who) {
			err = hidden("person")
		}
	default:
		err = refuse(Forbidden, "role", "enrolling is for citizens, employers and clerks")
	}
	if err != nil {
		return who, err
	}
	return who, a.joinable(e)
}

// joinable checks employer and schemes.
func (a *Agency) joinable(e *Enrolment) error {
	apply := own()
	if e.Employer != "" {
		apply = Schemes()
		if _, found := a.People.EmployerByID(e.Employer); !found {
			return refuse(Unprocessable, "unknown-employer", "employer %q is not registered here", e.Employer)
		}
	}
	if len(e.Schemes) == 0 {
		e.Schemes = apply
	}
	slices.Sort(e.Schemes)
	e.Schemes = slices.Compact(e.Schemes)
	for _, s := range e.Schemes {
		if !slices.Contains(apply, s) {
			return refuse(Unprocessable, "bad-scheme", "scheme %q: want some of %q", s, apply)
		}
	}
	if len(e.Schemes) != len(apply) {
		return refuse(Unprocessable, "scheme-missing", "%d schemes: want all of %q, or none named", len(e.Schemes), apply)
	}
	return nil
}

func (c *change) enrol(who population.Person, body Enrolment) (int, any, error) {
	c.about = "person " + who.ID
	list, err := c.agency.enrolments(c, who)
	if err != nil {
		return 0, nil, err
	}
	joined := list[:0]
	for _, e := range list {
		if !slices.Contains(body.Schemes, e.Scheme) {
			continue
		}
		path := []workflow.State{"suspended", "active"} // an employment that ended
		if e.State != "suspended" {
			path = []workflow.State{workflow.State(e.State), "pending", "active"}
		}
		e.Employer, e.Region = body.Employer, who.Region
		if err := c.enter(&e, path...); err != nil {
			return 0, nil, err
		}
		joined = append(joined, e)
	}
	return c.enrolled(created, "enrol", who, joined)
}

// Suspend ends an employment for the time being, once per key: its employer's, a clerk's, or citizens' own who work for
// nobody in particular. The id is the person's.
func (a *Agency) Suspend(ctx context.Context, c Call, id string) (store.Answer, bool, error) {
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.toggle("suspend", id, "suspended") })
}

// Resume takes a suspended employment up again, once per key, under the conditions of [Agency.Suspend].
func (a *Agency) Resume(ctx context.Context, c Call, id string) (store.Answer, bool, error) {
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.toggle("resume", id, "active") })
}

func (c *change) toggle(verb, id string, to workflow.State) (int, any, error) {
	i, found := c.agency.People.PersonByID(id)
	if !found {
		return 0, nil, hidden("person")
	}
	who := c.agency.People.Person(i)
	c.about = "person " + who.ID
	list, err := c.agency.enrolments(c, who)
	if err != nil {
		return 0, nil, err
	}
	employer, ok := employment(c.Caller, who, list)
	if !ok {
		return 0, nil, hidden("person")
	}
	changed := list[:0]
	for _, e := range list {
		if e.Employer != employer {
			continue // a scheme left behind at an employer before
		}
		if err := c.enter(&e, workflow.State(e.State), to); err != nil {
			return 0, nil, err
		}
		changed = append(changed, e)
	}
	return c.enrolled(okay, verb, who, changed)
}

// employment is the one of a person that the caller may change: the last for pension or medical care.
func employment(c Caller, who population.Person, list []store.Enrolment) (employer string, ok bool) {
	switch c.Role {
	case workflow.Employer:
		employer = c.Subject
	case workflow.Clerk:
		i := slices.IndexFunc(list, func(e store.Enrolment) bool { return e.Scheme == "pension" })
		employer = list[i].Employer
		ok = c.sees(who)
		return employer, ok
	case workflow.Citizen:
		if !c.sees(who) {
			return "", false
		}
	default:
		return "", false
	}
	return employer, slices.ContainsFunc(list, func(e store.Enrolment) bool { return e.Employer == employer })
}

// enrolments are a person's in all five schemes, sorted: as stored, or as the population opened. Who never worked was
// never enrolled; who was suspended before has the last employer.
func (a *Agency) enrolments(v store.View, who population.Person) ([]store.Enrolment, error) {
	stored, err := store.List[store.Enrolment](v, store.EnrolmentsOf, who.Index)
	if err != nil {
		return nil, err
	}
	list := make([]store.Enrolment, 0, len(Schemes()))
	for _, scheme := range Schemes() {
		if i := slices.IndexFunc(stored, func(e store.Enrolment) bool { return e.Scheme == scheme }); i >= 0 {
			list = append(list, stored[i])
			continue
		}
		list = append(list, a.openingEnrolment(who, scheme))
	}
	return list, nil
}

// openingEnrolment is a person's enrolment as the population opened. Its version is 0: it is not stored.
func (a *Agency) openingEnrolment(who population.Person, scheme string) store.Enrolment {
	e := store.Enrolment{
		Person: uint64(who.Index), Scheme: scheme, State: string(who.Status), Employer: a.People.Employer(who.Employer).ID, Region: who.Region,
	}
	if who.Status == population.Suspended && who.Months == 0 {
		e.State = string(workflow.Enrolment().Start)
	}
	return e
}

// enter takes an enrolment along path and writes it.
func (c *change) enter(e *store.Enrolment, path ...workflow.State) error {
	if err := c.move(workflow.Enrolment(), key(int(e.Person))+"/"+e.Scheme, e.Ver, path...); err != nil {
		return err
	}
	e.State = string(path[len(path)-1])
	if e.State == "active" {
		e.Since, e.Until = c.Date(), 0
	} else {
		e.Until = c.Date()
	}
	if e.Ver == 0 {
		e.Ver = 1
		return c.Add(e)
	}
	return c.Set(e)
}

func (c *change) enrolled(status int, verb string, who population.Person, list []store.Enrolment) (int, any, error) {
	answer := Enrolled{Person: who.ID, State: workflow.State(list[0].State), Employer: list[0].Employer, Since: rules.Date(list[0].Since)}
	for _, e := range list {
		answer.Schemes = append(answer.Schemes, e.Scheme)
	}
	if err := c.Count("enrolments-by-step", verb, 1, 0); err != nil {
		return 0, nil, err
	}
	answer.Proof = c.proof()
	return status, answer, nil
}
