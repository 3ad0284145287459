package agency_test

import (
	"context"
	"errors"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

const region = population.DefaultRegion

func as(role workflow.Roles, subject, op, key string) agency.Call {
	return agency.Call{Caller: agency.Caller{Role: role, Subject: subject, Region: region}, Op: op, Now: now, Key: key}
}

// wantCode checks that an error is a refusal of this code.
func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if r, ok := errors.AsType[*agency.Refusal](err); !ok || r.Code != code {
		t.Errorf("got %v, want a refusal %s", err, code)
	}
}

// someone is a person with a status who paid and has money on the pension account.
func someone(t testing.TB, a *agency.Agency, status population.Status) population.Person {
	t.Helper()
	for i := range a.People.Size() {
		if who := a.People.Person(i); who.Status == status && who.Months > 0 && who.Pension > 0 {
			return who
		}
	}
	t.Fatalf("nobody is %s", status)
	return population.Person{}
}

func balanceOf(t testing.TB, s store.Store, account ledger.Account) (amount ledger.Fen) {
	t.Helper()
	err := s.View(t.Context(), func(v store.View) (err error) {
		amount, err = v.Balance(account)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return amount
}

var errBroken = errors.New("broken by the test")

// A brokenStore breaks one write of its Updates, or, as a killed process would, that write and all that follow.
type brokenStore struct {
	store.Store
	at, n int
	all   bool
	hit   bool
}

func (b *brokenStore) Update(ctx context.Context, do func(store.Tx) error) error {
	before := b.n
	return b.Store.Update(ctx, func(tx store.Tx) error {
		b.n = before // a store may run an Update again
		return do(&brokenTx{tx, b})
	})
}

func (b *brokenStore) write() error {
	b.n++
	if b.n-1 == b.at || b.all && b.n > b.at {
		b.hit = true
		return errBroken
	}
	return nil
}

type brokenTx struct {
	store.Tx
	b *brokenStore
}

func (t *brokenTx) Add(rows ...store.Record) error {
	if err := t.b.write(); err != nil {
		return err
	}
	return t.Tx.Add(rows...)
}

func (t *brokenTx) Set(r store.Record) error {
	if err := t.b.write(); err != nil {
		return err
	}
	return t.Tx.Set(r)
}

func (t *brokenTx) Change(q store.Query, args ...any) (int64, error) {
	if err := t.b.write(); err != nil {
		return 0, err
	}
	return t.Tx.Change(q, args...)
}

func (t *brokenTx) Post(txn ledger.Txn) (store.Posted, error) {
	if err := t.b.write(); err != nil {
		return store.Posted{}, err
	}
	return t.Tx.Post(txn)
}

func (t *brokenTx) Audit(e vault.Event) error {
	if err := t.b.write(); err != nil {
		return err
	}
	return t.Tx.Audit(e)
}
