package agency

import (
	"context"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// Close ends a batch whose items, postings and receipts agree to the fen, and says by how much they do not otherwise.
func (a *Agency) Close(ctx context.Context, c Call, id string) (store.Answer, bool, error) {
	return a.run(ctx, c, batchStep{
		name: "close",
		begin: func(ch *change) (store.Batch, error) {
			b, err := ch.takes(id, "close", "closed", func(b *store.Batch) *string { return &b.Closer })
			if err != nil {
				return b, err
			}
			return b, ch.accounted(&b)
		},
		chunk: func(_ context.Context, b store.Batch, cursor int64) (batchPart, error) {
			next := cursor + payoutChunk
			apply := func(ch *change, b *store.Batch) error {
				_, err := ch.Change(store.MoveItems, b.ID, cursor, next-1, "paid", "reconciled")
				return err
			}
			return batchPart{apply: apply, next: next, last: next >= b.Items}, nil
		},
		end: func(ch *change, b *store.Batch) error {
			if err := ch.summed(b); err != nil {
				return err
			}
			if err := ch.stepped(b, 4, "sent", "closed"); err != nil {
				return err
			}
			return ch.post(ledger.PayoutClosed(money(*b)))
		},
	})
}

// accounted compares what the bank was sent, what it accounted for and what the book still owes the batch.
func (c *change) accounted(b *store.Batch) error {
	owed, err := c.Balance(ledger.Account{Kind: ledger.Payable, Fund: money(*b).Fund, Owner: b.ID})
	if err != nil {
		return err
	}
	if missing := b.Total - b.Paid - b.Back; missing != 0 || owed != 0 {
		return refuse(Conflict, "not-reconciled", "batch %s: %d fen sent, %d paid and %d returned by the receipts, %d missing; the book still owes it %d",
			b.ID, b.Total, b.Paid, b.Back, missing, -owed)
	}
	return nil
}

// summed compares the items with the receipts.
func (c *change) summed(b *store.Batch) error {
	var paid, open ledger.Fen
	var state string
	var n int64
	var sum ledger.Fen
	err := c.Select(store.ItemSums, []any{&state, &n, &sum}, func() error {
		switch state {
		case "reconciled":
			paid += sum
		case "planned", "requeued", "locked", "sent", "paid":
			open += sum
		}
		return nil
	}, b.ID, dropped)
	if err == nil && (paid != b.Paid || open != 0) {
		err = refuse(Conflict, "not-reconciled", "batch %s: its items come to %d fen paid and %d open, the receipts to %d paid", b.ID, paid, open, b.Paid)
	}
	return err
}
