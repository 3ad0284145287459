package agency

import (
	"context"
	"fmt"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// Found begins a book with a transaction without entries that names the population, or checks that the book was
// begun for this one: opening balances follow from the population, and two of them must not mix.
func (a *Agency) Found(ctx context.Context, now time.Time, seed uint64) error {
	t := ledger.Txn{Event: ledger.EventFounded, Ref: fmt.Sprintf("seed %d, %d people", seed, a.People.Size()), At: now.UnixMilli()}
	return a.Store.Update(ctx, func(tx store.Tx) error {
		founded, err := tx.Posted(t.Event, t.Ref)
		if err != nil || founded.Seq != 0 {
			return err
		}
		begun := false
		err = tx.Select(store.Heads, []any{new(string), new(int64), new(int64), new([]byte)}, func() error { begun = true; return nil })
		switch {
		case err != nil:
			return err
		case !begun:
			var posted store.Posted
			if posted, err = tx.Post(t); err == nil {
				err = tx.Audit(vault.Event{At: t.At, Actor: "service", Role: workflow.System.String(), Op: "found", Outcome: "done", Txn: posted.Seq})
			}
		default:
			err = fmt.Errorf("the book was begun for another population than %s: give its seed and size, or another file", t.Ref)
		}
		return err
	})
}
