package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// oneAccount lets 64 callers take money from one account until nothing is left: each reads the balance, decides, and
// Sets the person, as the agency does.
func oneAccount(t *testing.T, s store.Store) {
	const callers, tries, price, owned = 64, 4, 7, 1000
	err := s.Update(t.Context(), func(tx store.Tx) error { return meet(tx, 3, 4) })
	if err != nil {
		t.Fatal(err)
	}
	var taken, refused atomic.Int64
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := range tries {
				switch err := s.Update(context.Background(), take(3, fmt.Sprintf("H1/V%d-%d", c, n), price)); {
				case err == nil:
					taken.Add(1)
				case errors.Is(err, errRefused):
					refused.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() != owned/price || refused.Load() != callers*tries-owned/price {
		t.Errorf("%d were taken and %d refused of %d fen, want %d and %d", taken.Load(), refused.Load(), owned, owned/price, callers*tries-owned/price)
	}
	wantBalance(t, s, ledger.MedicalAccount(3), -(owned - owned/price*price))
	p := store.Person{ID: 3}
	if err := s.View(t.Context(), func(v store.View) error { _, err := v.Get(&p); return err }); err != nil || p.Ver != owned/price {
		t.Errorf("the person is of version %d, %v; want one for each time", p.Ver, err)
	}
}

// take settles a claim from a person's medical account, if it has as much.
func take(person uint64, ref string, price ledger.Fen) func(store.Tx) error {
	return func(tx store.Tx) error {
		p := store.Person{ID: person}
		if found, err := tx.Get(&p); !found || err != nil {
			return fmt.Errorf("person %d: found %v, %w", person, found, err)
		}
		has, err := tx.Balance(ledger.MedicalAccount(person))
		if err != nil {
			return err
		}
		if -has < price {
			return errRefused
		}
		if _, err := post(tx, ledger.Settled(ledger.Claim{Ref: ref, Region: "990001", Hospital: "H1", Person: person, Account: price})); err != nil {
			return err
		}
		return tx.Set(&p)
	}
}

// manyAccounts is the same with 8 accounts, refusals in between and other work beside it.
func manyAccounts(t *testing.T, s store.Store) {
	const accounts, callers, tries = 8, 32, 10
	if err := s.Update(t.Context(), func(tx store.Tx) error { return meet(tx, 0, accounts) }); err != nil {
		t.Fatal(err)
	}
	var taken [accounts]atomic.Int64
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := range tries {
				person := (c + n) % accounts
				err := s.Update(context.Background(), func(tx store.Tx) error {
					if err := take(uint64(person), fmt.Sprintf("H1/V%d-%d", c, n), 3)(tx); err != nil {
						return err
					}
					if n%5 == 4 {
						return errRefused
					}
					return tx.Count("r", fmt.Sprint(person), 1, 3)
				})
				if err == nil {
					taken[person].Add(1)
				} else if !errors.Is(err, errRefused) {
					t.Error(err)
				}
				if err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Add(item(c*tries + n)) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for person := range taken {
		n := taken[person].Load()
		wantBalance(t, s, ledger.MedicalAccount(uint64(person)), ledger.Fen(3*n-1000))
	}
}

// overlapping lets callers add the same row at once: one is first, and the others are told or, if they look before
// they add, find it.
func overlapping(t *testing.T, s store.Store) {
	var added, found, existed atomic.Int64
	var wg sync.WaitGroup
	for c := range 32 {
		wg.Go(func() {
			there := false
			err := s.Update(context.Background(), func(tx store.Tx) (err error) {
				e := store.Entitlement{ID: "EN-1"}
				if c%2 == 0 {
					if there, err = tx.Get(&e); there || err != nil {
						return err
					}
				}
				return tx.Add(&e)
			})
			switch {
			case errors.Is(err, store.ErrExists) && c%2 == 1:
				existed.Add(1)
			case err != nil:
				t.Error(err)
			case there:
				found.Add(1)
			default:
				added.Add(1)
			}
		})
	}
	wg.Wait()
	if added.Load() != 1 || found.Load()+existed.Load() != 31 {
		t.Errorf("%d added it, %d found it, %d were told that it exists; want 1 and 31", added.Load(), found.Load(), existed.Load())
	}
}

func leaving(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ran := false
	if err := s.Update(ctx, func(store.Tx) error { ran = true; return nil }); !errors.Is(err, context.Canceled) || ran {
		t.Errorf("an update whose context had ended: %v, ran %v", err, ran)
	}
	ctx, cancel = context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx store.Tx) error {
		cancel() // begun is finished
		return tx.Add(item(1))
	})
	if err != nil {
		t.Errorf("an update whose context ended after it had begun: %v", err)
	}
	if err := s.View(t.Context(), func(v store.View) error { return same(t, v, "item", item(1)) }); err != nil {
		t.Error(err)
	}
}

// ignored is an Update that overlooks the errors of what it calls.
func ignored(t *testing.T, s store.Store) {
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Add(item(1)) }); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func(store.Tx){
		"a row that stands": func(tx store.Tx) { _ = tx.Add(item(1)) },
		"a stale version":   func(tx store.Tx) { i := item(1); i.Ver = 9; _ = tx.Set(i) },
		"what does not balance": func(tx store.Tx) {
			tx.Post(ledger.Txn{Event: "e", Ref: "r", Entries: []ledger.Entry{{Account: ledger.MedicalAccount(1), Amount: 1}}})
		},
		"a query that is no SQL": func(tx store.Tx) { tx.Change("UPDATE nothing") },
	} {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			do(tx)
			return tx.Add(item(2))
		})
		if err == nil {
			t.Errorf("%s, overlooked: got nil, want its error", name)
		}
	}
	err := s.View(t.Context(), func(v store.View) error {
		if found, err := v.Get(item(2)); found || err != nil {
			t.Errorf("what such an update added is there: %v, %v", found, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
