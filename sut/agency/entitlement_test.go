package agency_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// pensioner is a retired person with more money on the account than some months take.
func pensioner(t testing.TB, p *paymaster) (population.Person, population.Entitlement) {
	t.Helper()
	for i := range p.People.Size() {
		who := p.People.Person(i)
		if e, found := p.People.EntitlementOf(who); found && who.Pension > 5*e.Monthly && e.From < 202301 {
			return who, e
		}
	}
	t.Fatal("no such pensioner")
	return population.Person{}, population.Entitlement{}
}

func (p *paymaster) overpaid(t testing.TB, person int) ledger.Fen {
	t.Helper()
	return balanceOf(t, p.Store, ledger.Overpayments(ledger.Pension, uint64(person)))
}

// month takes a period's pensions from plan to close.
func (p *paymaster) month(t testing.TB, period rules.Month) map[string]store.Item {
	t.Helper()
	b := p.plan(t, "pension", period)
	p.lock(t, b.Batch)
	_, file := p.send(t, b.Batch)
	p.receive(t, b.Batch, bank(file, nil))
	p.close(t, b.Batch)
	return p.items(t, b.Batch)
}

func (p *paymaster) stop(t testing.TB, caseID string, last rules.Month) {
	t.Helper()
	if _, _, err := p.StopBenefit(t.Context(), p.as(workflow.Clerk, "wang", "benefits.stop"), caseID, agency.Ending{Last: last, Reason: "moved-abroad"}); err != nil {
		t.Fatal(err)
	}
}

// TestWhatWasPaidAfterTheEndIsOwedBack is invariant I13, with the item in each state when the benefit stops.
func TestWhatWasPaidAfterTheEndIsOwedBack(t *testing.T) {
	for _, state := range []string{"none", "planned", "locked", "sent", "returned", "requeued", "reconciled"} {
		t.Run(state, func(t *testing.T) {
			p := &paymaster{Agency: newAgency(t)}
			who, e := pensioner(t, p)
			ref, caseID := fmt.Sprintf("%s/202301", e.ID), population.CaseID(who.Index, 0)
			mine := func(_ int, entitlement string) bool { return entitlement == e.ID }
			stop := func() { p.stop(t, caseID, 202212) }
			if state == "none" {
				stop()
			}
			b := p.plan(t, "pension", 202301)
			if state == "planned" {
				stop()
			}
			p.lock(t, b.Batch)
			if state == "locked" {
				stop()
			}
			_, file := p.send(t, b.Batch)
			if state == "sent" {
				stop()
			}
			back := state == "returned" || state == "requeued"
			p.receive(t, b.Batch, bank(file, func(n int, entitlement string) bool { return back && mine(n, entitlement) }))
			if state == "returned" {
				stop()
			}
			p.close(t, b.Batch)
			if state == "requeued" {
				next := p.plan(t, "pension", 202302)
				if got := p.items(t, next.Batch)[ref].State; got != "requeued" {
					t.Errorf("the item is %q in the next batch", got)
				}
				stop()
				p.lock(t, next.Batch)
				_, file := p.send(t, next.Batch)
				if strings.Contains(file, e.ID+"/") {
					t.Errorf("the bank is told to pay %s", ref)
				}
				p.receive(t, next.Batch, bank(file, nil))
				p.close(t, next.Batch)
				b = next
			}
			if state == "reconciled" {
				stop()
			}
			wantState := map[string]string{"none": "", "planned": "cancelled"}
			want, known := wantState[state]
			if !known {
				want = "reconciled"
			}
			if got := p.items(t, b.Batch)[ref].State; got != want {
				t.Errorf("the item is %q, want %q", got, want)
			}
			owed := ledger.Fen(0)
			if state == "locked" || state == "sent" || state == "reconciled" {
				owed = ledger.Fen(e.Monthly)
			}
			if got := p.overpaid(t, who.Index); got != owed {
				t.Errorf("%d are owed, want %d", got, owed)
			}
			if got := p.balance(t, ledger.Payable, ref); got != 0 {
				t.Errorf("%d are still payable", got)
			}
			_, _, err := p.StopBenefit(t.Context(), p.as(workflow.Clerk, "wang", "benefits.stop"), caseID, agency.Ending{Last: 202212})
			wantCode(t, err, "illegal-step")
			if owed > 0 { // and is paid back
				recover := func(amount ledger.Fen) error {
					_, _, err := p.Recover(t.Context(), p.as(workflow.Clerk, "wang", "overpayments.recover"), agency.Recovery{Person: who.ID, Fund: ledger.Pension, Amount: amount})
					return err
				}
				wantCode(t, recover(owed+1), "more-than-owed")
				if err := recover(owed); err != nil {
					t.Error(err)
				}
				wantCode(t, recover(1), "not-found")
				if got := p.overpaid(t, who.Index); got != 0 {
					t.Errorf("%d are owed after it was paid back", got)
				}
			}
			wantSound(t, p.Agency)
		})
	}
}

// TestAReturnSettlesTheOverpayment stops a benefit while its item is at the bank, and the bank returns it.
func TestAReturnSettlesTheOverpayment(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	who, e := pensioner(t, p)
	b := p.plan(t, "pension", 202301)
	p.lock(t, b.Batch)
	_, file := p.send(t, b.Batch)
	p.stop(t, population.CaseID(who.Index, 0), 202212)
	p.receive(t, b.Batch, bank(file, func(_ int, entitlement string) bool { return entitlement == e.ID }))
	p.close(t, b.Batch)
	if it := p.items(t, b.Batch)[e.ID+"/202301"]; it.State != "reconciled" || it.Kept != it.Amount {
		t.Errorf("the item %+v, want all of it kept", it)
	}
	if got := p.overpaid(t, who.Index); got != 0 {
		t.Errorf("%d are owed", got)
	}
	wantSound(t, p.Agency)
}

// TestAnOverpaymentIsKeptBackFromLaterItems gives somebody who was overpaid another pension.
func TestAnOverpaymentIsKeptBackFromLaterItems(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	who, e := pensioner(t, p)
	p.month(t, 202301)
	p.stop(t, population.CaseID(who.Index, 0), 202212)
	debt := p.overpaid(t, who.Index)
	amount := debt*2/3 + 1
	if err := p.Store.Update(t.Context(), func(tx store.Tx) error {
		return tx.Add(&store.Entitlement{
			ID: "EN-XANOTHER", Person: uint64(who.Index), Kind: "pension", Fund: "pension", Region: region, Amount: amount, Since: 202302, State: "paying", Ver: 1,
		})
	}); err != nil {
		t.Fatal(err)
	}
	kept := []ledger.Fen{amount, debt - amount, 0}
	for i, period := range []rules.Month{202302, 202303, 202304} {
		items := p.month(t, period)
		it := items[fmt.Sprintf("EN-XANOTHER/%d", period)]
		if it.Kept != kept[i] || it.State != "reconciled" {
			t.Errorf("%s: %+v, want %d kept", period, it, kept[i])
		}
		if _, still := items[fmt.Sprintf("%s/%d", e.ID, period)]; still {
			t.Errorf("%s: the stopped pension is in the batch", period)
		}
	}
	if got := p.overpaid(t, who.Index); got != 0 {
		t.Errorf("%d are owed", got)
	}
	wantSound(t, p.Agency)
}

// TestASuspendedBenefitIsMadeGood suspends a benefit that began after the opening, and resumes it two months later.
func TestASuspendedBenefitIsMadeGood(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	who := someone(t, p.Agency, population.Active)
	err := p.Store.Update(t.Context(), func(tx store.Tx) error {
		return tx.Add(
			&store.Case{ID: "BC-XNEW", Person: uint64(who.Index), Kind: "pension", State: "entitled", Entitlement: "EN-XNEW", Facts: "{}", Ver: 1},
			&store.Transition{Machine: "benefit", ID: "BC-XNEW", N: 1, Path: "applied>accepted>reviewing>approved>entitled"},
			&store.Entitlement{ID: "EN-XNEW", Person: uint64(who.Index), Kind: "pension", Fund: "pension", Region: region, Amount: 1000, Since: 202301, Until: 202306, State: "paying", Case: "BC-XNEW", Ver: 1},
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	months := func(period rules.Month) (list []int64) {
		for _, it := range p.month(t, period) {
			if it.Entitlement == "EN-XNEW" {
				list = append(list, it.Period)
			}
		}
		return list
	}
	if got := months(202302); len(got) != 2 { // January was decided late
		t.Errorf("February pays %v, want January too", got)
	}
	turn := func(do func(agency.Call) error, role workflow.Roles) error {
		return do(p.as(role, "wang", "benefits.turn"))
	}
	suspend := func(c agency.Call) error {
		_, _, err := p.SuspendBenefit(t.Context(), c, "BC-XNEW", agency.Ending{Reason: "not-certified"})
		return err
	}
	resume := func(c agency.Call) error {
		_, _, err := p.ResumeBenefit(t.Context(), c, "BC-XNEW", agency.Ending{})
		return err
	}
	wantCode(t, turn(resume, workflow.Clerk), "illegal-step")
	if err := turn(suspend, workflow.Clerk); err != nil {
		t.Fatal(err)
	}
	wantCode(t, turn(resume, workflow.Reviewer), "not-your-step")
	for _, period := range []rules.Month{202303, 202304} {
		if got := months(period); got != nil {
			t.Errorf("%s pays %v while it is suspended", period, got)
		}
	}
	if err := turn(resume, workflow.Clerk); err != nil {
		t.Fatal(err)
	}
	if got := months(202307); len(got) != 4 {
		t.Errorf("July pays %v, want March to June", got)
	}
	if got := months(202308); got != nil {
		t.Errorf("August pays %v after the end", got)
	}
}

// TestADeathEndsEverything reports a death two months ago.
func TestADeathEndsEverything(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	who, e := pensioner(t, p)
	p.month(t, 202301)
	p.month(t, 202302)
	report := func() (ended agency.Ended, err error) {
		answer, _, err := p.ReportDeath(t.Context(), p.as(workflow.Clerk, "wang", "deaths.report"), agency.Death{Person: who.ID, Date: 20230105})
		if err == nil {
			err = json.Unmarshal(answer.Body, &ended)
		}
		return ended, err
	}
	ended, err := report()
	if err != nil || len(ended.Entitlements) != 1 || ended.Entitlements[0] != e.ID {
		t.Fatalf("%+v %v", ended, err)
	}
	if got := p.overpaid(t, who.Index); got != ledger.Fen(e.Monthly) {
		t.Errorf("%d are owed, want February's %d", got, e.Monthly)
	}
	if _, still := p.month(t, 202303)[e.ID+"/202303"]; still {
		t.Error("the dead are paid")
	}
	_, err = report()
	wantCode(t, err, "illegal-step")
	_, _, err = p.ReportDeath(t.Context(), p.as(workflow.Citizen, "1", "deaths.report"), agency.Death{Person: who.ID, Date: 20230105})
	wantCode(t, err, "not-found")
	_, _, err = p.ReportDeath(t.Context(), p.as(workflow.Clerk, "wang", "deaths.report"), agency.Death{Person: who.ID, Date: 20991231})
	wantCode(t, err, "bad-date")
	wantSound(t, p.Agency)
}

// TestTheUnemploymentFundPaysThePremium is invariant I14 and article 48.
func TestTheUnemploymentFundPaysThePremium(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	who := someone(t, p.Agency, population.Suspended)
	err := p.Store.Update(t.Context(), func(tx store.Tx) error {
		return tx.Add(&store.Entitlement{ID: "EN-XJOB", Person: uint64(who.Index), Kind: "unemployment", Fund: "unemployment", Region: region, Amount: 1500_00, Since: 202301, Until: 202302, State: "paying", Ver: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Rules.Contribute(rules.Wage{Region: region, Month: 202301, Wage: 1})
	if err != nil {
		t.Fatal(err)
	}
	var pool, own ledger.Fen
	for _, part := range c.Parts {
		if part.Scheme == "medical" {
			pool, own = ledger.Fen(part.Employer), ledger.Fen(part.Person)
		}
	}
	b := p.plan(t, "unemployment", 202302)
	p.lock(t, b.Batch)
	on := func(kind ledger.Kind, fund ledger.Fund, owner string) ledger.Fen {
		return balanceOf(t, p.Store, ledger.Account{Kind: kind, Fund: fund, Owner: owner})
	}
	if got := on(ledger.Interfund, ledger.Medical, region); got != 2*(pool+own) || got == 0 {
		t.Errorf("%d are owed for two months, want %d", got, 2*(pool+own))
	}
	_, file := p.send(t, b.Batch)
	if got := on(ledger.Bank, ledger.Unemployment, region); got != -2*(1500_00+pool+own) {
		t.Errorf("the unemployment fund paid %d", got)
	}
	if got := on(ledger.Bank, ledger.Medical, region); got != 2*(pool+own) || on(ledger.Interfund, ledger.Medical, region) != 0 || on(ledger.Interfund, ledger.Unemployment, region) != 0 {
		t.Errorf("the medical fund got %d", got)
	}
	if got := -on(ledger.MA, ledger.Medical, fmt.Sprint(who.Index)); got != ledger.Fen(who.Medical)+2*own {
		t.Errorf("the medical account holds %d, want %d more than %d", got, 2*own, who.Medical)
	}
	p.receive(t, b.Batch, bank(file, nil))
	p.close(t, b.Batch)
	wantSound(t, p.Agency)
}

// TestAYearsInterestIsCreditedOnce runs twice, and once cut off.
func TestAYearsInterestIsCreditedOnce(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	p.month(t, 202301)
	who, _ := pensioner(t, p)
	before := -p.balance(t, ledger.PA, fmt.Sprint(who.Index))
	r, err := p.Rules.Interest(region, 2023, int64(before))
	if err != nil {
		t.Fatal(err)
	}
	credit := func(year int) (agency.Credited, error) {
		var sum agency.Credited
		answer, _, err := p.CreditInterest(t.Context(), p.as(workflow.System, "schedule", "interest.credit"), agency.YearOf{Year: year, Region: region})
		if err == nil {
			err = json.Unmarshal(answer.Body, &sum)
		}
		return sum, err
	}
	whole := p.Store
	p.Store = &brokenStore{Store: whole, at: 1, all: true}
	if _, err := credit(2023); err == nil {
		t.Error("a broken store credited interest")
	}
	p.Store = whole
	first, err := credit(2023)
	if err != nil {
		t.Fatal(err)
	}
	second, err := credit(2023)
	if err != nil || second.Amount != 0 {
		t.Errorf("the second time credits %+v %v", second, err)
	}
	if got := -p.balance(t, ledger.PA, fmt.Sprint(who.Index)); got != before+ledger.Fen(r.Amount) {
		t.Errorf("the account holds %d, want %d and %d", got, before, r.Amount)
	}
	if got := p.balance(t, ledger.Interest, region); got != first.Amount && got == 0 {
		t.Errorf("interest of %d, the answer says %+v", got, first)
	}
	for _, year := range []int{2022, 2026, 3000} {
		_, err := credit(year)
		wantCode(t, err, "bad-year")
	}
	wantSound(t, p.Agency)
}

// TestBatchesThatAreRefused is the table of refusals.
func TestBatchesThatAreRefused(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	plan := func(role workflow.Roles, pay agency.Pay) error {
		_, _, err := p.Plan(t.Context(), p.as(role, "zhang", "payouts.plan"), pay)
		return err
	}
	pension := agency.Pay{Kind: "pension", Region: region, Period: 202301}
	wantCode(t, plan(workflow.Citizen, pension), "not-your-step")
	wantCode(t, plan(workflow.Clerk, agency.Pay{Kind: "pension", Region: "110000", Period: 202301}), "not-your-step")
	wantCode(t, plan(workflow.Clerk, agency.Pay{Kind: "lottery", Region: region, Period: 202301}), "unknown-kind")
	wantCode(t, plan(workflow.System, agency.Pay{Kind: "pension", Region: "x", Period: 202301}), "bad-region")
	wantCode(t, plan(workflow.Clerk, agency.Pay{Kind: "pension", Region: region, Period: 202212}), "bad-period")
	wantCode(t, plan(workflow.Clerk, agency.Pay{Kind: "pension", Region: region, Period: 202612}), "bad-period")
	if err := plan(workflow.Clerk, pension); err != nil {
		t.Fatal(err)
	}
	wantCode(t, plan(workflow.Clerk, pension), "batch-exists")

	id := "PB-pension-420500-202301"
	lock := func(role workflow.Roles, subject string) error {
		_, _, err := p.Lock(t.Context(), p.as(role, subject, "payouts.lock"), id)
		return err
	}
	send := func() error {
		_, _, err := p.Send(t.Context(), p.as(workflow.Clerk, "zhang", "payouts.send"), id)
		return err
	}
	wantCode(t, lock(workflow.Reviewer, "zhang"), "four-eyes")
	wantCode(t, lock(workflow.Clerk, "li"), "not-your-step")
	wantCode(t, lock(workflow.Citizen, "li"), "not-found")
	wantCode(t, send(), "illegal-step")
	_, _, err := p.Receipts(t.Context(), p.as(workflow.Bank, "B00", "payouts.receive"), id, strings.NewReader(""))
	wantCode(t, err, "illegal-step")
	if err := lock(workflow.Reviewer, "li"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, lock(workflow.Reviewer, "li"), "illegal-step")
	if err := send(); err != nil {
		t.Fatal(err)
	}
	for text, code := range map[string]string{"1,EN-1/202301,5": "bad-receipt", "x,EN-1/202301,5,paid": "bad-receipt", "1,EN-1/202301,-5,paid": "bad-receipt", "1,EN-1/202301,5,lost": "bad-receipt"} {
		_, _, err := p.Receipts(t.Context(), p.as(workflow.Bank, "B00", "payouts.receive"), id, strings.NewReader(text))
		wantCode(t, err, code)
	}
	_, _, err = p.Receipts(t.Context(), p.as(workflow.Bank, "B07", "payouts.receive"), id, strings.NewReader(""))
	wantCode(t, err, "not-found")
	if r := p.receive(t, id, "0,EN-999999/202301,5,paid\n999999,EN-1/x,5,paid\n"); r.Refused != 2 || r.Paid != 0 {
		t.Errorf("receipts of items that are not there: %+v", r)
	}
	wantSound(t, p.Agency)
}

// TestTwoCallersDoAStepOnce runs a step from several goroutines.
func TestTwoCallersDoAStepOnce(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	done := make(chan error)
	for i := range 4 {
		go func() {
			_, _, err := p.Plan(t.Context(), as(workflow.Clerk, "zhang", "payouts.plan", fmt.Sprint(i)), agency.Pay{Kind: "pension", Region: region, Period: 202301})
			done <- err
		}()
	}
	planned := 0
	for range 4 {
		select {
		case err := <-done:
			if err == nil {
				planned++
			}
		case <-time.After(time.Minute):
			t.Fatal("a call hangs")
		}
	}
	b, err := p.Batch(t.Context(), agency.Caller{Role: workflow.System}, "PB-pension-420500-202301")
	if err != nil || planned != 1 || int(b.Items) != len(p.items(t, b.Batch)) || b.Step != "" {
		t.Errorf("%d of four calls planned, %+v %v", planned, b, err)
	}
	wantSound(t, p.Agency)
}
