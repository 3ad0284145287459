package invariant_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// A bug is a mistake in the ledger, the store or the agency, made at the seam between agency and store.
type bug struct {
	name  string                // what goes wrong, as a sentence
	begin func(*luck) func(*tx) // a fresh one; what it returns is done to the transaction of every Update
}

// luck decides when a bug strikes.
type luck struct{ asked, struck int }

// nth tells at the n-th time it is asked, and only then: the bug strikes.
func (l *luck) nth(n int) bool {
	l.asked++
	if l.asked != n {
		return false
	}
	l.struck++
	return true
}

// A tx is a transaction that a bug has its hand in: a hook that is set is called in the place of the method of its name.
// The Tx inside does what it should.
type tx struct {
	store.Tx
	post   func(ledger.Txn) (store.Posted, error)
	add    func(store.Record) error // a row
	set    func(store.Record) error
	change func(store.Query, []any) (int64, error)
	audit  func(vault.Event) error
	count  func(report, bucket string, n int64, sum ledger.Fen) error
	read   func(store.Query, []any) // what a Select has scanned, each row
	got    func(store.Record)       // what a Get has found
}

func (t *tx) Post(p ledger.Txn) (store.Posted, error) {
	if t.post != nil {
		return t.post(p)
	}
	return t.Tx.Post(p)
}

func (t *tx) Add(rows ...store.Record) error {
	if t.add == nil {
		return t.Tx.Add(rows...)
	}
	for _, r := range rows {
		if err := t.add(r); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Set(r store.Record) error {
	if t.set != nil {
		return t.set(r)
	}
	return t.Tx.Set(r)
}

func (t *tx) Change(q store.Query, args ...any) (int64, error) {
	if t.change != nil {
		return t.change(q, args)
	}
	return t.Tx.Change(q, args...)
}

func (t *tx) Audit(e vault.Event) error {
	if t.audit != nil {
		return t.audit(e)
	}
	return t.Tx.Audit(e)
}

func (t *tx) Count(report, bucket string, n int64, sum ledger.Fen) error {
	if t.count != nil {
		return t.count(report, bucket, n, sum)
	}
	return t.Tx.Count(report, bucket, n, sum)
}

func (t *tx) Select(q store.Query, dest []any, each func() error, args ...any) error {
	if t.read == nil {
		return t.Tx.Select(q, dest, each, args...)
	}
	return t.Tx.Select(q, dest, func() error { t.read(q, dest); return each() }, args...)
}

func (t *tx) Get(r store.Record) (bool, error) {
	found, err := t.Tx.Get(r)
	if found && t.got != nil {
		t.got(r)
	}
	return found, err
}

// raw runs a statement that the store does not have.
func (t *tx) raw(q store.Query, args ...any) {
	if n, err := t.Tx.Change(q, args...); err != nil || n == 0 {
		panic(fmt.Sprintf("%s changed %d rows: %v", q, n, err))
	}
}

// A buggy store has a bug in all its Updates. What Views read is as it is stored.
type buggy struct {
	store.Store
	hurt func(*tx)
}

func (b buggy) Update(ctx context.Context, do func(store.Tx) error) error {
	return b.Store.Update(ctx, func(inner store.Tx) error {
		t := &tx{Tx: inner}
		b.hurt(t)
		return do(t)
	})
}

// missed are the bugs that no checker catches, each with the reason. The list is to stay honest, and short.
func missed() map[string]string {
	return map[string]string{
		"a late fee is charged to another employer":                        "what a declaration's fees come to is compared, not whose RECV they stand on",
		"the audit log names the subject of the call before":               "an event is matched with its transaction by number, not by what it says it was done to",
		"a message goes to the wrong agency":                               "messages are matched with steps by id: nothing reckons the partner again",
		"a message tells of more money than moved":                         "messages are matched with steps by id: nothing reads what they say",
		"a transferred person stays in the old region":                     "no region of a person is compared with that of the last transfer that closed",
		"a month is booked for the one after":                              "money and shares agree and the month is free: the payment's own person and month are not compared",
		"a stop is written without its month":                              "whether a month was due goes by the entitlement's last month, which is what is missing",
		"an unemployment benefit lasts a month too long":                   "the amount of an entitlement is reckoned again, its last month is not",
		"a hop's clock is not set":                                         "no due date is reckoned again",
		"a phone number is kept in clear":                                  "checkers hold no key and do not look at the form of sealed fields",
		"a certificate is kept with the digest of nothing":                 "checkers hold no key: the document is sealed, and whom the signature is of is not in the store",
		"a hop of a transfer is logged for a citizen, who may not take it": "paths are checked by their edges, not by whose edges they are",
	}
}

// TestInjectedBugsAreCaught lives the week once for every bug and wants a checker to name it.
func TestInjectedBugsAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("lives the week some ninety times: 30 s")
	}
	caught := 0
	for _, b := range slices.Concat(bugs(), strangers()) {
		t.Run(b.name, func(t *testing.T) {
			inner := open(t)
			l := new(luck)
			w := newWeek(t, buggy{inner, b.begin(l)})
			w.live()
			if l.struck == 0 {
				t.Fatal("the bug never struck: the week does not do what it spoils")
			}
			findings, err := invariant.Of(t.Context(), inner)
			if err != nil {
				t.Fatal(err)
			}
			var by, first []string
			for _, f := range findings {
				if !f.OK {
					by = append(by, f.Name)
					first = append(first, "\n\t"+f.Name+": "+f.First)
				}
			}
			why, known := missed()[b.name]
			switch {
			case len(by) == 0 && !known:
				t.Errorf("missed, after %d strikes", l.struck)
			case len(by) == 0:
				t.Logf("missed: %s", why)
			case known:
				t.Errorf("is listed as missed and was caught by %v", by)
			default:
				caught++
				t.Logf("caught by %s%s", strings.Join(by, ", "), strings.Join(first, ""))
			}
		})
	}
	t.Logf("%d caught, %d missed", caught, len(missed()))
}
