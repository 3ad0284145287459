package storetest

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// knob does the same work with each setting of the pool and wants the same balances, while it runs and when it is over.
func knob(t *testing.T, create func(testing.TB) Open) {
	var first map[string]ledger.Fen
	for _, stripes := range []int{0, 1, 8} {
		open := create(t)
		s := open(t, store.Pool{Stripes: stripes})
		if err := s.Update(t.Context(), func(tx store.Tx) error { return meet(tx, 0, 16*20) }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for c := range 16 {
			wg.Go(func() {
				for n := range 20 {
					key := fmt.Sprint("k", c*20+n)
					if _, _, err := store.Once(context.Background(), s, key, nil, push(key, c*20+n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		before := balances(t, s)
		if first == nil {
			first = before
		}
		if !maps.Equal(before, first) {
			t.Errorf("with %d stripes the balances are %v, with 0 they were %v", stripes, before, first)
		}
		wantBalance(t, s, ledger.Account{Kind: ledger.Pool, Fund: ledger.Injury, Owner: "990001"}, -1200*16*20)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		s = open(t, store.Pool{Stripes: 8 - stripes}) // whatever it was before
		if after := balances(t, s); !maps.Equal(after, first) {
			t.Errorf("opened again the balances are %v, they were %v", after, first)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// balances are all that are not zero.
func balances(t *testing.T, s store.Store) map[string]ledger.Fen {
	t.Helper()
	all := make(map[string]ledger.Fen)
	var account string
	var amount ledger.Fen
	err := s.View(t.Context(), func(v store.View) error {
		return v.Select(store.Balances, []any{&account, &amount}, func() error { all[account] += amount; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(all, func(_ string, amount ledger.Fen) bool { return amount == 0 })
	return all
}

// wantSum checks that the balances are those of the ledger's entries.
func wantSum(t *testing.T, s store.Store) {
	t.Helper()
	want := make(map[string]ledger.Fen)
	err := s.View(t.Context(), func(v store.View) error {
		return store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
			for _, e := range s.Txn.Entries {
				want[e.Account.String()] += e.Amount
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(want, func(_ string, amount ledger.Fen) bool { return amount == 0 })
	if got := balances(t, s); !maps.Equal(got, want) {
		t.Errorf("the balances are %v, the entries sum to %v", got, want)
	}
}

// again closes and opens between Updates: chains, versions and answers go on.
func again(t *testing.T, open Open) {
	for round := range 3 {
		s := open(t, store.Pool{})
		for n := range 5 {
			key := fmt.Sprint("k", round*5+n)
			if _, _, err := store.Once(t.Context(), s, key, nil, settle(key, round*5+n)); err != nil {
				t.Fatal(err)
			}
		}
		if _, replayed, err := store.Once(t.Context(), s, "k0", nil, settle("k0", 0)); !replayed || err != nil {
			t.Errorf("round %d: the first key: replayed %v, %v", round, replayed, err)
		}
		wantSound(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
