package agency_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// An insured is one person in the model: the account of the linearizability test, and where their affairs stand. It is made
// of maps, slices and the published machines; of the agency it knows what callers are told.
type insured struct {
	patientFile
	book
	state     workflow.State // of the enrolments of the employment
	transfers []moved        // the last one may be open
	cases     [3]workflow.State
	region    string
}

// A moved is a transfer in the model.
type moved struct {
	id       string
	state    workflow.State
	personal ledger.Fen // in transit, or gone
}

// A world is what the test does to the agency and to the model at once.
type world struct {
	a      *agency.Agency
	people []*insured
	calls  int
}

// TestAgencyIsItsModel does anything to a few people in any order. After every step each person's balances, what the year
// has used up, months, enrolment, transfers and cases are what the model has; a step that the model refuses is refused by
// the same code. At the end every invariant holds.
func TestAgencyIsItsModel(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	a := newAgency(t)
	var err error
	if a.People, err = population.New(1, 50_000); err != nil {
		t.Fatal(err)
	}
	w := &world{a: a}
	taken := 0
	rapid.Check(t, func(rt *rapid.T) {
		w.people = nil
		for len(w.people) < 3 { // people whom no run before has met
			if who := a.People.Person(taken); who.Status == population.Active && who.Medical > 0 && who.Pension > 0 {
				file := open(t, a, who)
				w.people = append(w.people, &insured{
					patientFile: file, book: file.model().Init().(book), state: "active", region: who.Region,
					cases: [3]workflow.State{"reviewing", "reviewing", "reviewing"},
				})
			}
			taken++
		}
		rt.Repeat(map[string]func(*rapid.T){
			"settle":   w.account("settle"),
			"reverse":  w.account("reverse"),
			"push":     w.account("push"),
			"suspend":  w.toggle("active", "suspended", a.Suspend),
			"resume":   w.toggle("suspended", "active", a.Resume),
			"transfer": w.transfer,
			"advance":  w.advance,
			"withdraw": w.takeBack(a.Withdraw, "reopened", "requested", "certificate", "accepted", "info_sent"),
			"return":   w.takeBack(a.Return, "funds_returned", "funds_sent", "funds_matched", "credited"),
			"decide":   w.decide,
			"":         w.same,
		})
	})
	wantSound(t, a)
}

func (w *world) somebody(t *rapid.T) *insured {
	return w.people[rapid.IntRange(0, len(w.people)-1).Draw(t, "person")]
}

func (w *world) call(role workflow.Roles, subject, region, op string) agency.Call {
	w.calls++
	c := as(role, subject, op, fmt.Sprint("model-", w.calls))
	c.Region = region
	return c
}

// code compares what a step was told to what it should be told: the code of a refusal, or nothing.
func code(t *rapid.T, step, got, want string, err error) (done bool) {
	if err != nil || got != want {
		t.Fatalf("%s: told %q (%v), the model says %q", step, got, err, want)
	}
	return got == ""
}

// account asks one of the questions of the linearizability test, whose model answers.
func (w *world) account(verb string) func(*rapid.T) {
	return func(t *rapid.T) {
		p := w.somebody(t)
		q := question{
			verb: verb, visit: rapid.IntRange(0, historyVisits-1).Draw(t, "visit"), month: rapid.IntRange(0, historyMonths-1).Draw(t, "month"),
			amount: ledger.Fen(rapid.Int64Range(1, 3000_00).Draw(t, "amount")),
		}
		w.calls++
		c := clientele{a: w.a, file: p.patientFile}
		got, err := c.ask(t.Context(), q, fmt.Sprint("model-", w.calls))
		if err != nil {
			t.Fatal(err)
		}
		next, want := p.answer(p.book, q)
		if verb == "push" && p.state != "active" {
			next, want = p.book, reply{status: "suspense"}
		}
		if got != want {
			t.Fatalf("%+v was answered %+v, the model says %+v", q, got, want)
		}
		p.book = next
	}
}

func (w *world) toggle(from, to workflow.State, do func(context.Context, agency.Call, string) (store.Answer, bool, error)) func(*rapid.T) {
	return func(t *rapid.T) {
		p := w.somebody(t)
		want := ""
		if p.state != from {
			want = "illegal-step"
		}
		got, err := told(new(agency.Enrolled))(do(t.Context(), w.call(workflow.Clerk, "clerk-1", p.who.Region, "enrolments"), p.who.ID))
		if code(t, string(to), got, want, err) {
			p.state = to
		}
	}
}

// open is the transfer that is under way.
func (p *insured) open() *moved {
	if n := len(p.transfers); n > 0 && p.transfers[n-1].state != "closed" && p.transfers[n-1].state != "reopened" {
		return &p.transfers[n-1]
	}
	return nil
}

func (w *world) transfer(t *rapid.T) {
	p := w.somebody(t)
	const to = "510000"
	want := ""
	switch {
	case p.open() != nil:
		want = "transfer-open"
	case p.region == to:
		want = "same-region"
	}
	var m agency.Moved
	got, err := told(&m)(w.a.Request(t.Context(), w.call(workflow.Citizen, fmt.Sprint(p.who.Index), "", "transfers.create"), agency.Move{To: to}))
	if code(t, "transfer", got, want, err) {
		p.transfers = append(p.transfers, moved{id: m.Transfer, state: "requested"})
	}
}

// The way of a transfer, and back from its end.
var forth = []workflow.State{"requested", "certificate", "accepted", "info_sent", "funds_sent", "funds_matched", "credited", "closed"}

func (w *world) advance(t *rapid.T) {
	p := w.somebody(t)
	if len(p.transfers) == 0 {
		t.Skip("no transfer to advance")
	}
	last := &p.transfers[len(p.transfers)-1]
	want, next := "", last.state
	switch i := slices.Index(forth, last.state); {
	case last.state == "funds_returned":
		next = "reopened"
	case i < 0 || i == len(forth)-1:
		want = "illegal-step"
	default:
		next = forth[i+1]
	}
	got, err := told(new(agency.Moved))(w.a.Advance(t.Context(), w.call(workflow.System, "scheduler", "", "transfers.advance"), last.id))
	if !code(t, "advance from "+string(last.state), got, want, err) {
		return
	}
	last.state = next
	switch next {
	case "info_sent": // the whole account goes
		last.personal, p.standing.pension = p.standing.pension, 0
	case "credited", "reopened":
		p.standing.pension += last.personal
	case "closed":
		p.state, p.region = "transferred_out", "510000"
	}
}

func (w *world) takeBack(do func(context.Context, agency.Call, string, agency.Withdrawal) (store.Answer, bool, error), to workflow.State, from ...workflow.State) func(*rapid.T) {
	return func(t *rapid.T) {
		p := w.somebody(t)
		if len(p.transfers) == 0 {
			t.Skip("no transfer to take back")
		}
		last := &p.transfers[len(p.transfers)-1]
		want := ""
		if !slices.Contains(from, last.state) && !(to == "reopened" && last.state == "funds_returned") {
			want = "illegal-step"
		}
		got, err := told(new(agency.Moved))(do(t.Context(), w.call(workflow.System, "scheduler", "", "transfers.return"), last.id, agency.Withdrawal{Reason: "test"}))
		if !code(t, string(to)+" from "+string(last.state), got, want, err) {
			return
		}
		if last.state == "info_sent" || to == "reopened" && last.state == "funds_returned" {
			p.standing.pension += last.personal
		}
		if last.state == "credited" {
			p.standing.pension -= last.personal
		}
		last.state = to
	}
}

// decide asks for documents in, or rejects, a case that stood in review at the opening.
func (w *world) decide(t *rapid.T) {
	p := w.somebody(t)
	n := rapid.IntRange(0, len(p.cases)-1).Draw(t, "case")
	d := rapid.SampledFrom([]string{"need_docs", "reject"}).Draw(t, "decision")
	to := map[string]workflow.State{"need_docs": "need_docs", "reject": "rejected"}[d]
	want := ""
	switch edge, err := workflow.Benefit().Step(p.cases[n], to); {
	case err != nil:
		want = "illegal-step"
	case !edge.Roles.Has(workflow.Reviewer):
		want = "not-your-step"
	}
	subject := "reviewer-" + d // who asks for documents takes part, and does not decide
	got, err := told(new(agency.Decided))(w.a.Decide(t.Context(), w.call(workflow.Reviewer, subject, p.who.Region, "benefits.decide"),
		population.CaseID(p.who.Index, n+1), agency.Decision{Decision: d, Reason: "bills-unclear"}))
	if code(t, d+" from "+string(p.cases[n]), got, want, err) {
		p.cases[n] = to
	}
}

// same compares everybody's affairs.
func (w *world) same(t *rapid.T) {
	for _, p := range w.people {
		a, err := w.a.Account(t.Context(), p.who.Index)
		if err != nil {
			t.Fatal(err)
		}
		if got := (standing{a.Pension, a.Medical, a.Spent.Deductible, a.Spent.Fund, ledger.Fen(a.Months)}); got != p.standing {
			t.Fatalf("person %d has %+v, the model %+v", p.who.Index, got, p.standing)
		}
		for _, m := range p.transfers {
			got, err := w.a.Transfer(t.Context(), agency.Caller{Role: workflow.System}, m.id)
			if err != nil || got.Status != string(m.state) || m.personal != 0 && got.Personal != m.personal {
				t.Fatalf("transfer %+v, %v; the model has %+v", got, err, m)
			}
		}
		for n, state := range p.cases {
			got, err := w.a.Benefit(t.Context(), agency.Caller{Role: workflow.Clerk, Subject: "clerk-1", Region: p.who.Region}, population.CaseID(p.who.Index, n+1))
			if err != nil || got.Status != string(state) {
				t.Fatalf("case %+v, %v; the model has %s", got, err, state)
			}
		}
	}
}
