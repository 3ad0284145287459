package agency

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"math"
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
// SHA-256 of all of it stands in the batch. Account numbers are personal data: the file goes to the bank and nowhere else.

// Send makes the file of a locked batch and keeps it, sealed, a part with each chunk of items; then it posts that the money
// has left and tells the bank, which fetches the file with [Agency.BankFile]. A call that goes on with one that was cut off
// keeps the parts there are: what stands in them is what is sent, even if an account has changed meanwhile.
func (a *Agency) Send(ctx context.Context, c Call, id string) (store.Answer, bool, error) {
	file := bankFile{Hash: sha256.New()}
	return a.run(ctx, c, batchStep{
		name: "send",
		begin: func(ch *change) (store.Batch, error) {
			return ch.takes(id, "send", "sent", func(b *store.Batch) *string { return &b.Sender })
		},
		chunk: func(ctx context.Context, b store.Batch, cursor int64) (batchPart, error) {
			next := cursor + payoutChunk
			part, nothing, err := a.makePart(ctx, b, &file, cursor)
			if err != nil {
				return batchPart{}, err
			}
			apply := func(ch *change, b *store.Batch) error {
				if len(part.Lines) > 0 {
					if err := ch.Add(&part); err != nil {
						return err
					}
				}
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

// BankFile writes the file of a batch as it was sent, to the byte. An error after the first bytes means that they are not to
// be used.
func (a *Agency) BankFile(ctx context.Context, caller Caller, id string, w io.Writer) error {
	var b store.Batch
	err := a.Store.View(ctx, func(v store.View) (err error) {
		b, err = batchFor(v, caller, id)
		return err
	})
	if err != nil {
		return err
	}
	if !(workflow.Clerk | workflow.System | workflow.Bank).Has(caller.Role) || len(b.File) == 0 {
		return hidden("file of a batch")
	}
	sum := sha256.New()
	if err := a.eachPart(ctx, id, math.MaxInt64, func(_ *store.BankFileChunk, lines []byte) error {
		sum.Write(lines)
		_, err := w.Write(lines)
		return err
	}); err != nil {
		return err
	}
	if got := sum.Sum(nil); !bytes.Equal(got, b.File) {
		return fmt.Errorf("batch %s: the file that is kept has SHA-256 %x, the one that was sent %x: restore table bank_file from a backup", id, got, b.File)
	}
	return nil
}

// partsRead is how many parts of a file are in memory at a time, some 50 kB each.
const partsRead = 16

// eachPart opens the kept parts of a batch's file up to before end.
func (a *Agency) eachPart(ctx context.Context, batch string, end int64, do func(*store.BankFileChunk, []byte) error) error {
	for n := int64(0); ; n += partsRead {
		var parts []store.BankFileChunk
		err := a.Store.View(ctx, func(v store.View) (err error) {
			parts, err = store.List[store.BankFileChunk](v, store.BankFileOf, batch, n, end, partsRead)
			return err
		})
		if err != nil {
			return err
		}
		for i := range parts {
			lines, err := a.Vault.Open(nil, linesOf(&parts[i]), parts[i].Lines)
			if err != nil {
				return err
			}
			if err := do(&parts[i], lines); err != nil {
				return err
			}
		}
		if len(parts) < partsRead {
			return nil
		}
	}
}

func linesOf(c *store.BankFileChunk) vault.Place {
	return vault.Place{Table: "bank_file", Column: "lines", Row: c.Batch + "/" + strconv.FormatInt(c.N, 10)}
}

// A bankFile is what the parts up to a place come to.
type bankFile struct {
	hash.Hash
	at    int64 // the next place
	items int64
	total ledger.Fen
}

func (f *bankFile) add(part *store.BankFileChunk, lines []byte) error {
	f.Write(lines)
	f.items += part.Items
	f.total += part.Total
	return nil
}

// makePart makes the part of the file that begins at cursor, which has no lines where the file has ended before, and tells
// whether the bank has nothing to pay for some of its items. The parts before it are kept already, or were made just now.
func (a *Agency) makePart(ctx context.Context, b store.Batch, f *bankFile, cursor int64) (part store.BankFileChunk, nothing bool, err error) {
	if f.at != cursor { // this call did not make those before it, or makes this one again
		*f = bankFile{Hash: sha256.New(), at: cursor}
		if err := a.eachPart(ctx, b.ID, cursor/payoutChunk, f.add); err != nil {
			return part, false, err
		}
	}
	f.at += payoutChunk
	if cursor > 0 && cursor >= b.Items {
		return part, false, nil
	}
	part = store.BankFileChunk{Batch: b.ID, N: cursor / payoutChunk}
	var items []store.Item
	var accounts map[uint64][]byte
	err = a.Store.View(ctx, func(v store.View) (err error) {
		if items, err = store.List[store.Item](v, store.ItemsOf, b.ID, cursor, payoutChunk); err == nil {
			accounts, err = sealedAccounts(v, items)
		}
		return err
	})
	if err != nil {
		return part, false, err
	}
	lines := make([]byte, 0, 64*len(items)+100)
	if cursor == 0 {
		lines = fmt.Appendf(lines, "H,%s,%s,%06d\n", b.ID, payingBank(), b.Period)
	}
	for i := range items {
		it := &items[i]
		switch {
		case it.State == "cancelled" || it.Reason == dropped:
			continue
		case it.Amount == it.Kept:
			nothing = true
			continue
		}
		if lines, err = a.appendItem(lines, it, accounts); err != nil {
			return part, false, err
		}
		part.Items++
		part.Total += it.Amount - it.Kept
	}
	if cursor+payoutChunk >= b.Items {
		lines = fmt.Appendf(lines, "T,%d,%d\n", f.items+part.Items, f.total+part.Total)
	}
	f.add(&part, lines)
	part.Lines, err = a.Vault.Seal(nil, linesOf(&part), lines, a.Random)
	return part, nothing, err
}

// appendItem appends the line of an item that the bank is to pay.
func (a *Agency) appendItem(line []byte, it *store.Item, sealed map[uint64][]byte) (_ []byte, err error) {
	line = append(strconv.AppendInt(line, it.N, 10), ',')
	line = append(append(line, it.Entitlement...), '/')
	line = append(strconv.AppendInt(line, it.Period, 10), ',')
	if account, met := sealed[it.Person]; !met {
		line = append(line, a.People.BankAccount(int(it.Person))...)
	} else if line, err = a.Vault.Open(line, vault.Place{Table: "person", Column: "bank", Row: key(int(it.Person))}, account); err != nil {
		return line, err
	}
	return append(strconv.AppendInt(append(line, ','), int64(it.Amount-it.Kept), 10), '\n'), nil
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
