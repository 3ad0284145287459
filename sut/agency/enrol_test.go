package agency_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// standings finds a person in each state that an enrolment can open with.
func standings(t testing.TB, a *agency.Agency) map[string]population.Person {
	t.Helper()
	found := map[string]population.Person{}
	for i := range a.People.Size() {
		who := a.People.Person(i)
		state := string(who.Status)
		if who.Status == population.Suspended && who.Months == 0 {
			state = "none"
		}
		found[state] = who
	}
	for _, state := range []string{"none", "active", "suspended", "retired"} {
		if found[state].ID == "" {
			t.Fatalf("nobody is %s", state)
		}
	}
	return found
}

func TestEnrolmentTakesItsStepsAndNoOthers(t *testing.T) {
	for _, test := range []struct{ verb, from, want string }{
		{"enrol", "none", "active"}, {"enrol", "suspended", "active"}, {"enrol", "active", ""}, {"enrol", "retired", ""},
		{"suspend", "active", "suspended"}, {"suspend", "none", ""}, {"suspend", "suspended", ""}, {"suspend", "retired", ""},
		{"resume", "suspended", "active"}, {"resume", "none", ""}, {"resume", "active", ""}, {"resume", "retired", ""},
	} {
		t.Run(test.verb+" from "+test.from, func(t *testing.T) {
			a := newBureau(t, 2_000)
			who := standings(t, a)[test.from]
			c := as(workflow.Employer, a.People.Employer(who.Employer).ID, "enrolments."+test.verb, "1")
			do := map[string]func() (store.Answer, bool, error){
				"enrol": func() (store.Answer, bool, error) {
					return a.Enrol(t.Context(), c, agency.Enrolment{IDNo: who.IDNumber})
				},
				"suspend": func() (store.Answer, bool, error) { return a.Suspend(t.Context(), c, who.ID) },
				"resume":  func() (store.Answer, bool, error) { return a.Resume(t.Context(), c, who.ID) },
			}[test.verb]
			before := refusals(t, a)
			answer, _, err := do()
			if test.want == "" {
				wantCode(t, err, "illegal-step")
				if refusals(t, a) != before+1 {
					t.Error("the audit log does not say that it was refused")
				}
			} else if err != nil {
				t.Fatal(err)
			} else if e := decoded[agency.Enrolled](t, answer); e.State != workflow.State(test.want) || len(e.Schemes) != 5 {
				t.Errorf("%+v; want all five schemes %s", e, test.want)
			}
			wantSound(t, a)
		})
	}
}

// refusals counts the events of the audit log that tell of a refused step.
func refusals(t testing.TB, a *agency.Agency) (n int) {
	t.Helper()
	var seq int64
	var hash []byte
	var event string
	err := a.Store.View(t.Context(), func(v store.View) error {
		return v.Select(store.AuditEvents, []any{&seq, &hash, &event}, func() error {
			if slices.Contains(splitJSON(event), `"outcome":"refused"`) {
				n++
			}
			return nil
		}, 0, store.Forever)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEnrolmentsAreEachEmployersOwn(t *testing.T) {
	a := newBureau(t, 2_000)
	who := standings(t, a)["active"]
	idle := standings(t, a)["suspended"]
	other := a.People.Employer(0).ID // the smallest; those two are at the largest
	own := a.People.Employer(who.Employer).ID
	enrol := func(c agency.Call, e agency.Enrolment) error { _, _, err := a.Enrol(t.Context(), c, e); return err }
	suspend := func(c agency.Call, id string) error { _, _, err := a.Suspend(t.Context(), c, id); return err }
	employer := func(id string) agency.Call { return as(workflow.Employer, id, "enrolments.create", "k") }
	elsewhere := as(workflow.Clerk, "clerk1", "enrolments.create", "k")
	elsewhere.Region = "110000"
	citizen := as(workflow.Citizen, "1", "enrolments.create", "k")

	wantCode(t, suspend(employer(other), who.ID), "not-found")
	wantCode(t, suspend(employer(own), "P99999999"), "not-found")
	wantCode(t, suspend(elsewhere, who.ID), "not-found")
	wantCode(t, suspend(citizen, who.ID), "not-found")
	wantCode(t, suspend(as(workflow.Bank, "B01", "x", "k"), who.ID), "not-found")
	wantCode(t, enrol(employer(own), agency.Enrolment{IDNo: who.IDNumber, Employer: other}), "other-employer")
	wantCode(t, enrol(employer(own), agency.Enrolment{IDNo: "990000200001010000"}), "unknown-person")
	wantCode(t, enrol(employer("E999999"), agency.Enrolment{IDNo: idle.IDNumber}), "unknown-employer")
	wantCode(t, enrol(employer(own), agency.Enrolment{IDNo: idle.IDNumber, Schemes: []string{"pension"}}), "scheme-missing")
	wantCode(t, enrol(employer(own), agency.Enrolment{IDNo: idle.IDNumber, Schemes: []string{"dental"}}), "bad-scheme")
	wantCode(t, enrol(citizen, agency.Enrolment{Schemes: []string{"injury"}}), "bad-scheme")
	wantCode(t, enrol(citizen, agency.Enrolment{IDNo: who.IDNumber}), "not-yourself")
	wantCode(t, enrol(citizen, agency.Enrolment{Employer: own}), "not-yourself")
	wantCode(t, enrol(elsewhere, agency.Enrolment{IDNo: idle.IDNumber}), "not-found")
	wantCode(t, enrol(as(workflow.Bank, "B01", "x", "k"), agency.Enrolment{IDNo: idle.IDNumber}), "role")

	// Somebody who comes from elsewhere is on the new employer's list, and off the old one's.
	if err := enrol(as(workflow.Employer, other, "enrolments.create", "came"), agency.Enrolment{IDNo: idle.IDNumber}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, suspend(employer(a.People.Employer(idle.Employer).ID), idle.ID), "not-found")
	line := func(e string) string {
		d := declare(t, a, as(workflow.Employer, e, "declarations.create", "d"+e), "{\"employer\":\""+e+"\",\"month\":\"2023-01\"}\n{\"person\":\""+idle.ID+"\",\"wage_fen\":800000}\n", true)
		if len(d.Rejected) > 0 {
			return string(d.Rejected[0].Code)
		}
		return ""
	}
	if got := line(other); got != "" {
		t.Errorf("the new employer's line is refused: %s", got)
	}
	if got := line(a.People.Employer(idle.Employer).ID); got != "not-staff" {
		t.Errorf("the old employer's line: %q", got)
	}
	if err := suspend(as(workflow.Employer, other, "enrolments.suspend", "s"), idle.ID); err != nil {
		t.Fatal(err)
	}
	wantSound(t, a)
}

// bookWith is the service's policies and one that is in no pack yet.
func bookWith(t testing.TB, pack string) *rules.Book {
	t.Helper()
	names, err := filepath.Glob("../rules/packs/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	files := fstest.MapFS{"more.yaml": {Data: []byte(pack)}}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = &fstest.MapFile{Data: text}
	}
	book, err := rules.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestWhoWorksForNobodyPaysAlone(t *testing.T) {
	a := newBureau(t, 2_000)
	who := standings(t, a)["suspended"]
	self := func(key string) agency.Call { return as(workflow.Citizen, subjectOf(who), "enrolments.create", key) }
	pay := func(txn string, amount ledger.Fen) agency.Received {
		return push(t, a, agency.Push{Bank: "B01", BankTxn: txn, Employer: who.ID, IDNo: who.IDNumber, Month: january, Amount: amount, Value: 20230116})
	}
	if r := pay("0", 1); r.Status != "suspense" { // no law of the region has rates for them
		t.Fatalf("%+v", r)
	}
	a.Rules = bookWith(t, `
region: CN-420500
from: 2022-01-01
title: rates of those who pay alone, for the test
flexible:
  rule: O3
  citation: 社会保险法 10
  verified: false
  note: made for the test
  schemes:
    - {scheme: pension, employer_ppm: 0, person_ppm: 200000}
    - {scheme: medical, employer_ppm: 0, person_ppm: 100000}
`)
	if r := pay("1", 1); r.Status != "suspense" || r.Reason != "the person is suspended" {
		t.Fatalf("%+v", r)
	}
	answer, _, err := a.Enrol(t.Context(), self("1"), agency.Enrolment{})
	if err != nil {
		t.Fatal(err)
	}
	if e := decoded[agency.Enrolled](t, answer); e.Employer != "" || !slices.Equal(e.Schemes, []string{"medical", "pension"}) {
		t.Errorf("%+v", e)
	}
	c, err := a.Rules.Contribute(rules.Wage{Region: who.Region, Month: january, Wage: who.Wage, Flexible: true})
	if err != nil {
		t.Fatal(err)
	}
	before, err := a.Account(t.Context(), who.Index)
	if err != nil {
		t.Fatal(err)
	}
	if r := pay("2", ledger.Fen(c.Total())); r.Status != "matched" {
		t.Fatalf("%+v", r)
	}
	after, err := a.Account(t.Context(), who.Index)
	if err != nil {
		t.Fatal(err)
	}
	// O3 takes 20 % and 10 % of the base; 8 % and 2 % of it become the person's own.
	if p, m := after.Pension-before.Pension, after.Medical-before.Medical; p != ledger.Fen((c.Base*8+50)/100) || m != ledger.Fen((c.Base*2+50)/100) {
		t.Errorf("accounts grew by %d and %d on a base of %d", p, m, c.Base)
	}
	if _, _, err := a.Suspend(t.Context(), self("2"), who.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Resume(t.Context(), self("3"), who.ID); err != nil {
		t.Fatal(err)
	}
	var findings []invariant.Finding
	err = a.Store.View(t.Context(), func(v store.View) (err error) {
		findings, err = invariant.Check(v, invariant.Law{Rules: a.Rules, People: a.People})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if !f.OK {
			t.Errorf("%v", f)
		}
	}
}
