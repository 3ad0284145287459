package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

func item(n int) *store.Item {
	return &store.Item{Entitlement: fmt.Sprintf("EN-%06d", n), Period: 202301, Batch: "B1", N: int64(n), Person: uint64(n), Amount: 100, State: "planned"}
}

// bulk is as many rows as one Update of a payout batch adds.
const bulk = 10_000

func bulkRows(t *testing.T, s store.Store) {
	err := s.Update(t.Context(), func(tx store.Tx) error {
		rows := make([]store.Record, bulk)
		for n := range rows {
			rows[n] = item(n)
		}
		return tx.Add(rows...)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx store.Tx) error {
		n, err := tx.Change(store.MoveItems, "B1", 100, 199, "planned", "locked")
		if err == nil && n != 100 {
			t.Errorf("%d items moved, want 100", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(v store.View) error {
		page, err := store.List[store.Item](v, store.ItemsOf, "B1", 198, 4)
		if err != nil {
			return err
		}
		var got []string
		for _, i := range page {
			got = append(got, fmt.Sprint(i.N, i.State, i.Ver))
		}
		if want := []string{"198locked1", "199locked1", "200planned0", "201planned0"}; !slices.Equal(got, want) {
			t.Errorf("the page at 198 is %q, want %q", got, want)
		}
		all := 0
		err = store.Each(v, func(*store.Item) error { all++; return nil })
		if all != bulk {
			t.Errorf("Each gave %d, want %d", all, bulk)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func changeOwn(t *testing.T, s store.Store) {
	err := s.Update(t.Context(), func(tx store.Tx) error {
		if err := tx.Add(item(1), item(2)); err != nil {
			return err
		}
		n, err := tx.Change(store.MoveItems, "B1", 1, 2, "planned", "locked")
		if err == nil && n != 2 {
			t.Errorf("%d moved, want the 2 that this update added", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx store.Tx) error {
		if _, err := tx.Change(store.MoveItems, "B1", 1, 2, "locked", "sent"); err != nil {
			return err
		}
		return errRefused
	})
	if !errors.Is(err, errRefused) {
		t.Errorf("got %v, want the error of the update", err)
	}
	states := ""
	err = s.View(t.Context(), func(v store.View) error {
		return store.Each(v, func(i *store.Item) error { states += " " + i.State; return nil })
	})
	if err != nil || states != " locked locked" {
		t.Errorf("states%s, %v; want what stood before the update that was refused", states, err)
	}
}

// nestedReads asks for something else while rows come in, and ends a list early.
func nestedReads(t *testing.T, s store.Store) {
	const n = 3000
	err := s.Update(t.Context(), func(tx store.Tx) error {
		for i := range n {
			if err := tx.Add(item(i), &store.Entitlement{ID: item(i).Entitlement, Person: uint64(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	read := func(v store.View) error {
		seen := 0
		err := v.Select(store.ItemsOf, new(store.Item).Fields(), func() error { seen++; return errRefused }, "B1", 0, n)
		if seen != 1 || !errors.Is(err, errRefused) {
			t.Errorf("%d rows after the first was refused, %v", seen, err)
		}
		var i store.Item
		seen = 0
		return v.Select(store.ItemsOf, i.Fields(), func() error {
			if i.N != int64(seen) {
				return fmt.Errorf("item %d at place %d", i.N, seen)
			}
			seen++
			if seen%1000 != 1 {
				return nil
			}
			e := store.Entitlement{ID: i.Entitlement}
			if found, err := v.Get(&e); !found || err != nil || e.Person != i.Person {
				return fmt.Errorf("entitlement %s: found %v, of person %d, %v", i.Entitlement, found, e.Person, err)
			}
			return nil
		}, "B1", 0, n)
	}
	if err := s.View(t.Context(), read); err != nil {
		t.Errorf("in a view: %v", err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return read(tx) }); err != nil {
		t.Errorf("in an update: %v", err)
	}
}

// heads checks that each lane ends where its head says, in the ledger and in the audit log.
func heads(t *testing.T, s store.Store) {
	for n := range 50 {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			if _, err := tx.Post(ledger.Suspended(fmt.Sprintf("B1/%d", n), "990001", "B1", 100)); err != nil {
				return err
			}
			return tx.Audit(vault.Event{At: 1, Actor: "B1", Op: "test", Outcome: "done", Subject: fmt.Sprint(n)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	last := make(map[string]string)
	count := 0
	err := s.View(t.Context(), func(v store.View) error {
		err := store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
			last[fmt.Sprint("ledger ", ledger.Lane(s.Seq))] = fmt.Sprintf("%d %x", s.Seq, s.Hash)
			count++
			return nil
		})
		if err != nil {
			return err
		}
		err = store.EachEvent(v, 0, store.Forever, func(r vault.Record) error {
			last[fmt.Sprint("audit ", ledger.Lane(r.Seq))] = fmt.Sprintf("%d %x", r.Seq, r.Hash[:])
			count++
			return nil
		})
		if err != nil {
			return err
		}
		txns, err := store.LedgerHeads(v)
		if err != nil {
			return err
		}
		for _, h := range txns {
			wantHead(t, last, fmt.Sprint("ledger ", ledger.Lane(h.Seq)), fmt.Sprintf("%d %x", h.Seq, h.Hash))
		}
		events, err := store.AuditHeads(v)
		for _, h := range events {
			wantHead(t, last, fmt.Sprint("audit ", ledger.Lane(h.Seq)), fmt.Sprintf("%d %x", h.Seq, h.Hash[:]))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if count != 100 || len(last) != 0 {
		t.Errorf("%d rows, want 100; lanes without a head: %v", count, last)
	}
}

func wantHead(t *testing.T, last map[string]string, lane, head string) {
	if last[lane] != head {
		t.Errorf("lane %s ends at %s, its head is %s", lane, last[lane], head)
	}
	delete(last, lane)
}
