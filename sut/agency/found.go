package agency

import (
	"context"
	"fmt"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// Found begins a book with a transaction without entries that names the population, or checks that the book was
// begun for this one: opening balances follow from the population, and two of them must not mix.
func (a *Agency) Found(ctx context.Context, now time.Time, seed uint64) error {
	t := ledger.Txn{Event: ledger.EventFounded, Ref: fmt.Sprintf("seed %d, %d people", seed, a.People.Size()), At: now.UnixMilli()}
	return a.Store.Update(ctx, func(tx store.Tx) error {
		head, err := tx.Head()
		if err != nil {
			return err
		}
		if head.Seq == 0 {
			_, err = tx.Post(t)
			return err
		}
		founded, err := tx.Posted(t.Event, t.Ref)
		if err == nil && !founded {
			return fmt.Errorf("the book was begun for another population than %s: give its seed and size, or another file", t.Ref)
		}
		return err
	})
}
