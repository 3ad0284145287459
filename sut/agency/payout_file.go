package agency

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
	file := sha256.New()
	var written control
	whole := false
	return a.run(ctx, c, batchStep{
		name: "send",
		begin: func(ch *change) (store.Batch, error) {
			return ch.takes(id, "send", "sent", func(b *store.Batch) *string { return &b.Sender })
		},
		chunk: func(ctx context.Context, b store.Batch, cursor int64) (batchPart, error) {
			if !whole { // none is moved before the file is whole
				var err error
				if written, err = a.writeFile(ctx, b, io.MultiWriter(file, w)); err != nil {
					return batchPart{}, err
				}
				whole = true
				if written.total != b.Total {
					return batchPart{}, fmt.Errorf("batch %s: its items come to %d fen, it was locked with %d: check the database", b.ID, written.total, b.Total)
				}
			}
			next := cursor + payoutChunk
			apply := func(ch *change, b *store.Batch) error {
				if _, err := ch.Change(store.MoveItems, b.ID, cursor, next-1, "locked", "sent"); err != nil {
					return err
				}
				if written.nothing == 0 {
					return nil
				}
				_, err := ch.Change(store.PayNothing, b.ID, cursor, next-1)
				return err
			}
			return batchPart{apply: apply, next: next, last: next >= b.Items}, nil
		},
		end: func(ch *change, b *store.Batch) error {
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
	file := sha256.New()
	if _, err := a.writeFile(ctx, b, io.MultiWriter(file, w)); err != nil {
		return err
	}
	if got := hex.EncodeToString(file.Sum(nil)); got != hex.EncodeToString(b.File) {
		return refuse(Conflict, "file-changed", "the file now has SHA-256 %s, the one that was sent had %x: ask the bank for its copy", got, b.File)
	}
	return nil
}

// A control is the sums at the end of a file.
type control struct {
	items   int64
	nothing int64 // items beside them, of which all was kept back
	total   ledger.Fen
}

// writeFile writes the items of a batch that the bank is to pay.
func (a *Agency) writeFile(ctx context.Context, b store.Batch, to io.Writer) (sums control, err error) {
	w := bufio.NewWriterSize(to, 1<<16)
	fmt.Fprintf(w, "H,%s,%s,%06d\n", b.ID, payingBank(), b.Period)
	var line []byte
	for at := int64(0); at < b.Items; at += payoutChunk {
		var items []store.Item
		var met map[uint64]store.Person
		err := a.Store.View(ctx, func(v store.View) (err error) {
			if items, err = store.List[store.Item](v, store.ItemsOf, b.ID, at, payoutChunk); err == nil {
				met, err = metAmong(v, items)
			}
			return err
		})
		if err != nil {
			return sums, err
		}
		for i := range items {
			it := &items[i]
			if it.State == "cancelled" || it.Reason == dropped {
				continue
			}
			if it.Amount == it.Kept {
				sums.nothing++
				continue
			}
			account, err := a.bankAccount(it.Person, met)
			if err != nil {
				return sums, err
			}
			line = strconv.AppendInt(line[:0], it.N, 10)
			line = append(append(append(append(line, ','), it.Entitlement...), '/'), strconv.FormatInt(it.Period, 10)...)
			line = append(append(append(line, ','), account...), ',')
			line = append(strconv.AppendInt(line, int64(it.Amount-it.Kept), 10), '\n')
			w.Write(line) // its error stays and is that of Flush
			sums.items++
			sums.total += it.Amount - it.Kept
		}
	}
	fmt.Fprintf(w, "T,%d,%d\n", sums.items, sums.total)
	return sums, w.Flush()
}

// bankAccount is the account that a person is paid to.
func (a *Agency) bankAccount(person uint64, met map[uint64]store.Person) ([]byte, error) {
	p, found := met[person]
	if !found {
		return []byte(a.People.BankAccount(int(person))), nil
	}
	return a.Vault.Open(nil, vault.Place{Table: "person", Column: "bank", Row: key(int(person))}, p.Bank)
}
