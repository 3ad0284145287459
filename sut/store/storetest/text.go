package storetest

import (
	"errors"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// noText wants every way to hand a text to a store to refuse one that some database would not take, and nothing kept of it.
func noText(t *testing.T, s store.Store) {
	for _, bad := range []string{"EN-\x00", "EN-\xff"} {
		asks := map[string]func(store.View) error{
			"Get": func(v store.View) error { _, err := v.Get(&store.Entitlement{ID: bad}); return err },
			"Select": func(v store.View) error {
				_, err := store.List[store.Claim](v, store.ClaimsOn, bad, 20230101, "A", "B", 1)
				return err
			},
			"Posted": func(v store.View) error { _, err := v.Posted(ledger.EventSuspended, bad); return err },
		}
		writes := map[string]func(store.Tx) error{
			"Add":   func(tx store.Tx) error { return tx.Add(&store.Entitlement{ID: bad}) },
			"Set":   func(tx store.Tx) error { return tx.Set(&store.Entitlement{ID: "EN-1", Kind: bad, Ver: 1}) },
			"Count": func(tx store.Tx) error { return tx.Count("report", bad, 1, 1) },
		}
		for name, ask := range asks {
			if err := s.View(t.Context(), ask); !errors.Is(err, store.ErrText) {
				t.Errorf("%s of %q in a View: %v, want ErrText", name, bad, err)
			}
			writes[name] = func(tx store.Tx) error { return ask(tx) }
		}
		for name, write := range writes {
			if err := s.Update(t.Context(), write); !errors.Is(err, store.ErrText) {
				t.Errorf("%s of %q in an Update: %v, want ErrText", name, bad, err)
			}
		}
	}
	wantNothing(t, s)
}
