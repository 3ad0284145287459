package agency_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/workflow"
)

func evening(key string) agency.Call { return as(workflow.Clerk, "clerk1", "declarations.lapse", key) }

func assess(t testing.TB, a *agency.Agency, key string, month rules.Month) agency.AssessedMonth {
	t.Helper()
	answer, _, err := a.Assess(t.Context(), evening(key), month)
	if err != nil {
		t.Fatal(err)
	}
	return decoded[agency.AssessedMonth](t, answer)
}

func declarationOf(t testing.TB, a *agency.Agency, e population.Employer, month rules.Month) agency.DeclarationRecord {
	t.Helper()
	r, err := a.Declaration(t.Context(), filedBy(e, "").Caller, fmt.Sprintf("D-X%s-%d", e.ID, month))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// 110 % of 110 % and so on, each rounded half up to the fen, as the law has it month for month (O4).
func TestUndeclaredMonthsAreAssessedAt110PercentOfTheLast(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	declare(t, a, filedBy(e, "d"), fileOf(agency.Filing{Employer: e.ID, Month: january}, people), false)
	other := a.People.Employer(e.Index - 1)
	var staff []population.Person
	for who := range a.People.ActiveOf(other.Index) {
		staff = append(staff, who)
	}
	first := assess(t, a, "1", january)
	byEmployer, byPersons := duesOf(t, a, 202212, staff)
	last := int64(byEmployer + byPersons)
	for month := january; month <= 202303; month = month.Add(1) {
		if month > january {
			assess(t, a, month.String(), month)
		}
		want := (last*11 + 5) / 10
		r := declarationOf(t, a, other, month)
		if got := int64(r.ByEmployer + r.ByPersons); got != want || r.State != "defaulted110" || r.Lines != 0 {
			t.Errorf("month %s is assessed at %d, %s; want %d after %d", month, got, r.State, want, last)
		}
		last = want
	}
	if r := declarationOf(t, a, e, january); r.State != "assessed" {
		t.Errorf("the month that was declared is %s", r.State)
	}
	if again := assess(t, a, "2", january); again.Employers != 0 || first.Employers == 0 {
		t.Errorf("assessed %d employers, and %d the second time", first.Employers, again.Employers)
	}
	wantSound(t, a)
}

func TestAssessingGoesOnWhereItStopped(t *testing.T) {
	a := newBureau(t, 2_000)
	whole := newBureau(t, 2_000)
	want := assess(t, whole, "1", january)
	if want.Employers <= 100 {
		t.Fatalf("%d employers: one Update does them all", want.Employers)
	}
	for left := 1; ; left++ {
		b := &agency.Agency{People: a.People, Rules: a.Rules, Store: &dyingStore{Store: a.Store, left: left}, Vault: a.Vault, Random: a.Random}
		if _, _, err := b.Assess(t.Context(), evening("1"), january); err == nil {
			break
		} else if !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		wantSound(t, a)
	}
	for e := range a.People.Employers() {
		firm := a.People.Employer(e)
		id := fmt.Sprintf("D-X%s-202301", firm.ID)
		got, err := a.Declaration(t.Context(), filedBy(firm, "").Caller, id)
		same, err2 := whole.Declaration(t.Context(), filedBy(firm, "").Caller, id)
		if fmt.Sprint(err) != fmt.Sprint(err2) || got.ByEmployer != same.ByEmployer || got.ByPersons != same.ByPersons {
			t.Fatalf("employer %s owes %+v, %v; assessed in one go %+v, %v", firm.ID, got, err, same, err2)
		}
	}
}

func TestAMonthThatDefaultedIsDeclaredAfterAllAndSettled(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	assess(t, a, "1", january)
	held := declarationOf(t, a, e, january)
	if r := push(t, a, pushOf(e, "blind", held.Owed)); r.Status != "suspense" {
		t.Errorf("money of which nobody knows whose it is: %+v", r)
	}
	// A bad file changes nothing; the good one takes the assessment's place.
	bad := fmt.Sprintf("{\"employer\":%q,\"month\":\"2023-01\"}\n{}\n", e.ID)
	if d := declare(t, a, filedBy(e, "bad"), bad, false); d.State != "defaulted110" || d.Accepted != 0 || len(d.Rejected) != 1 {
		t.Errorf("%+v", d)
	}
	d := declare(t, a, filedBy(e, "d"), fileOf(agency.Filing{Employer: e.ID, Month: january}, people), false)
	if d.State != "defaulted110" || d.Assessed == held.Owed {
		t.Errorf("%+v; 110 %% was %d", d, held.Owed)
	}
	_, _, err := a.Declare(t.Context(), filedBy(e, "d2"), ndjson, stringsReader(fileOf(agency.Filing{Employer: e.ID, Month: january}, people)), false)
	wantCode(t, err, "illegal-step")
	if r := push(t, a, pushOf(e, "1", d.Assessed)); r.Status != "matched" {
		t.Errorf("%+v", r)
	}
	if r := declarationOf(t, a, e, january); r.State != "settled" || r.Owed != 0 {
		t.Errorf("%+v", r)
	}
	wantSound(t, a)
}

// O5 by the day, on each fund's arrears: it does not matter how often it was charged.
func TestLateFeesAreSimpleByTheDay(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	c := filedBy(e, "d")
	answer, _, err := a.Declare(t.Context(), c, ndjson, stringsReader(fileOf(agency.Filing{Employer: e.ID, Month: january}, people)), false)
	if err != nil {
		t.Fatal(err)
	}
	d := decoded[agency.Declared](t, answer) // due 2026-12-07
	dueDay := time.Date(2026, 12, 7, 4, 0, 0, 0, time.UTC)
	var funds []ledger.Fen
	for _, f := range ledger.Funds() {
		funds = append(funds, balanceOf(t, a.Store, ledger.Account{Kind: ledger.Recv, Fund: f, Owner: e.ID}))
	}
	lapse := func(day int) agency.Lapsed {
		c := evening(fmt.Sprint("day ", day))
		c.Now = dueDay.AddDate(0, 0, day)
		answer, _, err := a.Lapse(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		return decoded[agency.Lapsed](t, answer)
	}
	if l := lapse(0); l.Lapsed != 0 {
		t.Errorf("lapsed on its last day: %+v", l)
	}
	for _, day := range []int{1, 2, 3, 11, 91} { // 0, 1, 2, 10 and 90 days in arrears
		lapse(day)
		var want ledger.Fen
		for _, f := range funds {
			want += (f*5*ledger.Fen(day-1) + 5_000) / 10_000
		}
		if r := declarationOf(t, a, e, january); r.State != "overdue" || r.LateFee != want || r.Owed != d.Assessed+want {
			t.Errorf("%d days in arrears: %+v; want a fee of %d", day-1, r, want)
		}
	}
	if l := lapse(91); l.Charged != 1 { // the answer of before
		t.Errorf("%+v", l)
	}
	r := declarationOf(t, a, e, january)
	if p := push(t, a, pushOf(e, "0", d.Assessed)); p.Status != "suspense" {
		t.Errorf("without the fee: %+v", p)
	}
	_, _, err = a.Resolve(t.Context(), as(workflow.Clerk, "clerk1", "payments.resolve", "r"), "B01/0", agency.Resolution{Declaration: d.Declaration})
	wantCode(t, err, "other-amount")
	push(t, a, pushOf(e, "1", r.Owed))
	if r := declarationOf(t, a, e, january); r.State != "paid" {
		t.Errorf("%+v", r)
	}
	for _, k := range []ledger.Kind{ledger.Recv, ledger.Deferred} {
		for _, f := range ledger.Funds() {
			if b := balanceOf(t, a.Store, ledger.Account{Kind: k, Fund: f, Owner: e.ID}); b != 0 {
				t.Errorf("%s %s stands at %d", k, f, b)
			}
		}
	}
	wantSound(t, a)
}

func TestARejectedMonthThatStaysSoIsAssessed(t *testing.T) {
	a := newBureau(t, 500)
	e, _ := firm(t, a, 1)
	declare(t, a, filedBy(e, "bad"), fmt.Sprintf("{\"employer\":%q,\"month\":\"2023-01\"}\n{}\n", e.ID), false)
	assess(t, a, "1", january)
	if r := declarationOf(t, a, e, january); r.State != "defaulted110" || r.Owed == 0 {
		t.Errorf("%+v", r)
	}
	wantSound(t, a)
}

func TestAssessingIsForClerksWhenTheTermIsOver(t *testing.T) {
	a := newBureau(t, 500)
	_, _, err := a.Assess(t.Context(), as(workflow.Employer, "E000000", "declarations.assess", "1"), january)
	wantCode(t, err, "role")
	_, _, err = a.Lapse(t.Context(), as(workflow.Bank, "B01", "declarations.lapse", "1"))
	wantCode(t, err, "role")
	abroad := evening("1")
	abroad.Role, abroad.Region = workflow.Clerk, "990009"
	_, _, err = a.Assess(t.Context(), abroad, january)
	wantCode(t, err, "other-region")
	_, _, err = a.Lapse(t.Context(), abroad)
	wantCode(t, err, "other-region")
	for _, month := range []rules.Month{202212, 202611} {
		_, _, err = a.Assess(t.Context(), evening("1"), month)
		wantCode(t, err, "bad-month")
	}
	c := evening("1") // October's term ends on Sunday 2026-11-15, so on Monday
	c.Now = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)
	_, _, err = a.Assess(t.Context(), c, 202610)
	wantCode(t, err, "bad-month")
	c.Now = c.Now.AddDate(0, 0, 1)
	if _, _, err = a.Assess(t.Context(), c, 202610); err != nil {
		t.Error(err)
	}
}

// Whatever the wages, what is assessed is what the lines come to, and paying it leaves nothing owed.
func TestAnyDeclarationIsPaidToTheFen(t *testing.T) {
	a := newBureau(t, 500)
	var staffed []population.Employer
	for i := range a.People.Employers() {
		for range a.People.ActiveOf(i) {
			staffed = append(staffed, a.People.Employer(i))
			break
		}
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++ // each time another employer and month
		month, e := january.Add(n%47), staffed[n/47]
		people := slices.Collect(a.People.ActiveOf(e.Index))
		who := people[:rapid.IntRange(1, len(people)).Draw(rt, "people")]
		for i := range who {
			who[i].Wage = rapid.Int64Range(1, 10_000_000_00).Draw(rt, "wage")
		}
		answer, _, err := a.Declare(t.Context(), filedBy(e, fmt.Sprint(n)), ndjson, stringsReader(fileOf(agency.Filing{Employer: e.ID, Month: month}, who)), true)
		if err != nil {
			rt.Fatal(err)
		}
		d := decoded[agency.Declared](t, answer)
		if byEmployer, byPersons := duesOf(t, a, month, who); d.Assessed != byEmployer+byPersons {
			rt.Fatalf("assessed %d, line by line %d", d.Assessed, byEmployer+byPersons)
		}
		p := pushOf(e, fmt.Sprint(n), d.Assessed)
		p.Month = month
		if r := push(t, a, p); r.Status != "matched" {
			rt.Fatalf("%+v", r)
		}
	})
	wantSound(t, a)
}
