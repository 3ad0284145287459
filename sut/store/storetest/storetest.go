// Package storetest is the conformance suite of a [store.Store].
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t testing.TB) storetest.Open {
//			path := filepath.Join(t.TempDir(), "service.db")
//			return func(t testing.TB, pool store.Pool) store.Store { return open(t, path, pool) }
//		})
//	}
//
// An implementation that passes may stand behind the service.
package storetest

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// Run checks a store. Each call of create makes a database.
func Run(t *testing.T, create func(t testing.TB) Open) {
	for name, try := range map[string]func(*testing.T, store.Store){
		"the same key twice is one effect and the same response":  sameKeyTwice,
		"the same key for another request is refused":             sameKeyOtherRequest,
		"an update that fails leaves nothing":                     failedUpdate,
		"an update that panics leaves nothing":                    panickedUpdate,
		"an error that an update overlooks fails it":              ignored,
		"a posting that does not balance is refused":              unbalanced,
		"a record that stands is refused":                         standingRecords,
		"a text that is none is refused":                          noText,
		"an update sees what it wrote":                            ownWrites,
		"a view does not see what comes after it began":           steadyView,
		"concurrent writers lose nothing and keep the chain":      concurrentWriters,
		"a record is changed from the version that was read":      versions,
		"a running total counts what succeeded":                   totals,
		"the audit log grows with the updates that succeed":       audited,
		"concurrent repetitions of one key are one effect":        concurrentKey,
		"every table has its record":                              everyTable,
		"every column of every record comes back":                 everyColumn,
		"every record with a version can be set":                  everyVersion,
		"thousands of rows are added, listed and changed":         bulkRows,
		"a change sees what its update added":                     changeOwn,
		"a list may be left, and others asked for meanwhile":      nestedReads,
		"every lane ends at its head":                             heads,
		"queries mean the same in every database":                 portable,
		"a view ends at its deadline":                             endsInTime,
		"an account that 64 callers take from is never overdrawn": oneAccount,
		"accounts that many callers take from lose nothing":       manyAccounts,
		"of those that add the same row one is first":             overlapping,
		"who waits may leave, and what has begun is finished":     leaving,
		"a closed store says so":                                  closed,
	} {
		t.Run(name, func(t *testing.T) {
			s := create(t)(t, store.Pool{Stripes: 1})
			defer s.Close()
			try(t, s)
			if name != "a closed store says so" {
				wantSum(t, s)
			}
		})
	}
	t.Run("the knob of the pool changes no balance", func(t *testing.T) { knob(t, create) })
	t.Run("a database that is opened again goes on where it ended", func(t *testing.T) { again(t, create(t)) })
}

var errRefused = errors.New("refused by the use case")

// settle posts and records the n-th claim and answers with its receipt.
func settle(key string, n int) func(store.Tx) (store.Answer, error) {
	return func(tx store.Tx) (store.Answer, error) {
		visit := fmt.Sprintf("V%d", n)
		posted, err := post(tx, ledger.Settled(ledger.Claim{
			Ref: "H1/" + visit, Region: "990001", Hospital: "H1", Person: uint64(n), Fund: 120,
		}))
		if err != nil {
			return store.Answer{}, err
		}
		err = tx.Add(&store.Claim{Hospital: "H1", Visit: visit, Person: uint64(n), Date: 20230101,
			Tier: 1, Deductible: 50, Fund: 120, Cash: 30, Pack: "p", Txn: posted.Seq})
		err = errors.Join(err, tx.Audit(vault.Event{At: 1, Actor: "H1", Op: "claims.settle", Outcome: "done", Key: key, Txn: posted.Seq}))
		receipt := ledger.Receipt(key, posted.Hash)
		return store.Answer{Status: 201, Body: []byte(hex.EncodeToString(receipt[:])), Txn: posted.Seq}, err
	}
}

func sameKeyTwice(t *testing.T, s store.Store) {
	first, replayed, err := store.Once(t.Context(), s, "k", []byte{1}, settle("k", 1))
	if err != nil || replayed {
		t.Fatalf("first: replayed %v, %v", replayed, err)
	}
	again, replayed, err := store.Once(t.Context(), s, "k", []byte{1}, settle("k", 1))
	if err != nil || !replayed {
		t.Fatalf("second: replayed %v, %v; want a replay", replayed, err)
	}
	if again.Status != first.Status || string(again.Body) != string(first.Body) || again.Txn != first.Txn {
		t.Errorf("second answer %+v, first %+v", again, first)
	}
	wantBalance(t, s, ledger.Account{Kind: ledger.Payable, Fund: ledger.Medical, Owner: "H1"}, -120)
	wantSound(t, s)
}

func sameKeyOtherRequest(t *testing.T, s store.Store) {
	if _, _, err := store.Once(t.Context(), s, "k", []byte{1}, settle("k", 1)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Once(t.Context(), s, "k", []byte{2}, settle("k", 2)); !errors.Is(err, store.ErrKeyReused) {
		t.Errorf("got %v, want ErrKeyReused", err)
	}
	wantBalance(t, s, ledger.Account{Kind: ledger.Payable, Fund: ledger.Medical, Owner: "H1"}, -120)
}

func failedUpdate(t *testing.T, s store.Store) {
	_, _, err := store.Once(t.Context(), s, "k", []byte{1}, func(tx store.Tx) (store.Answer, error) {
		if _, err := settle("k", 1)(tx); err != nil {
			t.Error(err)
		}
		return store.Answer{}, errRefused
	})
	if !errors.Is(err, errRefused) {
		t.Fatalf("got %v, want the error of the update", err)
	}
	wantNothing(t, s)
	// The chain goes on from where it stood, and the key is free.
	if _, replayed, err := store.Once(t.Context(), s, "k", []byte{9}, settle("k", 1)); err != nil || replayed {
		t.Errorf("after the failure: replayed %v, %v", replayed, err)
	}
	wantSound(t, s)
}

func panickedUpdate(t *testing.T, s store.Store) {
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if _, err := settle("k", 1)(tx); err != nil {
			t.Error(err)
		}
		panic("a bug in a use case")
	})
	if err == nil {
		t.Fatal("got nil, want the panic as an error")
	}
	wantNothing(t, s)
}

func unbalanced(t *testing.T, s store.Store) {
	bad := ledger.Suspended("B1/1", "990001", "B1", 500)
	bad.Entries[0].Amount++
	if err := s.Update(t.Context(), func(tx store.Tx) error { _, err := tx.Post(bad); return err }); err == nil {
		t.Error("got nil, want a refusal")
	}
	wantNothing(t, s)
}

func standingRecords(t *testing.T, s store.Store) {
	add := map[string]func(store.Tx) error{
		"transaction": func(tx store.Tx) error { _, err := tx.Post(ledger.Opened("990001", 7, 1, 2)); return err },
		"claim": func(tx store.Tx) error {
			return tx.Add(&store.Claim{Hospital: "H", Visit: "V", Date: 20230101})
		},
		"payment":      func(tx store.Tx) error { return tx.Add(&store.Payment{Bank: "B", BankTxn: "T"}) },
		"contribution": func(tx store.Tx) error { return tx.Add(&store.Contribution{Person: 7, Month: 202301, Kind: "normal"}) },
		"answer":       func(tx store.Tx) error { return tx.Add(&store.Answer{Key: "k", Body: []byte("x")}) },
	}
	for name, do := range add {
		if err := s.Update(t.Context(), do); err != nil {
			t.Errorf("first %s: %v", name, err)
		}
		if err := s.Update(t.Context(), do); !errors.Is(err, store.ErrExists) {
			t.Errorf("second %s: %v, want ErrExists", name, err)
		}
	}
}

func ownWrites(t *testing.T, s store.Store) {
	err := s.Update(t.Context(), func(tx store.Tx) error {
		opened, err := tx.Post(ledger.Opened("990001", 7, 100, 200))
		if err != nil {
			return err
		}
		if err := tx.Add(&store.Contribution{Person: 7, Month: 202301, Kind: "normal", Base: 3, ByEmployer: 2, ByPerson: 1}); err != nil {
			return err
		}
		amount, err := tx.Balance(ledger.MedicalAccount(7))
		if amount != -200 || err != nil {
			t.Errorf("balance %d, %v; want -200", amount, err)
		}
		posted, err := tx.Posted(ledger.EventOpened, "7")
		if posted != opened || err != nil {
			t.Errorf("found %v, %v; want what was posted, %v", posted, err, opened)
		}
		c := store.Contribution{Person: 7, Month: 202301, Kind: "normal"}
		if found, err := tx.Get(&c); !found || c.Base != 3 || err != nil {
			t.Errorf("contribution %+v, %v, %v; want what was added", c, found, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func steadyView(t *testing.T, s store.Store) {
	open := func(person uint64) error {
		return s.Update(t.Context(), func(tx store.Tx) error { _, err := tx.Post(ledger.Opened("990001", person, 1, 1)); return err })
	}
	if err := open(1); err != nil {
		t.Fatal(err)
	}
	err := s.View(t.Context(), func(v store.View) error {
		if found, err := v.Posted(ledger.EventOpened, "1"); found.Seq == 0 || err != nil {
			t.Errorf("person 1: %v, %v", found, err)
		}
		if err := open(2); err != nil {
			return err
		}
		if found, err := v.Posted(ledger.EventOpened, "2"); found.Seq != 0 || err != nil {
			t.Errorf("person 2 was opened after the view began: %v, %v", found, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func concurrentWriters(t *testing.T, s store.Store) {
	const writers, each = 16, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i
				key := fmt.Sprintf("k%d", n)
				if n%10 == 9 { // a failure in the middle of a group
					_, _, err := store.Once(t.Context(), s, key, []byte{}, func(tx store.Tx) (store.Answer, error) {
						_, err := settle(key, n)(tx)
						return store.Answer{}, errors.Join(errRefused, err)
					})
					if !errors.Is(err, errRefused) {
						t.Error(err)
					}
					continue
				}
				if _, _, err := store.Once(t.Context(), s, key, []byte{}, settle(key, n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	wantBalance(t, s, ledger.Account{Kind: ledger.Payable, Fund: ledger.Medical, Owner: "H1"}, -120*writers*each*9/10)
	wantSound(t, s)
}

func versions(t *testing.T, s store.Store) {
	person := store.Person{ID: 7, BlindIndex: []byte{7}, Region: "990001"}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Add(&person) }); err != nil {
		t.Fatal(err)
	}
	old := person
	err := s.Update(t.Context(), func(tx store.Tx) error {
		p := store.Person{ID: 7}
		if _, err := tx.Get(&p); err != nil {
			return err
		}
		p.Region = "990002"
		err := tx.Set(&p)
		if p.Ver != 1 {
			t.Errorf("version %d after one change", p.Ver)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { stale := old; return tx.Set(&stale) }); !errors.Is(err, store.ErrStale) {
		t.Errorf("setting an old version: %v, want ErrStale", err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Set(&store.Person{ID: 8}) }); !errors.Is(err, store.ErrStale) {
		t.Errorf("setting what is not there: %v, want ErrStale", err)
	}
	var after []store.Person
	err = s.View(t.Context(), func(v store.View) error {
		return store.Each(v, func(p *store.Person) error { after = append(after, *p); return nil })
	})
	if err != nil || len(after) != 1 || after[0].Region != "990002" {
		t.Errorf("%+v, %v; want one person in 990002", after, err)
	}
}

func totals(t *testing.T, s store.Store) {
	count := func(refuse error) error {
		return s.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(tx.Count("r", "b", 1, 10), tx.Count("r", "a", 2, 20), tx.Count("r", "b", 1, 5), refuse)
		})
	}
	if err := count(nil); err != nil {
		t.Fatal(err)
	}
	if err := count(errRefused); !errors.Is(err, errRefused) {
		t.Fatal(err)
	}
	if err := count(nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	var bucket string
	var n int64
	var sum ledger.Fen
	err := s.View(t.Context(), func(v store.View) error {
		return v.Select(store.Statistics, []any{&bucket, &n, &sum}, func() error {
			got = append(got, fmt.Sprint(bucket, n, sum))
			return nil
		}, "r")
	})
	if want := []string{"a4 40", "b4 30"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func audited(t *testing.T, s store.Store) {
	for n, refuse := range []error{nil, errRefused, nil} {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(tx.Audit(vault.Event{At: int64(n), Actor: "1", Op: "test", Outcome: "done"}), refuse)
		})
		if !errors.Is(err, refuse) {
			t.Fatal(err)
		}
	}
	var seq int64
	var hash []byte
	var event string
	var at []int64
	err := s.View(t.Context(), func(v store.View) error {
		return v.Select(store.AuditEvents, []any{&seq, &hash, &event}, func() error {
			at = append(at, seq)
			return nil
		}, 0, int64(store.Forever))
	})
	if err != nil || len(at) != 2 {
		t.Errorf("events %v, %v; want two", at, err)
	}
}

func concurrentKey(t *testing.T, s store.Store) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	first := 0
	for range 20 {
		wg.Go(func() {
			_, replayed, err := store.Once(t.Context(), s, "k", []byte{}, settle("k", 1))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if !replayed {
				first++
			}
		})
	}
	wg.Wait()
	if first != 1 {
		t.Errorf("%d callers had the effect, want 1", first)
	}
	wantSound(t, s)
}

func closed(t *testing.T, s store.Store) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(context.Background(), func(store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("update: %v, want ErrClosed", err)
	}
	if err := s.View(context.Background(), func(store.View) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("view: %v, want ErrClosed", err)
	}
}

func wantBalance(t *testing.T, s store.Store, a ledger.Account, want ledger.Fen) {
	t.Helper()
	err := s.View(t.Context(), func(v store.View) error {
		got, err := v.Balance(a)
		if got != want {
			t.Errorf("%s stands at %d, want %d", a, got, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// wantSound wants what a store owes. The other invariants are of use cases, and the records here are none's.
func wantSound(t *testing.T, s store.Store) {
	t.Helper()
	owed := []string{"I1", "I2", "I7", "I11", "chain"}
	findings := check(t, s)
	for _, f := range findings {
		if !f.OK && slices.Contains(owed, f.Name) {
			t.Errorf("%s (%s) is broken by %d of %d: %s", f.Name, f.Claim, f.Broken, f.Checked, f.First)
		}
	}
}

// wantNothing checks that no record of any sort is in the store.
func wantNothing(t *testing.T, s store.Store) {
	t.Helper()
	findings := check(t, s)
	for _, f := range findings {
		if f.Checked != 0 {
			t.Errorf("%s found %d records, want none", f.Name, f.Checked)
		}
	}
}

func check(t *testing.T, s store.Store) []invariant.Finding {
	t.Helper()
	findings, err := invariant.Of(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return findings
}
