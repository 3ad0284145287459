package agency_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

const firstPensions = "PB-pension-420500-202301"

// moveAccount gives a person the bank account of another.
func (p *paymaster) moveAccount(t *testing.T, person, other int) string {
	t.Helper()
	account := p.People.BankAccount(other)
	c := citizen(p.People.Person(person), "persons.update", fmt.Sprint("account of ", person))
	if _, _, err := p.UpdatePerson(t.Context(), c, "me", 0, agency.Patch{Bank: &account}); err != nil {
		t.Fatal(err)
	}
	return account
}

// payee is the person and the account of the n-th place of a file, which must have a line.
func payee(t *testing.T, file string, n int) (person int, account string) {
	t.Helper()
	for line := range strings.Lines(file) {
		if f := strings.Split(line, ","); f[0] == fmt.Sprint(n) {
			fmt.Sscanf(f[1], "EN-%d/", &person)
			return person, f[2]
		}
	}
	t.Fatalf("the file has no place %d", n)
	return 0, ""
}

// TestTheBankFileStaysAsItWasSent changes everything a file is made from: accounts, items, the key it is sealed under.
func TestTheBankFileStaysAsItWasSent(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	p.plan(t, "pension", 202301)
	p.lock(t, firstPensions)
	first, last := p.payees(t)
	before := p.moveAccount(t, first, last) // known before it is sent: the file has the new account
	_, sent := p.send(t, firstPensions)
	if _, account := payee(t, sent, 0); account != before {
		t.Errorf("the account in the file is %s, want %s", account, before)
	}
	check := func(after string) {
		t.Helper()
		if p.file(t, firstPensions) != sent {
			t.Errorf("after %s the file is another", after)
		}
	}
	p.moveAccount(t, last, first)
	check("a change of account")
	p.receive(t, firstPensions, bank(sent, func(n int, _ string) bool { return n%10 == 0 }))
	check("receipts that return items")
	p.close(t, firstPensions)
	check("the close")
	if _, err := p.Vault.Rotate(rand.Reader, func([]byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for cursor, steps := "", 0; cursor != "" || steps == 0; steps++ {
		r, err := p.Reseal(t.Context(), now, cursor, 1)
		if err != nil {
			t.Fatal(err)
		}
		if cursor == "bank_file~" && r.Changed != 1 {
			t.Errorf("%d parts of the file sealed again, want 1", r.Changed)
		}
		cursor = r.Next
	}
	check("a new key")
	wantSound(t, p.Agency)
}

// payees are who is paid in the first place of the batch and in the last.
func (p *paymaster) payees(t *testing.T) (first, last int) {
	t.Helper()
	items := make(map[int64]int)
	for _, it := range p.items(t, firstPensions) {
		items[it.N] = int(it.Person)
	}
	return items[0], items[int64(len(items))-1]
}

// TestASendThatWasCutOffKeepsWhatItHadWritten changes one account in the part of the file that was kept and one behind it.
func TestASendThatWasCutOffKeepsWhatItHadWritten(t *testing.T) {
	people, err := population.New(1, 8_000) // more items than one part holds
	if err != nil {
		t.Fatal(err)
	}
	for at := range 14 {
		p := &paymaster{Agency: newAgency(t)}
		p.People = people
		p.plan(t, "pension", 202301)
		if b := p.lock(t, firstPensions); b.Items <= 2_000 {
			t.Fatalf("%d items are not three parts", b.Items)
		}
		first, last := p.payees(t)
		old := [2]string{people.BankAccount(first), people.BankAccount(last)}
		whole := p.Store
		broken := &brokenStore{Store: whole, at: at, all: true}
		p.Store = broken
		_, _, err := p.Send(t.Context(), as(workflow.System, "schedule", "payouts.send", "1"), firstPensions)
		p.Store = whole
		if !errors.Is(err, errBroken) {
			t.Fatalf("cut off at write %d: %v", at, err)
		}
		parts := 0
		if err := whole.View(t.Context(), func(v store.View) error {
			return store.Each(v, func(*store.BankFileChunk) error { parts++; return nil })
		}); err != nil {
			t.Fatal(err)
		}
		want := [2]string{p.moveAccount(t, first, last), p.moveAccount(t, last, first)}
		if parts > 0 {
			want[0] = old[0]
		}
		if parts > 2 {
			want[1] = old[1]
		}
		b, file := p.send(t, firstPensions)
		for i, n := range []int{0, int(b.Items) - 1} {
			if _, account := payee(t, file, n); account != want[i] {
				t.Errorf("cut off at write %d with %d parts: place %d is paid to %s, want %s", at, parts, n, account, want[i])
			}
		}
		if lines := strings.Count(file, "\n"); lines != int(b.Items)+2 || !strings.HasSuffix(file, fmt.Sprintf("T,%d,%d\n", b.Items, b.Total)) {
			t.Errorf("cut off at write %d: %d lines for %d items, ending %q", at, lines, b.Items, file[len(file)-30:])
		}
		if testing.Short() && at == 4 {
			break // each point is a batch of its own
		}
	}
}

func TestWhoMayNotHaveTheBankFile(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	p.plan(t, "pension", 202301)
	p.lock(t, firstPensions)
	paying := agency.Caller{Role: workflow.Bank, Subject: "B00"}
	wantCode(t, p.BankFile(t.Context(), paying, firstPensions, io.Discard), "not-found") // not sent
	p.send(t, firstPensions)
	for _, c := range []agency.Caller{{Role: workflow.Bank, Subject: "B07"}, {Role: workflow.Auditor}, {Role: workflow.Reviewer, Region: region}, {Role: workflow.Clerk, Region: "x"}} {
		var file bytes.Buffer
		wantCode(t, p.BankFile(t.Context(), c, firstPensions, &file), "not-found")
		if file.Len() > 0 {
			t.Errorf("%s was given the file", c)
		}
	}
}

// TestReceiptsAreRefusedButForASentBatch sends them too early and too late: 409, and an event in the audit log.
func TestReceiptsAreRefusedButForASentBatch(t *testing.T) {
	p := &paymaster{Agency: newAgency(t)}
	refused := func(state string, receipts io.Reader) {
		t.Helper()
		before := len(events(t, p.Agency, "refused"))
		_, _, err := p.Receipts(t.Context(), p.as(workflow.Bank, "B00", "payouts.receive"), firstPensions, receipts)
		wantCode(t, err, "illegal-step")
		list := events(t, p.Agency, "refused")
		if len(list) != before+1 || list[before].Subject != "batch "+firstPensions || list[before].Op != "payouts.receive" || !strings.Contains(list[before].Detail, "is "+state) {
			t.Errorf("%s: the audit log says %+v", state, list[before:])
		}
	}
	line := "0,EN-1/202301,5,paid\n"
	p.plan(t, "pension", 202301)
	refused("planned", strings.NewReader(line))
	p.lock(t, firstPensions)
	refused("locked", strings.NewReader(line))
	_, file := p.send(t, firstPensions)
	p.receive(t, firstPensions, bank(file, nil))
	refused("closed", io.MultiReader(&closing{t, p}, strings.NewReader(line))) // it is closed while they arrive
	refused("closed", strings.NewReader(line))
	wantSound(t, p.Agency)
}

// closing closes the batch when it is read.
type closing struct {
	t *testing.T
	p *paymaster
}

func (c *closing) Read([]byte) (int, error) {
	c.p.close(c.t, firstPensions)
	return 0, io.EOF
}
