package invariant_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

const region = population.DefaultRegion

// A week is a little of everything that the agency does, against any store. It goes on where a call fails, as the world
// does when a service is broken, and keeps what failed.
type week struct {
	*agency.Agency
	ctx    context.Context
	now    time.Time
	calls  int
	op     string // of the last call
	last   string // what was answered last
	failed []string
}

func newWeek(t testing.TB, s store.Store) *week {
	t.Helper()
	book, err := rules.Open()
	if err != nil {
		t.Fatal(err)
	}
	people, err := population.New(1, 400)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := vault.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &agency.Agency{People: people, Rules: book, Store: s, Vault: ring, Random: rand.Reader, PIN: func(string) string { return "123456" }}
	return &week{Agency: a, ctx: t.Context(), now: time.Date(2023, 3, 1, 1, 0, 0, 0, time.UTC)}
}

// call is the next one of a role. Each comes a second after the one before.
func (w *week) call(role workflow.Roles, subject, op string) agency.Call {
	w.calls++
	w.op = op
	w.now = w.now.Add(time.Second)
	return agency.Call{Caller: agency.Caller{Role: role, Subject: subject, Region: region}, Op: op, Now: w.now, Key: fmt.Sprintf("%s-%d", op, w.calls)}
}

func (w *week) clerk(op string) agency.Call    { return w.call(workflow.Clerk, "zhang", op) }
func (w *week) reviewer(op string) agency.Call { return w.call(workflow.Reviewer, "li", op) }
func (w *week) service(op string) agency.Call  { return w.call(workflow.System, "schedule", op) }
func (w *week) citizen(who population.Person, op string) agency.Call {
	return w.call(workflow.Citizen, fmt.Sprint(who.Index), op)
}

// done takes what a mutation answered.
func (w *week) done(answer store.Answer, _ bool, err error) {
	w.last = string(answer.Body)
	w.check(err)
}

func (w *week) check(err error) {
	if err != nil {
		w.failed = append(w.failed, fmt.Sprintf("call %d, %s: %v", w.calls, w.op, err))
	}
}

// field is one of the last answer.
func (w *week) field(name string) string {
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(w.last))
	d.UseNumber()
	_ = d.Decode(&fields)
	return fmt.Sprint(fields[name])
}

// those are n people of a status, from the i-th of them.
func (w *week) those(status population.Status, i, n int) (list []population.Person) {
	for at := range w.People.Size() {
		if who := w.People.Person(at); who.Status == status && who.Months > 12 && who.Pension > 0 {
			if list = append(list, who); len(list) == i+n {
				return list[i:]
			}
		}
	}
	return nil
}

// live goes through the week.
func (w *week) live() {
	w.check(w.Found(w.ctx, w.now, 1))
	w.hospitals()
	w.banks()
	w.employers()
	w.transfers()
	w.benefits()
	w.payouts()
	w.citizens()
	for worked := true; worked; {
		var err error
		worked, err = w.Work(w.ctx, w.now, nil)
		w.check(err)
	}
}

func (w *week) hospitals() {
	patients := append(w.those(population.Active, 0, 8), w.those(population.Retired, 0, 8)...)
	for i, who := range append(patients, patients...) {
		w.done(w.Settle(w.ctx, w.call(workflow.Hospital, "H0001", "claims.settle"), agency.Bill{
			Visit: fmt.Sprintf("V%d", i), IDNo: who.IDNumber, Hospital: "H0001", Tier: i % 4, Date: 20230110,
			Lines: []agency.BillLine{{Item: "A1", Qty: 2, Unit: int64(30_001 + 7_003*i), InPolicy: true}, {Item: "A2", Qty: 1, Unit: 999}},
		}))
	}
	for _, visit := range []string{"V3", "V20", population.ClaimID(1, 60, 3)} {
		w.done(w.Reverse(w.ctx, w.call(workflow.Hospital, "H0001", "claims.reverse"), visit))
	}
	w.done(w.Reconcile(w.ctx, w.call(workflow.Hospital, "H0001", "reconciliations.create"), "text/csv", strings.NewReader("2023-01-10\nid,amount_fen\nV5,1\n")))
}

func (w *week) banks() {
	push := func(n int, who population.Person, month rules.Month, amount ledger.Fen) {
		w.done(w.Receive(w.ctx, w.call(workflow.Bank, "B01", "payments.push"), agency.Push{
			Bank: "B01", BankTxn: fmt.Sprintf("T%d", n), Employer: w.People.Employer(who.Employer).ID, IDNo: who.IDNumber,
			Month: month, Amount: amount, Value: 20230116,
		}))
	}
	active := w.those(population.Active, 20, 8)
	for i, who := range active {
		push(i, who, 202301, w.month(who))
		push(100+i, who, 202302, w.month(who))
	}
	push(200, active[0], 202303, w.month(active[0])+1) // waits in suspense
	push(201, active[1], 202303, w.month(active[1])-1)
	push(202, active[2], 202212, w.month(active[2]))
	w.done(w.ReversePayment(w.ctx, w.call(workflow.Bank, "B01", "payments.reverse"), "B01/T3"))
	w.done(w.ReversePayment(w.ctx, w.clerk("payments.reverse"), "B01/T201"))
	w.done(w.Resolve(w.ctx, w.clerk("payments.resolve"), "B01/T202", agency.Resolution{
		Payer: w.People.Employer(active[2].Employer).ID, IDNo: active[2].IDNumber, Month: 202303,
	}))
}

// month is what a person's month comes to.
func (w *week) month(who population.Person) ledger.Fen {
	c, err := w.Rules.Contribute(rules.Wage{Region: who.Region, Month: 202301, Wage: who.Wage})
	w.check(err)
	return ledger.Fen(c.Total())
}

func (w *week) employers() {
	declare := func(e int, month rules.Month) (declaration string, owed ledger.Fen) {
		var file bytes.Buffer
		fmt.Fprintf(&file, `{"employer":%q,"month":%q}`+"\n", w.People.Employer(e).ID, month)
		for who := range w.People.ActiveOf(e) {
			fmt.Fprintf(&file, `{"person":%q,"wage_fen":%d}`+"\n", who.ID, who.Wage+int64(month%100)*10_000)
		}
		w.done(w.Declare(w.ctx, w.call(workflow.Employer, w.People.Employer(e).ID, "declarations.create"), "application/x-ndjson", &file, false))
		_, err := fmt.Sscan(w.field("assessed_fen"), &owed)
		w.check(err)
		return w.field("declaration"), owed
	}
	pay := func(e, n int, month rules.Month, amount ledger.Fen) {
		w.done(w.Receive(w.ctx, w.call(workflow.Bank, "B02", "payments.push"), agency.Push{
			Bank: "B02", BankTxn: fmt.Sprintf("D%d", n), Employer: w.People.Employer(e).ID, Month: month, Amount: amount, Value: 20230116,
		}))
	}
	last := w.People.Employers() - 1 // the largest is last
	w.now = time.Date(2023, 3, 2, 1, 0, 0, 0, time.UTC)
	_, owed := declare(last-1, 202301)
	pay(last-1, 1, 202301, owed)
	_, owed = declare(last-2, 202301)
	pay(last-2, 2, 202301, owed+1) // more than it comes to
	pay(last-5, 3, 202301, 100)    // what nobody declared
	late, _ := declare(last-3, 202301)
	w.done(w.Assess(w.ctx, w.service("declarations.assess"), 202301)) // everybody else
	w.now = time.Date(2023, 4, 20, 1, 0, 0, 0, time.UTC)
	w.done(w.Lapse(w.ctx, w.service("declarations.lapse")))
	w.done(w.Assess(w.ctx, w.service("declarations.assess"), 202302))
	d, err := w.Declaration(w.ctx, agency.Caller{Role: workflow.Clerk, Subject: "zhang", Region: region}, late)
	w.check(err)
	pay(last-3, 4, 202301, d.Owed)
	_, owed = declare(last-4, 202301) // after all
	pay(last-4, 5, 202301, owed)
}

func (w *week) transfers() {
	people := w.those(population.Active, 30, 5)
	for i, hops := range []int{7, 5, 4, 2, 6} {
		w.done(w.Request(w.ctx, w.citizen(people[i], "transfers.create"), agency.Move{To: "510000"}))
		id := w.field("transfer")
		for range hops {
			w.done(w.Advance(w.ctx, w.service("transfers.advance"), id))
		}
		switch i {
		case 1:
			w.done(w.Return(w.ctx, w.clerk("transfers.return"), id, agency.Withdrawal{Reason: "wrong-region"}))
			w.done(w.Advance(w.ctx, w.service("transfers.advance"), id))
		case 3:
			w.done(w.Withdraw(w.ctx, w.clerk("transfers.withdraw"), id, agency.Withdrawal{Reason: "stays"}))
		}
	}
	old := population.TransferID(people[0].Index, 1)
	for range 4 {
		w.done(w.Advance(w.ctx, w.service("transfers.advance"), old))
	}
}

func (w *week) benefits() {
	decided := 0
	for i := 0; decided < 6 && i < w.People.Size(); i++ {
		c, _ := w.People.Case(population.CaseID(i, 1))
		if c.Kind != "medical_manual" && c.Kind != "injury_manual" {
			continue
		}
		decided++
		decision := agency.Decision{Decision: "approve"}
		if decided == 3 {
			decision = agency.Decision{Decision: "reject", Reason: "bills-unclear"}
		}
		w.done(w.Decide(w.ctx, w.reviewer("benefits.decide"), c.ID, decision))
	}
	apply := func(who population.Person, a agency.Application) {
		w.done(w.Apply(w.ctx, w.citizen(who, "benefits.apply"), a))
		id := w.field("case")
		w.done(w.Decide(w.ctx, w.clerk("benefits.decide"), id, agency.Decision{Decision: "review"}))
		w.done(w.Decide(w.ctx, w.reviewer("benefits.decide"), id, agency.Decision{Decision: "approve"}))
	}
	for _, who := range w.those(population.Suspended, 0, 2) {
		apply(who, agency.Application{Kind: "unemployment", Facts: agency.CaseFacts{Date: 20230201, Involuntary: true, Registered: true}})
	}
	for _, who := range w.those(population.Active, 44, 2) {
		apply(who, agency.Application{Kind: "medical_manual", Facts: agency.CaseFacts{Date: 20230203, Bills: 200_000, Tier: 2}})
	}
	hurt := w.those(population.Active, 40, 1)[0]
	apply(hurt, agency.Application{Kind: "injury", Facts: agency.CaseFacts{Date: 20230201, Grade: 3, Care: 2}})
}

func (w *week) payouts() {
	w.now = time.Date(2023, 5, 20, 1, 0, 0, 0, time.UTC)
	stop := func(who population.Person, month rules.Month) {
		w.done(w.StopBenefit(w.ctx, w.clerk("benefits.stop"), population.CaseID(who.Index, 0), agency.Ending{Reason: "event", Last: month}))
	}
	retired := w.those(population.Retired, 10, 4)
	w.pay("pension", 202303, nil)
	stop(retired[0], 202302) // after it was paid
	w.pay("pension", 202304, func() {
		stop(retired[1], 202303)
		w.done(w.SuspendBenefit(w.ctx, w.clerk("benefits.suspend"), population.CaseID(retired[2].Index, 0), agency.Ending{Reason: "no-proof-of-life"}))
	})
	w.pay("pension", 202305, nil)
	w.pay("unemployment", 202305, nil)
	w.pay("medical_manual", 202305, nil)
	w.pay("injury", 202305, nil)
}

// pay runs a batch from plan to close. What happens between plan and lock is the caller's.
func (w *week) pay(kind string, month rules.Month, between func()) {
	w.done(w.Plan(w.ctx, w.clerk("payouts.plan"), agency.Pay{Kind: kind, Region: region, Period: month}))
	id := w.field("batch")
	if between != nil {
		between()
	}
	w.done(w.Lock(w.ctx, w.reviewer("payouts.lock"), id))
	w.done(w.Send(w.ctx, w.service("payouts.send"), id))
	var file bytes.Buffer
	w.check(w.BankFile(w.ctx, w.service("payouts.file").Caller, id, &file))
	w.done(w.Receipts(w.ctx, w.call(workflow.Bank, population.BankID(0), "payouts.receive"), id, receipts(&file)))
	w.done(w.Close(w.ctx, w.clerk("payouts.close"), id))
}

// receipts is what a bank answers to a file: every tenth item is returned.
func receipts(file io.Reader) io.Reader {
	var b strings.Builder
	all, _ := io.ReadAll(file)
	n := 0
	for line := range strings.Lines(string(all)) {
		f := strings.Split(strings.TrimSpace(line), ",")
		if f[0] == "H" || f[0] == "T" {
			continue
		}
		if n++; n%10 == 0 {
			fmt.Fprintf(&b, "%s,%s,%s,returned,account closed\n", f[0], f[1], f[3])
		} else {
			fmt.Fprintf(&b, "%s,%s,%s,paid\n", f[0], f[1], f[3])
		}
	}
	return strings.NewReader(b.String())
}

func (w *week) citizens() {
	phone := "13900000000"
	for _, who := range w.those(population.Active, 60, 3) {
		w.done(w.UpdatePerson(w.ctx, w.citizen(who, "persons.update"), who.ID, 0, agency.Patch{Phone: &phone}))
		w.done(w.Feedback(w.ctx, w.citizen(who, "feedback.create"), agency.Opinion{Rating: 4, Text: "quick"}))
		w.done(w.IssueCertificate(w.ctx, w.citizen(who, "certificates.issue"), agency.CertificateRequest{Kind: "insured"}))
		employer := w.call(workflow.Employer, w.People.Employer(who.Employer).ID, "enrolments.suspend")
		w.done(w.Suspend(w.ctx, employer, who.ID))
		employer.Op, employer.Key = "enrolments.resume", employer.Key+"r"
		w.done(w.Resume(w.ctx, employer, who.ID))
	}
}
