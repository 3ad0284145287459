package agency_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// read decodes a stored answer.
func read[T any](t testing.TB, answer store.Answer, err error) (v T) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// find is the first person of a kind.
func find(t testing.TB, a *agency.Agency, is func(population.Person) bool) population.Person {
	t.Helper()
	for i := range a.People.Size() {
		if who := a.People.Person(i); is(who) {
			return who
		}
	}
	t.Fatal("nobody is like that: take a larger population")
	return population.Person{}
}

func citizen(who population.Person, op, key string) agency.Call {
	return as(workflow.Citizen, fmt.Sprint(who.Index), op, key)
}

// A file is one case under test.
type file struct {
	*agency.Agency
	who population.Person
	id  string
	n   int
}

func (f *file) key() string { f.n++; return fmt.Sprintf("%s-%d", f.id, f.n) }

func apply(t testing.TB, a *agency.Agency, who population.Person, p agency.Application) *file {
	t.Helper()
	answer, _, err := a.Apply(t.Context(), citizen(who, "benefits.apply", fmt.Sprint(who.Index, p)), p)
	filed := read[agency.Filed](t, answer, err)
	if filed.Status != "accepted" || filed.Person != who.ID || filed.Kind != p.Kind {
		t.Fatalf("filed %+v", filed)
	}
	return &file{Agency: a, who: who, id: filed.Case.Case}
}

func (f *file) decide(t testing.TB, role workflow.Roles, by, decision, reason string) (agency.Decided, error) {
	t.Helper()
	answer, _, err := f.Decide(t.Context(), as(role, by, "benefits.decide", f.key()), f.id, agency.Decision{Decision: decision, Reason: reason})
	if err != nil {
		return agency.Decided{}, err
	}
	return read[agency.Decided](t, answer, nil), nil
}

// approve takes an accepted case through both pairs of eyes.
func (f *file) approve(t testing.TB) agency.Decided {
	t.Helper()
	if _, err := f.decide(t, workflow.Clerk, "c1", "review", ""); err != nil {
		t.Fatal(err)
	}
	d, err := f.decide(t, workflow.Reviewer, "r1", "approve", "")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func medicalBills(fen ledger.Fen, tier int) agency.Application {
	return agency.Application{Kind: "medical_manual", Facts: agency.CaseFacts{Date: 20230301, Bills: fen, Tier: tier}}
}

// TestBenefitsBringWhatTheOraclesSay holds awards against published amounts (O14, O15, O17, O18).
func TestBenefitsBringWhatTheOraclesSay(t *testing.T) {
	a := newAgency(t)
	isActive := func(p population.Person) bool { return p.Status == population.Active }
	woman := find(t, a, func(p population.Person) bool { return isActive(p) && p.Sex == "F" && p.Wage > 900000 })
	jobless := find(t, a, func(p population.Person) bool { return p.Status == population.Suspended && p.Months >= 120 })
	worker := find(t, a, func(p population.Person) bool { return isActive(p) && p.Wage > 4588_00 && p.Wage < 22938_00 })
	for _, c := range []struct {
		name string
		who  population.Person
		p    agency.Application
		want []agency.Entitlement
	}{
		{"O17: 8,000 / 30 x 98 days", woman, agency.Application{Kind: "maternity_allowance", Facts: agency.CaseFacts{Date: 20230301, Average: 8000_00, Children: 1}},
			[]agency.Entitlement{{Amount: 26133_33, Since: 202612, Until: 202612}}},
		{"O18: tier 3, 1,800 brings 650", worker, medicalBills(1800_00, 3), []agency.Entitlement{{Amount: 650_00, Since: 202612, Until: 202612}}},
		{"O18: then tier 1, 3,000 brings 1,550, for the cap is near", worker, medicalBills(3000_00, 1), []agency.Entitlement{{Amount: 1550_00, Since: 202612, Until: 202612}}},
		{"injury: bills in full", worker, agency.Application{Kind: "injury_manual", Facts: agency.CaseFacts{Date: 20230301, Bills: 1234_56}},
			[]agency.Entitlement{{Amount: 1234_56, Since: 202612, Until: 202612}}},
		{"O14: ten years give 24 months, the second half at 80 %", jobless,
			agency.Application{Kind: "unemployment", Facts: agency.CaseFacts{Date: 20230301, Involuntary: true, Registered: true}},
			[]agency.Entitlement{{Amount: 2255_00, Since: 202612, Until: 202711}, {Amount: 1804_00, Since: 202712, Until: 202811}}},
		{"O15: grade 1 is 27 wages at once and 90 % each month for life", worker,
			agency.Application{Kind: "injury", Facts: agency.CaseFacts{Date: 20230301, Grade: 1}},
			[]agency.Entitlement{
				{Amount: 27 * ledger.Fen(worker.Wage), Since: 202612, Until: 202612},
				{Amount: ledger.Fen(rules.Round(worker.Wage, 90, 100)), Since: 202612},
			}},
		{"O15: of grade 5 the employer pays the months", worker, agency.Application{Kind: "injury", Facts: agency.CaseFacts{Date: 20230301, Grade: 5}},
			[]agency.Entitlement{{Amount: 18 * ledger.Fen(worker.Wage), Since: 202612, Until: 202612}}},
	} {
		f := apply(t, a, c.who, c.p)
		d := f.approve(t)
		if d.Status != "entitled" || len(d.Entitlements) != len(c.want) {
			t.Errorf("%s: %+v", c.name, d)
			continue
		}
		for i, got := range d.Entitlements {
			if got.Amount != c.want[i].Amount || got.Since != c.want[i].Since || got.Until != c.want[i].Until || got.Status != "paying" {
				t.Errorf("%s: %+v, want %+v", c.name, got, c.want[i])
			}
		}
		seen, err := a.Benefit(t.Context(), citizen(c.who, "", "").Caller, f.id)
		if err != nil || len(seen.Entitlements) != len(c.want) || seen.Entitlements[0].Amount != c.want[0].Amount {
			t.Errorf("%s: the applicant sees %+v, %v", c.name, seen, err)
		}
		wantReckonedAgain(t, a, f.id)
	}
	wantSound(t, a)
}

// wantReckonedAgain holds a case's entitlements against its grounds and the packs they name, as invariant I16 has it.
func wantReckonedAgain(t testing.TB, a *agency.Agency, id string) {
	t.Helper()
	err := a.Store.View(t.Context(), func(v store.View) error {
		row := store.Case{ID: id}
		if found, err := v.Get(&row); err != nil || !found {
			return errors.Join(err, errors.New("no row of "+id))
		}
		var g agency.Grounds
		if err := json.Unmarshal([]byte(row.Facts), &g); err != nil {
			return err
		}
		for _, name := range []string{"99", a.People.Person(int(row.Person)).Name} {
			if strings.Contains(row.Facts, `"`+name) {
				t.Errorf("the grounds name somebody: %s", row.Facts)
			}
		}
		stored := strings.Fields(row.Entitlement)
		for _, id := range stored {
			e := store.Entitlement{ID: id}
			if found, err := v.Get(&e); err != nil || !found {
				return errors.Join(err, errors.New("no row of "+id))
			}
			book, err := a.Rules.Only(strings.Fields(e.Packs)...)
			if err != nil {
				return err
			}
			again, err := agency.Reckon(book, row.Kind, &g)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(again, func(w agency.Award) bool {
				return w.Amount == e.Amount && int64(w.Since) == e.Since && int64(w.Until) == e.Until
			}) {
				t.Errorf("%s of %s: %d fen; reckoned again %+v", e.ID, id, e.Amount, again)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAPensionEndsTheWorkingLife grants a pension and looks at what it changes.
func TestAPensionEndsTheWorkingLife(t *testing.T) {
	a := newAgency(t)
	who := find(t, a, func(p population.Person) bool {
		return p.Status == population.Active && p.Months >= 200 && p.Class == rules.Men && p.Birth.Month() >= 196302 && p.Birth.Month() < 196412
	})
	pension := agency.Application{Kind: "pension"}
	f := apply(t, a, who, pension)
	_, _, err := a.Apply(t.Context(), citizen(who, "benefits.apply", "again"), pension)
	wantCode(t, err, "case-open")
	d := f.approve(t)
	e, err := a.Rules.Estimate(rules.PensionFacts{
		Birth: who.Birth.Month(), Class: who.Class, Months: who.Months, Index: indexOf(t, a, who), Account: who.Pension, AsOf: 202611, Region: who.Region,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Entitlements) != 1 || int64(d.Entitlements[0].Amount) != e.Total || d.Entitlements[0].Since != 202612 || d.Entitlements[0].Until != 0 {
		t.Errorf("granted %+v, reckoned %d", d.Entitlements, e.Total)
	}
	account, err := a.Account(t.Context(), who.Index)
	if err != nil || account.Status != population.Retired {
		t.Errorf("account %+v, %v", account, err)
	}
	_, _, err = a.Apply(t.Context(), citizen(who, "benefits.apply", "third"), pension)
	wantCode(t, err, "case-open")
	answer, _, err := a.IssueCertificate(t.Context(), citizen(who, "certificates.issue", "c"), agency.CertificateRequest{Kind: "pension"})
	if err != nil {
		t.Fatal(err)
	}
	document, err := a.Certificate(t.Context(), citizen(who, "", "").Caller, read[agency.Issued](t, answer, nil).Code)
	if err != nil || !strings.Contains(string(document), fmt.Sprintf(`"pension_fen":%d`, e.Total)) {
		t.Errorf("certificate %s, %v", document, err)
	}
	split, err := a.Preview(t.Context(), call("H1", "").Caller, now, agency.Bill{
		Visit: "V", IDNo: who.IDNumber, Hospital: "H1", Tier: 2, Date: 20230301, Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: 1000_00, InPolicy: true}},
	})
	if err != nil || split.Fund != 390_00 { // O18: a retired person at tier 2
		t.Errorf("a pensioner's bill: %+v, %v", split, err)
	}
	wantReckonedAgain(t, a, f.id)
	wantSound(t, a)
}

func indexOf(t testing.TB, a *agency.Agency, who population.Person) int64 {
	t.Helper()
	c, err := a.Rules.Contribute(rules.Wage{Region: who.Region, Month: 202301, Wage: who.Wage})
	if err != nil {
		t.Fatal(err)
	}
	return min(rules.Round(c.Base, 600_000, c.Floor), 3_000_000)
}

// TestEveryStepOfACase takes every edge of the machine that a decision or documents take, and every other with a 409 and
// an audit record.
func TestEveryStepOfACase(t *testing.T) {
	a := newAgency(t)
	who := someone(t, a, population.Active)
	bring := func(t *testing.T, f *file) error {
		_, _, err := a.BringDocuments(t.Context(), citizen(who, "benefits.documents", f.key()), f.id, agency.Documents{Documents: []string{fmt.Sprintf("%064x", f.n)}})
		return err
	}
	step := func(t *testing.T, f *file, verb string) error {
		if verb == "documents" {
			return bring(t, f)
		}
		role, by := workflow.Clerk, "c1"
		if verb == "approve" || verb == "reject" {
			role, by = workflow.Reviewer, "r1"
		}
		_, err := f.decide(t, role, by, verb, "because")
		return err
	}
	to := map[string]string{"review": "reviewing", "need_docs": "need_docs", "approve": "entitled", "reject": "rejected", "documents": "reviewing"}
	var bills ledger.Fen
	for _, c := range []struct {
		state string
		reach []string
		legal []string
	}{
		{"accepted", nil, []string{"review"}},
		{"reviewing", []string{"review"}, []string{"need_docs", "approve", "reject"}},
		{"need_docs", []string{"review", "need_docs"}, []string{"documents"}},
		{"rejected", []string{"review", "reject"}, nil},
		{"entitled", []string{"review", "approve"}, nil},
	} {
		for _, verb := range []string{"review", "need_docs", "approve", "reject", "documents"} {
			t.Run(c.state+" "+verb, func(t *testing.T) {
				bills++
				f := apply(t, a, who, agency.Application{Kind: "injury_manual", Facts: agency.CaseFacts{Date: 20230301, Bills: bills}, Documents: []string{strings.Repeat("ab", 32)}})
				for _, verb := range c.reach {
					if err := step(t, f, verb); err != nil {
						t.Fatal(err)
					}
				}
				before := len(events(t, a, "refused"))
				err := step(t, f, verb)
				seen, readErr := a.Benefit(t.Context(), as(workflow.Clerk, "c9", "", "").Caller, f.id)
				if readErr != nil {
					t.Fatal(readErr)
				}
				if slices.Contains(c.legal, verb) {
					if err != nil || seen.Status != to[verb] {
						t.Errorf("now %s, %v; want %s", seen.Status, err, to[verb])
					}
					return
				}
				if c.state == "need_docs" && verb == "reject" { // whose waiting is given up: a clerk's, not a reviewer's
					wantCode(t, err, "not-your-step")
					return
				}
				wantCode(t, err, "illegal-step")
				if refused := events(t, a, "refused"); seen.Status != c.state || len(refused) != before+1 || refused[before].Subject != "case "+f.id {
					t.Errorf("the case is %s; %d events of refusals, want %d", seen.Status, len(refused), before+1)
				}
			})
		}
	}
	wantSound(t, a)
}

// events are those of the audit log with an outcome.
func events(t testing.TB, a *agency.Agency, outcome string) (list []vault.Event) {
	t.Helper()
	err := a.Store.View(t.Context(), func(v store.View) error {
		return store.EachEvent(v, 0, store.Forever, func(r vault.Record) error {
			if r.Event.Outcome == outcome {
				list = append(list, r.Event)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestACaseTakesTwoPeople tries every way to decide alone.
func TestACaseTakesTwoPeople(t *testing.T) {
	a := newAgency(t)
	who := someone(t, a, population.Active)
	f := apply(t, a, who, medicalBills(1800_00, 3))
	must := func(_ agency.Decided, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.decide(t, workflow.Clerk, "c1", "review", ""))
	for _, decision := range []string{"approve", "reject"} {
		_, err := f.decide(t, workflow.Clerk, "c1", decision, "because")
		wantCode(t, err, "four-eyes")
		_, err = f.decide(t, workflow.Reviewer, "c1", decision, "because") // the same person in another role
		wantCode(t, err, "four-eyes")
	}
	must(f.decide(t, workflow.Reviewer, "r1", "need_docs", "bills-unclear"))
	if _, _, err := a.BringDocuments(t.Context(), citizen(who, "benefits.documents", "d"), f.id, agency.Documents{Documents: []string{strings.Repeat("0a", 32)}}); err != nil {
		t.Fatal(err)
	}
	_, err := f.decide(t, workflow.Reviewer, "r1", "approve", "") // asked for documents, so took part
	wantCode(t, err, "four-eyes")
	must(f.decide(t, workflow.Reviewer, "r2", "approve", ""))
	old := file{Agency: a, who: who, id: population.CaseID(who.Index, 7)}
	d, err := old.decide(t, workflow.Clerk, "c1", "reject", "too-late")
	if err != nil || d.Status != "rejected" {
		t.Errorf("one decision on a case of before the opening: %+v, %v", d, err)
	}
	wantSound(t, a)
}

// TestCasesAreHiddenFromOthers asks for cases that are there and not the caller's, and for ones that are not there.
func TestCasesAreHiddenFromOthers(t *testing.T) {
	a := newAgency(t)
	who, other := a.People.Person(3), a.People.Person(4)
	f := apply(t, a, someone(t, a, population.Active), medicalBills(1800_00, 3))
	elsewhere := as(workflow.Clerk, "c1", "benefits.decide", "k")
	elsewhere.Region = "990001"
	for _, c := range []struct {
		name   string
		caller agency.Caller
		id     string
	}{
		{"another's case of before the opening", citizen(other, "", "").Caller, population.CaseID(who.Index, 1)},
		{"another's application", citizen(other, "", "").Caller, f.id},
		{"one that is not there", citizen(other, "", "").Caller, "BC-XAAAA"},
		{"a person that is not there", citizen(other, "", "").Caller, "BC-999999-1"},
		{"a clerk of another region", elsewhere.Caller, f.id},
		{"an auditor", as(workflow.Auditor, "a1", "", "").Caller, f.id},
		{"a hospital", as(workflow.Hospital, "H0001", "", "").Caller, f.id},
	} {
		_, err := a.Benefit(t.Context(), c.caller, c.id)
		wantCode(t, err, "not-found")
		call := elsewhere
		call.Caller, call.Key = c.caller, c.name
		_, _, err = a.Decide(t.Context(), call, c.id, agency.Decision{Decision: "approve"})
		wantCode(t, err, "not-found")
		_, _, err = a.BringDocuments(t.Context(), call, c.id, agency.Documents{Documents: []string{strings.Repeat("0a", 32)}})
		wantCode(t, err, "not-found")
	}
	if b, err := a.Benefit(t.Context(), citizen(who, "", "").Caller, population.CaseID(who.Index, 1)); err != nil || b.Status != "reviewing" || b.Due < b.Applied {
		t.Errorf("the own case: %+v, %v", b, err)
	}
	wantSound(t, a)
}

func TestApplicationsThatAreRefused(t *testing.T) {
	a := newAgency(t)
	is := func(s population.Status) func(population.Person) bool {
		return func(p population.Person) bool { return p.Status == s }
	}
	active, retired := find(t, a, is(population.Active)), find(t, a, is(population.Retired))
	young := find(t, a, func(p population.Person) bool { return p.Status == population.Active && p.Birth.Year() > 1990 })
	man := find(t, a, func(p population.Person) bool { return p.Status == population.Active && p.Sex == "M" })
	short := find(t, a, func(p population.Person) bool { return p.Status == population.Suspended && p.Months < 12 })
	jobless := agency.CaseFacts{Date: 20230301, Involuntary: true, Registered: true}
	for _, c := range []struct {
		name string
		who  population.Person
		p    agency.Application
		code string
	}{
		{"no such kind", active, agency.Application{Kind: "luck"}, "unknown-kind"},
		{"no date", active, agency.Application{Kind: "injury_manual", Facts: agency.CaseFacts{Bills: 1}}, "fact-out-of-range"},
		{"a day to come", active, agency.Application{Kind: "injury_manual", Facts: agency.CaseFacts{Bills: 1, Date: 20261122}}, "fact-out-of-range"},
		{"no bills", active, medicalBills(0, 1), "fact-out-of-range"},
		{"bills beyond all bounds", active, medicalBills(10_000_000_01, 1), "fact-out-of-range"},
		{"no such tier", active, medicalBills(1, 4), "fact-out-of-range"},
		{"no such grade", active, agency.Application{Kind: "injury", Facts: agency.CaseFacts{Date: 20230301, Grade: 11}}, "fact-out-of-range"},
		{"a fact of another kind", active, agency.Application{Kind: "pension", Facts: agency.CaseFacts{Grade: 1}}, "fact-not-asked"},
		{"a document that is no hash", active, agency.Application{Kind: "injury_manual", Facts: agency.CaseFacts{Bills: 1, Date: 20230301}, Documents: []string{"x"}}, "bad-document"},
		{"a pension before its time", young, agency.Application{Kind: "pension"}, "too-early"},
		{"a second pension", retired, agency.Application{Kind: "pension"}, "not-insured"},
		{"unemployed with a job", active, agency.Application{Kind: "unemployment", Facts: jobless}, "not-jobless"},
		{"unemployed by choice", short, agency.Application{Kind: "unemployment", Facts: agency.CaseFacts{Date: 20230301, Registered: true}}, "not-entitled"},
		{"unemployed before a year", short, agency.Application{Kind: "unemployment", Facts: jobless}, "too-few-months"},
		{"a father's maternity", man, agency.Application{Kind: "maternity_allowance", Facts: agency.CaseFacts{Date: 20230301, Average: 1, Children: 1}}, "not-entitled"},
		{"an injury after work", retired, agency.Application{Kind: "injury_manual", Facts: agency.CaseFacts{Bills: 1, Date: 20230301}}, "not-insured"},
	} {
		_, _, err := a.Apply(t.Context(), citizen(c.who, "benefits.apply", c.name), c.p)
		if r, ok := errors.AsType[*agency.Refusal](err); !ok || r.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	_, _, err := a.Apply(t.Context(), as(workflow.Clerk, "c1", "benefits.apply", "k"), medicalBills(1, 1))
	wantCode(t, err, "unknown-subject")
	f := apply(t, a, active, medicalBills(1, 1))
	for _, d := range []agency.Decision{{Decision: "maybe"}, {Decision: "reject"}, {Decision: "need_docs", Reason: "her name is 王芳"}} {
		_, _, err := a.Decide(t.Context(), as(workflow.Clerk, "c1", "benefits.decide", "k"), f.id, d)
		if _, ok := errors.AsType[*agency.Refusal](err); !ok {
			t.Errorf("%+v: %v", d, err)
		}
	}
	_, _, err = a.Decide(t.Context(), citizen(active, "benefits.decide", "k"), f.id, agency.Decision{Decision: "review"})
	wantCode(t, err, "not-your-step")
	wantSound(t, a)
}

// TestBillsBelowTheDeductibleCountForTheYear approves bills that bring nothing: the case is stopped, and the next bill
// finds the deductible used.
func TestBillsBelowTheDeductibleCountForTheYear(t *testing.T) {
	a := newAgency(t)
	who := someone(t, a, population.Active)
	if d := apply(t, a, who, medicalBills(300_00, 3)).approve(t); d.Status != "stopped" || len(d.Entitlements) != 0 || len(d.Trace) == 0 {
		t.Errorf("bills of 300: %+v", d)
	}
	if d := apply(t, a, who, medicalBills(600_00, 3)).approve(t); len(d.Entitlements) != 1 || d.Entitlements[0].Amount != 200_00 {
		t.Errorf("bills of 600 with 200 of the deductible left: %+v", d)
	}
	wantSound(t, a)
}

// TestEveryOldCaseCanBeDecided decides one case of each kind that stood before the opening day.
func TestEveryOldCaseCanBeDecided(t *testing.T) {
	a := newAgency(t)
	seen := make(map[string]int)
	for i := 0; i < a.People.Size() && len(seen) < 4; i++ {
		for n := 1; n < 6; n++ {
			old, _ := a.People.Case(population.CaseID(i, n))
			if seen[old.Kind] > 0 || old.Kind == "unemployment" && a.People.Person(i).Months < 12 {
				continue
			}
			seen[old.Kind]++
			f := file{Agency: a, id: old.ID}
			d, err := f.decide(t, workflow.Clerk, "c1", "approve", "")
			if err != nil || d.Kind != old.Kind || d.Status != "entitled" && d.Status != "stopped" {
				t.Errorf("%s: %+v, %v", old.Kind, d, err)
			}
			wantReckonedAgain(t, a, old.ID)
			_, err = f.decide(t, workflow.Clerk, "c2", "approve", "")
			wantCode(t, err, "illegal-step")
		}
	}
	if len(seen) != 4 {
		t.Errorf("kinds %v, want 4", seen)
	}
	wantSound(t, a)
}
