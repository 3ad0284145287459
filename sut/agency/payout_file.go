package agency

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// The file to the bank has a line that begins it, one for each item, and one that ends it:
//
//	H,PB-pension-420500-202301,B00,202301
//	17,EN-52/202301,9999000001234567890,312345
//	T,34512,9876543210
//
// An item is its place in the batch, entitlement and period, bank account and fen; the end is how many items and fen. The
// SHA-256 of all of it is kept with the batch. Account numbers are personal data: the file goes to the bank and nowhere else.

// Send writes the file of a locked batch to w, and then posts that the money has left and tells the bank. When it was cut
// off the next call writes the whole file again: a file counts only when Send has ended, and by its SHA-256. A repeated
// call with the key of one that ended writes nothing; see [Agency.BankFile].
func (a *Agency) Send(ctx context.Context, c Call, id string, w io.Writer) (store.Answer, bool, error) {
	file := newBankFile(w)
	return a.run(ctx, c, batchStep{
		name: "send",
		begin: func(ch *change) (store.Batch, error) {
			return ch.takes(id, "send", "sent", func(b *store.Batch) *string { return &b.Sender })
		},
		chunk: func(ctx context.Context, b store.Batch, cursor int64) (batchPart, error) {
			next := cursor + payoutChunk
			if err := a.writeItems(ctx, b, file, next); err != nil {
				return batchPart{}, err
			}
			nothing := file.nothing > 0
			apply := func(ch *change, b *store.Batch) error {
				if _, err := ch.Change(store.MoveItems, b.ID, cursor, next-1, "locked", "sent"); err != nil || !nothing {
					return err
				}
				_, err := ch.Change(store.PayNothing, b.ID, cursor, next-1)
				return err
			}
			return batchPart{apply: apply, next: next, last: next >= b.Items}, nil
		},
		end: func(ch *change, b *store.Batch) (err error) {
			if file.total != b.Total {
				return fmt.Errorf("batch %s: its items come to %d fen, it was locked with %d: check the database", b.ID, file.total, b.Total)
			}
			b.File = file.Sum(nil)
			if err := ch.stepped(b, 3, "locked", "sent"); err != nil {
				return err
			}
			if b.Kind == "unemployment" {
				if err := ch.payPremiums(b); err != nil {
					return err
				}
			}
			if err := ch.post(ledger.PayoutSent(money(*b), b.Total)); err != nil {
				return err
			}
			return ch.tell(payingBank(), "payout.sent", b.ID+"/sent", payout(*b))
		},
	})
}

// BankFile writes the file of a sent batch again. It is an error that it is not the file that was sent: an account has
// changed since, or the bank has returned an item.
func (a *Agency) BankFile(ctx context.Context, caller Caller, id string, w io.Writer) error {
	var b store.Batch
	err := a.Store.View(ctx, func(v store.View) (err error) {
		b, err = batchFor(v, caller, id)
		return err
	})
	if err != nil {
		return err
	}
	if !(workflow.Clerk | workflow.System | workflow.Bank).Has(caller.Role) || b.State != "sent" {
		return hidden("file of a batch")
	}
	file := newBankFile(w)
	if err := a.writeItems(ctx, b, file, max(b.Items, 1)); err != nil {
		return err
	}
	if got := hex.EncodeToString(file.Sum(nil)); got != hex.EncodeToString(b.File) {
		return refuse(Conflict, "file-changed", "the file now has SHA-256 %s, the one that was sent had %x: ask the bank for its copy", got, b.File)
	}
	return nil
}

// A bankFile is the file to the bank as far as it is written.
type bankFile struct {
	hash.Hash
	w       *bufio.Writer
	at      int64 // the next place
	items   int64
	nothing int64 // items beside them, of which all was kept back
	total   ledger.Fen
}

func newBankFile(w io.Writer) *bankFile {
	sum := sha256.New()
	return &bankFile{Hash: sum, w: bufio.NewWriterSize(io.MultiWriter(sum, w), 1<<16)}
}

// writeItems writes the places of a batch up to before end that are not written yet, and the first line and the last.
func (a *Agency) writeItems(ctx context.Context, b store.Batch, f *bankFile, end int64) error {
	if f.at == 0 {
		fmt.Fprintf(f.w, "H,%s,%s,%06d\n", b.ID, payingBank(), b.Period)
	}
	for f.at < end {
		var items []store.Item
		var sealed map[uint64][]byte
		err := a.Store.View(ctx, func(v store.View) (err error) {
			if items, err = store.List[store.Item](v, store.ItemsOf, b.ID, f.at, payoutChunk); err == nil {
				sealed, err = sealedAccounts(v, items)
			}
			return err
		})
		if err != nil {
			return err
		}
		for i := range items {
			if err := a.writeItem(f, &items[i], sealed); err != nil {
				return err
			}
		}
		f.at += payoutChunk
		if f.at >= b.Items {
			fmt.Fprintf(f.w, "T,%d,%d\n", f.items, f.total)
			return f.w.Flush()
		}
	}
	return nil
}

// writeItem writes the line of an item that the bank is to pay.
func (a *Agency) writeItem(f *bankFile, it *store.Item, sealed map[uint64][]byte) (err error) {
	switch {
	case it.State == "cancelled" || it.Reason == dropped:
		return nil
	case it.Amount == it.Kept:
		f.nothing++
		return nil
	}
	line := strconv.AppendInt(f.w.AvailableBuffer(), it.N, 10)
	line = append(append(append(append(line, ','), it.Entitlement...), '/'), strconv.FormatInt(it.Period, 10)...)
	line = append(line, ',')
	if account, met := sealed[it.Person]; !met {
		line = append(line, a.People.BankAccount(int(it.Person))...)
	} else if line, err = a.Vault.Open(line, vault.Place{Table: "person", Column: "bank", Row: key(int(it.Person))}, account); err != nil {
		return err
	}
	line = append(strconv.AppendInt(append(line, ','), int64(it.Amount-it.Kept), 10), '\n')
	f.w.Write(line) // its error stays and is that of Flush
	f.items++
	f.total += it.Amount - it.Kept
	return nil
}

// sealedAccounts are the bank accounts of the items' people, of those that the service has met.
func sealedAccounts(v store.View, items []store.Item) (map[uint64][]byte, error) {
	sealed := make(map[uint64][]byte, len(items))
	lo, hi, dense := span(items)
	if dense {
		var id uint64
		var account []byte
		err := v.Select(store.BankAccounts, []any{&id, &account}, func() error {
			sealed[id] = account
			return nil
		}, lo, hi)
		return sealed, err
	}
	met, err := metAmong(v, items)
	for id, p := range met {
		sealed[id] = p.Bank
	}
	return sealed, err
}
