package agency_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// paidBy is a call of a bank for payments.push.
func paidBy(key string) agency.Call { return as(workflow.Bank, "B01", "payments.push", key) }

// pushOf is money for an employer's month.
func pushOf(e population.Employer, txn string, amount ledger.Fen) agency.Push {
	return agency.Push{Bank: "B01", BankTxn: txn, Employer: e.ID, Month: january, Amount: amount, Value: 20230116}
}

func push(t testing.TB, a *agency.Agency, p agency.Push) agency.Received {
	t.Helper()
	answer, _, err := a.Receive(t.Context(), paidBy("push "+p.BankTxn), p)
	if err != nil {
		t.Fatal(err)
	}
	return decoded[agency.Received](t, answer)
}

func paymentOf(t testing.TB, a *agency.Agency, txn string) agency.PaymentRecord {
	t.Helper()
	r, err := a.Payment(t.Context(), paidBy("").Caller, txn)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// accounts are what people own together.
func accounts(t testing.TB, a *agency.Agency, people []population.Person) (pension, medical ledger.Fen) {
	t.Helper()
	for _, who := range people {
		acc, err := a.Account(t.Context(), who.Index)
		if err != nil {
			t.Fatal(err)
		}
		pension, medical = pension+acc.Pension, medical+acc.Medical
	}
	return pension, medical
}

func TestMoneyForADeclarationReachesItsPeople(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	d := declare(t, a, filedBy(e, "d"), fileOf(agency.Filing{Employer: e.ID, Month: january}, people), false)
	pension, medical := accounts(t, a, people)

	less := push(t, a, pushOf(e, "less", d.Assessed-1))
	if less.Status != "suspense" {
		t.Errorf("less than it comes to: %+v", less)
	}
	whole := push(t, a, pushOf(e, "whole", d.Assessed))
	if whole.Status != "matched" {
		t.Errorf("what it comes to: %+v", whole)
	}
	if again := push(t, a, pushOf(e, "again", d.Assessed)); again.Status != "suspense" {
		t.Errorf("paid a second time: %+v", again)
	}
	if p := paymentOf(t, a, "whole"); p.Status != "posted" || p.Allocated != d.Assessed || p.Declaration != d.Declaration {
		t.Errorf("%+v", p)
	}
	if r, err := a.Declaration(t.Context(), filedBy(e, "").Caller, d.Declaration); err != nil || r.State != "paid" || r.Owed != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	var base ledger.Fen
	for _, who := range people {
		list, err := a.Contributions(t.Context(), who.Index, january, january)
		if err != nil || len(list.Items) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		base += list.Items[0].Base
	}
	// Bases are whole yuan: 8 % of them for pension and 2 % for medical care come out even.
	p, m := accounts(t, a, people)
	if diff := (p - pension) - base*8/100; diff < -ledger.Fen(len(people)) || diff > ledger.Fen(len(people)) {
		t.Errorf("pension accounts grew by %d, 8 %% of the bases is %d", p-pension, base*8/100)
	}
	if diff := (m - medical) - base*2/100; diff < -ledger.Fen(len(people)) || diff > ledger.Fen(len(people)) {
		t.Errorf("medical accounts grew by %d, 2 %% of the bases is %d", m-medical, base*2/100)
	}
	for _, f := range ledger.Funds() {
		for _, k := range []ledger.Kind{ledger.Recv, ledger.Deferred} {
			if b := balanceOf(t, a.Store, ledger.Account{Kind: k, Fund: f, Owner: e.ID}); b != 0 {
				t.Errorf("%s %s stands at %d after all was paid", k, f, b)
			}
		}
	}
	wantSound(t, a)
}

// A declaration of over a thousand lines is posted in chunks by a job. The process dies after each prefix of them.
func TestALongDeclarationIsPostedWhateverStopsIt(t *testing.T) {
	a := newBureau(t, 100_000)
	e, people := firm(t, a, 600)
	d := declare(t, a, filedBy(e, "d"), fileOf(agency.Filing{Employer: e.ID, Month: january}, people), false)
	pension, _ := accounts(t, a, people)
	if r := push(t, a, pushOf(e, "1", d.Assessed)); r.Status != "matched" {
		t.Fatalf("%+v", r)
	}
	wantSound(t, a)
	chunks, done := (len(people)+255)/256, 0
	for {
		dying := &dyingStore{Store: a.Store, left: 2} // it lives to take the job and to post one chunk
		b := &agency.Agency{People: a.People, Rules: a.Rules, Store: dying, Vault: a.Vault, Random: a.Random, PIN: a.PIN}
		worked, err := b.Work(t.Context(), now, nil)
		wantSound(t, a)
		if done++; err == nil {
			if !worked {
				t.Fatal("no job waits")
			}
			break
		}
		if !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		if worked, err := a.Work(t.Context(), now, nil); worked || err != nil {
			t.Fatalf("a running job was taken again: %v, %v", worked, err)
		}
		if n, err := a.Requeue(t.Context(), now); n != 1 || err != nil {
			t.Fatalf("%d jobs of the dead process queued again, %v", n, err)
		}
	}
	if done != chunks {
		t.Errorf("posted in %d lives, want one for each of %d chunks", done, chunks)
	}
	if p := paymentOf(t, a, "1"); p.Status != "posted" {
		t.Errorf("%+v", p)
	}
	after, _ := accounts(t, a, people)
	var own ledger.Fen
	for _, who := range people {
		c, err := a.Rules.Contribute(rules.Wage{Region: who.Region, Month: january, Wage: who.Wage})
		if err != nil {
			t.Fatal(err)
		}
		own += ledger.Fen(c.Parts[0].Person)
	}
	if after-pension != own {
		t.Errorf("pension accounts grew by %d, want %d", after-pension, own)
	}
	page, err := a.DeclarationLines(t.Context(), filedBy(e, "").Caller, d.Declaration, chunks-1)
	if err != nil || len(page.Items) != len(people)-256*(chunks-1) || page.Next != 0 {
		t.Errorf("last page: %d lines, next %d, %v", len(page.Items), page.Next, err)
	}
}

// A dyingStore makes so many Updates and no more.
type dyingStore struct {
	store.Store
	left int
}

func (d *dyingStore) Update(ctx context.Context, do func(store.Tx) error) error {
	if d.left--; d.left < 0 {
		return errBroken
	}
	return d.Store.Update(ctx, do)
}

func TestMoreThanADeclarationComesToPaysItAndTheRestAMonth(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	left := people[len(people)-1] // of whom the file says nothing
	d := declare(t, a, filedBy(e, "d"), fileOf(agency.Filing{Employer: e.ID, Month: january}, people[:len(people)-1]), false)
	byEmployer, byPerson := duesOf(t, a, 202302, []population.Person{left})
	r := push(t, a, pushOf(e, "more", d.Assessed+byEmployer+byPerson))
	if r.Status != "partial" {
		t.Fatalf("%+v", r)
	}
	wantSound(t, a)
	clerk := as(workflow.Clerk, "clerk1", "payments.resolve", "r")
	_, _, err := a.Resolve(t.Context(), clerk, "B01/more", agency.Resolution{Declaration: d.Declaration})
	wantCode(t, err, "rest")
	_, _, err = a.Resolve(t.Context(), clerk, "B01/more", agency.Resolution{Payer: e.ID, IDNo: left.IDNumber, Month: january})
	wantCode(t, err, "not-open")
	if _, _, err = a.Resolve(t.Context(), clerk, "B01/more", agency.Resolution{Payer: e.ID, IDNo: left.IDNumber, Month: 202302}); err != nil {
		t.Fatal(err)
	}
	if p := paymentOf(t, a, "more"); p.Status != "posted" || p.Allocated != p.Amount {
		t.Errorf("%+v", p)
	}
	wantSound(t, a)
}

func TestMoneyInSuspenseIsFoundOrSentBack(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	who := people[0]
	byEmployer, byPerson := duesOf(t, a, january, people[:1])
	amount := byEmployer + byPerson
	file := fileOf(agency.Filing{Employer: e.ID, Month: january}, people)
	whole := func() ledger.Fen { e, p := duesOf(t, a, january, people); return e + p }()

	push(t, a, pushOf(e, "early", whole)) // before it was declared
	nobody := pushOf(e, "nobody", amount)
	nobody.IDNo = "990000200001010000"
	push(t, a, nobody)
	push(t, a, pushOf(e, "lost", 4711))
	for _, txn := range []string{"early", "nobody", "lost"} {
		if p := paymentOf(t, a, txn); p.Status != "suspense" || p.Reason == "" {
			t.Fatalf("%+v", p)
		}
	}
	clerk := func(key string) agency.Call { return as(workflow.Clerk, "clerk1", "payments.resolve", key) }
	elsewhere := clerk("x")
	elsewhere.Region = "110000"
	resolve := func(c agency.Call, txn string, r agency.Resolution) error {
		_, _, err := a.Resolve(t.Context(), c, "B01/"+txn, r)
		return err
	}
	month := agency.Resolution{Payer: e.ID, IDNo: who.IDNumber, Month: 202302}
	wantCode(t, resolve(clerk("0"), "nobody", agency.Resolution{}), "no-purpose")
	wantCode(t, resolve(paidBy("0"), "nobody", month), "role")
	wantCode(t, resolve(elsewhere, "nobody", month), "not-found")
	wantCode(t, resolve(clerk("0"), "nowhere", month), "not-found")
	wantCode(t, resolve(clerk("0"), "lost", month), "other-amount")
	wantCode(t, resolve(clerk("0"), "early", agency.Resolution{Declaration: "D-X" + e.ID + "-202301"}), "not-open")
	declare(t, a, filedBy(e, "d"), file, false)
	wantCode(t, resolve(clerk("0"), "lost", agency.Resolution{Declaration: "D-X" + e.ID + "-202301"}), "other-amount")

	if err := resolve(clerk("1"), "early", agency.Resolution{Declaration: "D-X" + e.ID + "-202301"}); err != nil {
		t.Fatal(err)
	}
	if err := resolve(clerk("2"), "nobody", month); err != nil {
		t.Fatal(err)
	}
	wantCode(t, resolve(clerk("3"), "nobody", month), "illegal-step") // it is posted
	wantSound(t, a)

	back := func(c agency.Call, txn string) error {
		_, _, err := a.ReversePayment(t.Context(), c, "B01/"+txn)
		return err
	}
	wantCode(t, back(paidBy("4"), "lost"), "role") // suspense is for clerks
	if err := back(clerk("5"), "lost"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, back(clerk("6"), "lost"), "illegal-step")  // it is at its end
	wantCode(t, back(clerk("7"), "early"), "illegal-step") // the declaration is
	if err := back(paidBy("8"), "nobody"); err != nil {    // the month is taken back
		t.Fatal(err)
	}
	wantCode(t, back(as(workflow.Bank, "B02", "payments.reverse", "9"), "nobody"), "not-found")
	wantSound(t, a)
	if susp := balanceOf(t, a.Store, ledger.Account{Kind: ledger.Susp, Fund: ledger.Pension, Owner: "B01"}); susp != 0 {
		t.Errorf("%d is in suspense after all was found or sent back", susp)
	}
}

func TestAReversedMonthIsGoneAndMayBePaidAgain(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 1)
	who := people[0]
	pension, medical := accounts(t, a, people[:1])
	byEmployer, byPerson := duesOf(t, a, january, people[:1])
	p := pushOf(e, "1", byEmployer+byPerson)
	p.IDNo = who.IDNumber
	if r := push(t, a, p); r.Status != "matched" {
		t.Fatalf("%+v", r)
	}
	if _, _, err := a.ReversePayment(t.Context(), paidBy("r"), "B01/1"); err != nil {
		t.Fatal(err)
	}
	if after, m := accounts(t, a, people[:1]); after != pension || m != medical {
		t.Errorf("accounts of %d and %d after the reversal, %d and %d before", after, m, pension, medical)
	}
	list, err := a.Contributions(t.Context(), who.Index, january, january)
	if err != nil || len(list.Items) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	p.BankTxn = "2"
	if r := push(t, a, p); r.Status != "matched" {
		t.Errorf("paid again: %+v", r)
	}
	// Now the month's money is spent: what it brought to the medical account is not there any more.
	acc, err := a.Account(t.Context(), who.Index)
	if err != nil {
		t.Fatal(err)
	}
	bill := agency.Bill{Visit: "V1", IDNo: who.IDNumber, Hospital: "H1", Tier: 1, Date: 20230101,
		Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: int64(acc.Medical) * 10, InPolicy: true}}}
	if _, _, err := a.Settle(t.Context(), call("H1", "s"), bill); err != nil {
		t.Fatal(err)
	}
	_, _, err = a.ReversePayment(t.Context(), paidBy("r2"), "B01/2")
	wantCode(t, err, "month-used")
	wantSound(t, a)
}

func TestOnePersonsMonthIsNotPaidTwice(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	byEmployer, byPerson := duesOf(t, a, january, people[:1])
	p := pushOf(e, "1", byEmployer+byPerson)
	p.IDNo = people[0].IDNumber
	push(t, a, p)
	// The file of the whole month is told so, line by line.
	d := declare(t, a, filedBy(e, "d"), fileOf(agency.Filing{Employer: e.ID, Month: january}, people), true)
	if len(d.Rejected) != 1 || d.Rejected[0] != (agency.RejectedLine{Line: 1, Code: "month-paid"}) || d.Accepted != len(people)-1 {
		t.Errorf("%+v", d)
	}
	// And money for one person of a declared month waits.
	byEmployer, byPerson = duesOf(t, a, january, people[1:2])
	p = pushOf(e, "2", byEmployer+byPerson)
	p.IDNo = people[1].IDNumber
	if r := push(t, a, p); r.Status != "suspense" {
		t.Errorf("%+v", r)
	}
	wantSound(t, a)
}

func TestAPaymentOfBeforeTheOpening(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 1)
	byEmployer, byPersons := duesOf(t, a, 202212, people)
	_, txn, _ := cutPayment(population.PaymentID(e.Index))
	bank := agency.Caller{Role: workflow.Bank, Subject: population.BankID(e.Index % population.Banks)}
	r, err := a.Payment(t.Context(), bank, txn)
	if err != nil || r.Status != "posted" || r.Amount != byEmployer+byPersons || r.Declaration != population.DeclarationID(e.Index) {
		t.Errorf("%+v, %v", r, err)
	}
	_, err = a.Payment(t.Context(), agency.Caller{Role: workflow.Bank, Subject: population.BankID((e.Index + 1) % population.Banks)}, txn)
	wantCode(t, err, "not-found")
	_, err = a.Payment(t.Context(), agency.Caller{Role: workflow.Citizen, Subject: "1"}, txn)
	wantCode(t, err, "role")
	p := pushOf(e, txn, 5)
	p.Bank = bank.Subject
	_, _, err = a.Receive(t.Context(), as(workflow.Bank, bank.Subject, "payments.push", "k"), p)
	wantCode(t, err, "other-amount")
}

func cutPayment(id string) (bank, txn string, ok bool) {
	_, err := fmt.Sscanf(id, "%3s/%s", &bank, &txn)
	return bank, txn, err == nil
}
