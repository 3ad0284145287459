package agency_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A paymaster runs batches in a test.
type paymaster struct {
	*agency.Agency
	calls int
}

func (p *paymaster) as(role workflow.Roles, subject, op string) agency.Call {
	p.calls++
	return as(role, subject, op, fmt.Sprint(op, p.calls))
}

func (p *paymaster) plan(t testing.TB, kind string, period rules.Month) agency.Payout {
	t.Helper()
	return paid(t)(p.Plan(t.Context(), p.as(workflow.Clerk, "zhang", "payouts.plan"), agency.Pay{Kind: kind, Region: region, Period: period}))
}

func (p *paymaster) lock(t testing.TB, id string) agency.Payout {
	t.Helper()
	return paid(t)(p.Lock(t.Context(), p.as(workflow.Reviewer, "li", "payouts.lock"), id))
}

func (p *paymaster) send(t testing.TB, id string) (agency.Payout, string) {
	t.Helper()
	b := paid(t)(p.Send(t.Context(), p.as(workflow.System, "schedule", "payouts.send"), id))
	return b, p.file(t, id)
}

// file is the file that the bank fetches, with the SHA-256 that the batch keeps.
func (p *paymaster) file(t testing.TB, id string) string {
	t.Helper()
	var file bytes.Buffer
	bank := agency.Caller{Role: workflow.Bank, Subject: "B00"}
	if err := p.BankFile(t.Context(), bank, id, &file); err != nil {
		t.Fatal(err)
	}
	b, err := p.Batch(t.Context(), bank, id)
	if want := fmt.Sprintf("%x", sha256.Sum256(file.Bytes())); err != nil || b.File != want {
		t.Errorf("the batch keeps SHA-256 %s of a file with %s, %v", b.File, want, err)
	}
	return file.String()
}

func (p *paymaster) receive(t testing.TB, id, receipts string) (r agency.Receipts) {
	t.Helper()
	answer, _, err := p.Receipts(t.Context(), p.as(workflow.Bank, "B00", "payouts.receive"), id, strings.NewReader(receipts))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer.Body, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (p *paymaster) close(t testing.TB, id string) agency.Payout {
	t.Helper()
	return paid(t)(p.Close(t.Context(), p.as(workflow.Clerk, "zhang", "payouts.close"), id))
}

func paid(t testing.TB) func(store.Answer, bool, error) agency.Payout {
	t.Helper()
	return func(a store.Answer, _ bool, err error) agency.Payout {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var p agency.PaidOut
		if err := json.Unmarshal(a.Body, &p); err != nil {
			t.Fatal(err)
		}
		return p.Payout
	}
}

// bank answers a file: the items that back names are returned, for a reason that is a word of ours too.
func bank(file string, back func(n int, entitlement string) bool) string {
	var b strings.Builder
	for line := range strings.Lines(file) {
		f := strings.Split(strings.TrimSpace(line), ",")
		n, err := strconv.Atoi(f[0])
		if err != nil {
			continue // the first line or the last
		}
		if entitlement, _, _ := strings.Cut(f[1], "/"); back != nil && back(n, entitlement) {
			fmt.Fprintf(&b, "%s,%s,%s,returned,no longer owed\n", f[0], f[1], f[3])
		} else {
			fmt.Fprintf(&b, "%s,%s,%s,paid\n", f[0], f[1], f[3])
		}
	}
	return b.String()
}

// items are a batch's, by entitlement and period.
func (p *paymaster) items(t testing.TB, id string) map[string]store.Item {
	t.Helper()
	items := make(map[string]store.Item)
	err := p.Store.View(t.Context(), func(v store.View) error {
		list, err := store.List[store.Item](v, store.ItemsOf, id, 0, 1_000_000)
		for _, it := range list {
			items[fmt.Sprintf("%s/%d", it.Entitlement, it.Period)] = it
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func (p *paymaster) balance(t testing.TB, kind ledger.Kind, owner string) ledger.Fen {
	t.Helper()
	return balanceOf(t, p.Store, ledger.Account{Kind: kind, Fund: ledger.Pension, Owner: owner})
}

// TestPensionsArePaidToTheFen takes two months through all steps, with a tenth of the first returned by the bank.
func TestPensionsArePaidToTheFen(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	var want ledger.Fen
	retired := 0
	for i := range p.People.Size() {
		if e, found := p.People.EntitlementOf(p.People.Person(i)); found && e.From <= 202301 {
			want += ledger.Fen(e.Monthly)
			retired++
		}
	}
	b := p.plan(t, "pension", 202301)
	if b.Items != int64(retired) || b.Total != want || b.Status != "planned" || b.Step != "" {
		t.Fatalf("planned %+v, want %d items of %d fen", b, retired, want)
	}
	b = p.lock(t, b.Batch)
	if b.Total != want || -p.balance(t, ledger.Payable, b.Batch) != want {
		t.Fatalf("locked %+v with %d payable, want %d", b, -p.balance(t, ledger.Payable, b.Batch), want)
	}
	var personal ledger.Fen
	for _, it := range p.items(t, b.Batch) {
		who := p.People.Person(int(it.Person))
		if it.Personal != min(it.Amount, ledger.Fen(who.Pension)) || it.State != "locked" {
			t.Fatalf("item %+v of %+v", it, who)
		}
		if left := -p.balance(t, ledger.PA, fmt.Sprint(it.Person)); it.Personal > 0 && left != ledger.Fen(who.Pension)-it.Personal {
			t.Fatalf("%d left on the account of %+v", left, who)
		}
		personal += it.Personal
	}
	if pool := p.balance(t, ledger.Pool, region); pool != want-personal || personal == 0 || pool == 0 {
		t.Errorf("the pool gave %d and the accounts %d of %d", pool, personal, want)
	}
	b, file := p.send(t, b.Batch)
	if got := p.balance(t, ledger.Bank, region); got != -want || p.balance(t, ledger.Payable, b.Batch) != 0 {
		t.Errorf("sent with %d at the bank", got)
	}
	if trailer := fmt.Sprintf("T,%d,%d\n", retired, want); !strings.HasSuffix(file, trailer) {
		t.Errorf("the file ends %q, want %q", file[len(file)-40:], trailer)
	}
	for line := range strings.Lines(file) {
		if f := strings.Split(line, ","); f[0] != "H" && f[0] != "T" {
			person, _ := strconv.Atoi(strings.TrimPrefix(f[1][:strings.Index(f[1], "/")], "EN-"))
			if f[2] != p.People.BankAccount(person) {
				t.Fatalf("line %q: the account is %s", line, p.People.BankAccount(person))
			}
		}
	}
	tenth := func(n int, _ string) bool { return n%10 == 0 }
	receipts := bank(file, tenth)
	half := receipts[:strings.Index(receipts[len(receipts)/3:], "\n")+len(receipts)/3+1]
	first := p.receive(t, b.Batch, half)
	_, _, err := p.Close(t.Context(), p.as(workflow.Clerk, "zhang", "payouts.close"), b.Batch)
	wantCode(t, err, "not-reconciled")
	all := p.receive(t, b.Batch, receipts)
	if all.Lines != int64(retired) || all.Repeated != first.Lines || all.Refused != 0 || all.Paid+all.Back != want || all.Back == 0 {
		t.Errorf("receipts %+v after %+v", all, first)
	}
	if closed := p.close(t, b.Batch); closed.Status != "closed" {
		t.Errorf("closed %+v", closed)
	}
	next := p.plan(t, "pension", 202302)
	for key, it := range p.items(t, next.Batch) {
		switch {
		case it.Period == 202302 && it.State == "planned":
			want += it.Amount
		case it.Period == 202301 && it.State == "requeued" && it.Reason == "bank: no longer owed":
		default:
			t.Errorf("%s in the next month's batch: %+v", key, it)
		}
	}
	if back := (retired + 9) / 10; next.Items < int64(retired+back) {
		t.Errorf("the next month %+v, want %d items and %d more", next, retired, back)
	}
	p.lock(t, next.Batch)
	next, file = p.send(t, next.Batch)
	p.receive(t, next.Batch, bank(file, nil))
	p.close(t, next.Batch)
	if got := p.balance(t, ledger.Bank, region); got != -want {
		t.Errorf("after two months %d at the bank, want %d", got, -want)
	}
	for id, state := range map[string]string{b.Batch: "reconciled", next.Batch: "reconciled"} {
		for key, it := range p.items(t, id) {
			if it.State != state || it.Reason != "" {
				t.Errorf("%s is %s, %q", key, it.State, it.Reason)
			}
		}
	}
	wantSound(t, p.Agency)
}

// TestABatchCutOffAnywhereGoesOnExactlyOnce breaks, as a killed process would, every write of a batch's life in turn and calls again.
func TestABatchCutOffAnywhereGoesOnExactlyOnce(t *testing.T) {
	want := func() (root string) {
		p := &paymaster{Agency: newAgency(t)}
		p.live(t, nil)
		return p.sums(t)
	}()
	writes, wider := 0, 7
	if testing.Short() {
		wider = 2 // each point is a life of its own
	}
	for at := 0; ; at += 1 + at/wider {
		p := &paymaster{Agency: newAgency(t)}
		b := &brokenStore{Store: p.Store, at: at, all: true}
		p.live(t, b)
		if !b.hit {
			break
		}
		writes++
		if got := p.sums(t); got != want {
			t.Fatalf("cut off at write %d: %s, want %s", at, got, want)
		}
		wantSound(t, p.Agency)
	}
	if writes < 8 {
		t.Errorf("only %d writes were broken", writes)
	}
}

// live takes a batch through its life, in a store that breaks once and is then mended.
func (p *paymaster) live(t *testing.T, broken *brokenStore) {
	t.Helper()
	whole := p.Store
	do := func(step func() error) {
		t.Helper()
		if broken != nil && !broken.hit {
			p.Store = broken
		}
		err := step()
		p.Store = whole
		if errors.Is(err, errBroken) {
			err = step()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const id = "PB-pension-420500-202301"
	do(func() error {
		_, _, err := p.Plan(t.Context(), as(workflow.Clerk, "zhang", "payouts.plan", "1"), agency.Pay{Kind: "pension", Region: region, Period: 202301})
		return err
	})
	do(func() error {
		_, _, err := p.Lock(t.Context(), as(workflow.Reviewer, "li", "payouts.lock", "2"), id)
		return err
	})
	do(func() error {
		_, _, err := p.Send(t.Context(), as(workflow.Clerk, "wu", "payouts.send", "3"), id)
		return err
	})
	receipts := bank(p.file(t, id), func(n int, _ string) bool { return n%20 == 3 })
	do(func() error {
		_, _, err := p.Receipts(t.Context(), as(workflow.Bank, "B00", "payouts.receive", "4"), id, strings.NewReader(receipts))
		return err
	})
	do(func() error {
		_, _, err := p.Close(t.Context(), as(workflow.Clerk, "zhang", "payouts.close", "5"), id)
		return err
	})
}

// sums is what a batch has come to.
func (p *paymaster) sums(t *testing.T) string {
	t.Helper()
	b, err := p.Batch(t.Context(), agency.Caller{Role: workflow.Auditor}, "PB-pension-420500-202301")
	if err != nil {
		t.Fatal(err)
	}
	states := make(map[string]int)
	for _, it := range p.items(t, b.Batch) {
		states[it.State]++
	}
	return fmt.Sprint(b, states, p.balance(t, ledger.Pool, region), p.balance(t, ledger.Bank, region), p.balance(t, ledger.Payable, b.Batch))
}
