package invariant

import (
	"slices"
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// paths is I10. The log of each thing begins at its machine's start, or where the population had it, each part goes on
// from the one before along edges of the machine, and the last ends in the state of the row. A step that takes a second
// pair of eyes was taken by somebody who took none before, and each by a role that may take it.
func paths(p *pass, f *Finding) {
	var (
		w      = newWalker(p, f)
		states = make(map[name]string) // where the log of each thing ends
	)
	p.transitions.each(func(t *store.Transition) {
		f.Checked++
		states[p.name(t.Machine, t.ID)] = w.step(t)
	})
	stands := func(machine, id, state string) {
		n := p.name(machine, id)
		logged, known := states[n]
		switch {
		case !known:
			f.violate("%s %s is %s and has no log", machine, id, state)
		case logged != state:
			f.violate("%s %s is %s, its log ends at %s", machine, id, state, logged)
		}
		delete(states, n)
	}
	p.batches.each(func(r *store.Batch) {
		if r.Step != "plan" { // its log begins when the plan is whole
			stands("payout batch", r.ID, r.State)
		}
		if r.State != "planned" && r.Locker == r.Planner {
			f.violate("payout batch %s was planned and locked by one person", r.ID)
		}
	})
	p.cases.each(func(r *store.Case) {
		stands("benefit", r.ID, r.State)
		if r.Decider != "" && slices.Contains(strings.Fields(r.Reviewer), r.Decider) {
			f.violate("benefit %s was reviewed and decided by one person", r.ID)
		}
	})
	p.declarations.each(func(r *store.Declaration) { stands("declaration", r.ID, r.State) })
	p.transfers.each(func(r *store.Transfer) { stands("transfer", r.ID, r.State) })
	p.jobs.each(func(r *store.Job) { stands("job", r.ID, r.State) })
	p.enrolments.each(func(r *store.Enrolment) { stands("enrolment", number(r.Person)+"/"+r.Scheme, r.State) })
	p.payments.each(func(r *store.Payment) { stands("payment", r.Bank+"/"+r.BankTxn, r.State) })
	p.claims.each(func(r *store.Claim) { stands("claim", r.Hospital+"/"+r.Visit, r.State) })
	p.atEnd(func() error {
		if len(states) == 0 {
			return nil
		}
		var t store.Transition
		return p.Select(t.Table().Where("n > 0 ORDER BY machine, id, n DESC"), t.Fields(), func() error {
			n := p.name(t.Machine, t.ID)
			if state, left := states[n]; left {
				f.violate("%s %s has a log that ends at %s, and no row", t.Machine, t.ID, state)
				delete(states, n)
			}
			return nil
		})
	})
}

// A walker follows the logs of all things, one after the other.
type walker struct {
	*pass
	f        *Finding
	machines map[string]workflow.Machine
	known    map[[2]string]walk // by machine and path: there are few
	machine  string             // of the thing that is followed
	id       string
	at       string   // where it stands
	actors   []string // who has taken steps of it
}

// A walk is what there is to say of a path of a machine.
type walk struct {
	first, last string
	fourEyes    bool
	roles       workflow.Roles // who may take it whole
	err         error
}

func newWalker(p *pass, f *Finding) *walker {
	w := &walker{pass: p, f: f, machines: make(map[string]workflow.Machine), known: make(map[[2]string]walk)}
	for _, m := range workflow.Machines() {
		w.machines[m.Name] = m
	}
	return w
}

// step goes on with the log of a thing, or begins with that of the next, and says where it ends.
func (w *walker) step(t *store.Transition) string {
	path := w.walk(t.Machine, t.Path)
	if path.err != nil {
		w.f.violate("%s %s, step %d: %v", t.Machine, t.ID, t.N, path.err)
	}
	if t.Machine != w.machine || t.ID != w.id {
		w.machine, w.id, w.actors = t.Machine, t.ID, w.actors[:0]
		if !w.begins(path.first) {
			w.f.violate("%s %s begins at %s", t.Machine, t.ID, path.first)
		}
	} else if path.first != w.at {
		w.f.violate("%s %s, step %d goes on from %s, it stood at %s", t.Machine, t.ID, t.N, path.first, w.at)
	}
	word, who, _ := strings.Cut(t.Actor, " ") // the role, and who in it
	if role, err := workflow.ParseRole(word); err != nil || !path.roles.Has(role) {
		w.f.violate("%s %s, step %d is %s, taken by a %s: it is for %s", t.Machine, t.ID, t.N, t.Path, word, path.roles)
	}
	if path.fourEyes {
		if slices.Contains(w.actors, who) {
			w.f.violate("%s %s, step %d takes a second person, and one who acted before took it", t.Machine, t.ID, t.N)
		}
	}
	w.actors = append(w.actors, who)
	w.at = path.last
	return path.last
}

func (w *walker) walk(machine, path string) walk {
	key := [2]string{machine, path}
	found, known := w.known[key]
	if known {
		return found
	}
	m := w.machines[machine]
	var states []workflow.State
	for s := range strings.SplitSeq(path, ">") {
		states = append(states, workflow.State(s))
	}
	found = walk{first: string(states[0]), last: string(states[len(states)-1]), roles: 1<<16 - 1}
	alone := machine == "transfer" || machine == "payout batch" // elsewhere the service goes on within anybody's call
	found.err = m.PathFrom(states[0], states)
	for i := 1; i < len(states) && found.err == nil; i++ {
		edge, err := m.Step(states[i-1], states[i])
		found.err = err
		found.fourEyes = found.fourEyes || edge.FourEyes
		if alone || !edge.Roles.Has(workflow.System) {
			found.roles &= edge.Roles
		}
	}
	w.known[key] = found
	return found
}

// begins tells whether the thing that is followed could stand there before its log began.
func (w *walker) begins(at string) bool {
	if at == string(w.machines[w.machine].Start) {
		return true
	}
	people := w.law.People
	if people == nil {
		w.f.Note = "the book names no population: where older things stood is not checked"
		return true
	}
	var stood workflow.State
	switch w.machine {
	case "benefit":
		c, _ := people.Case(w.id)
		stood = c.State
	case "transfer":
		t, _ := people.Transfer(w.id)
		stood = t.State
	case "declaration":
		d, _ := people.Declaration(w.id)
		stood = d.State
	case "payment":
		p, _ := people.Payment(w.id)
		stood = p.State
	case "job":
		j, _ := people.Job(w.id)
		stood = j.State
	case "claim":
		_, visit, _ := strings.Cut(w.id, "/")
		c, _ := people.Claim(visit)
		stood = c.State
	case "enrolment":
		index, _, _ := strings.Cut(w.id, "/")
		if person, err := strconv.Atoi(index); err == nil && person < people.Size() {
			stood = workflow.State(people.Person(person).Status)
		}
	}
	return at == string(stood)
}
