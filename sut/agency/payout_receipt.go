package agency

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A receipt is a line of the bank's receipt file: place, entitlement and period, fen, and what became of it.
//
//	17,EN-52/202301,312345,paid
//	18,EN-53/202301,298000,returned,account closed
type receipt struct {
	n      int64
	ref    string
	amount ledger.Fen
	paid   bool
	reason string
}

// Receipts is the answer to a receipt file.
type Receipts struct {
	Payout
	Lines    int64    `json:"lines"`
	Repeated int64    `json:"repeated"` // that said what was known
	Refused  int64    `json:"refused"`  // that contradict the batch
	First    []string `json:"first_refused,omitempty"`
	Proof
}

const mostRefused = 20 // of which an answer says why

// Receipts takes the bank's receipts for a sent batch, all of them or a part. Each chunk of lines is an Update, and a line
// that was taken before changes nothing, so a file that was cut off is simply sent again. A line that contradicts the
// batch is counted and left alone; one that cannot be read ends the file there.
func (a *Agency) Receipts(ctx context.Context, c Call, id string, r io.Reader) (store.Answer, bool, error) {
	if answer, replayed, err := a.replay(ctx, c); replayed || err != nil {
		return answer, replayed, err
	}
	var sums Receipts
	if err := a.mayReceive(ctx, c, id); err != nil {
		return store.Answer{}, false, a.refused(ctx, c, "batch "+id, err)
	}
	lines := bufio.NewScanner(r)
	list := make([]receipt, 0, payoutChunk)
	for more := true; more; {
		list = list[:0]
		for len(list) < payoutChunk && more {
			if more = lines.Scan(); more {
				line, err := parseReceipt(lines.Text())
				if err != nil {
					return store.Answer{}, false, refuse(Malformed, "bad-receipt", "line %d: %v; the lines before it are taken", sums.Lines+int64(len(list))+1, err)
				}
				list = append(list, line)
			}
		}
		var now Receipts
		err := a.update(ctx, c, func(ch *change) (err error) {
			now, err = ch.receipts(id, list)
			return err
		})
		if err != nil {
			return store.Answer{}, false, err
		}
		sums.Lines += int64(len(list))
		sums.Repeated += now.Repeated
		sums.Refused += now.Refused
		sums.First = append(sums.First, now.First[:min(len(now.First), mostRefused-len(sums.First))]...)
	}
	if err := lines.Err(); err != nil {
		return store.Answer{}, false, refuse(Malformed, "bad-receipt", "after line %d: %v; the lines before it are taken", sums.Lines, err)
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "batch " + id
		b, err := batchFor(ch, c.Caller, id)
		if err != nil {
			return 0, nil, err
		}
		answer := sums
		answer.Payout, answer.Proof = payout(b), ch.proof()
		return okay, answer, nil
	})
}

func (a *Agency) mayReceive(ctx context.Context, c Call, id string) error {
	if !(workflow.Bank | workflow.Clerk | workflow.System).Has(c.Role) {
		return refuse(Forbidden, "not-your-step", "receipts come from the paying bank, %s", payingBank())
	}
	return a.Store.View(ctx, func(v store.View) error {
		b, err := batchFor(v, c.Caller, id)
		if err != nil {
			return err
		}
		return accountable(b)
	})
}

// accountable is nil for a batch that receipts are for. They take it towards its close: where it cannot go there, it is not
// sent or is closed already.
func accountable(b store.Batch) error {
	_, err := workflow.PayoutBatch().Step(workflow.State(b.State), "closed")
	return err
}

func parseReceipt(line string) (r receipt, err error) {
	const want = "want place,entitlement/period,fen,paid or place,entitlement/period,fen,returned,reason"
	if !store.Text(line) {
		return r, fmt.Errorf("no text in UTF-8: %s", want)
	}
	f := strings.SplitN(line, ",", 5)
	if len(f) < 4 || len(line) > 400 {
		return r, fmt.Errorf("%d fields: %s", len(f), want)
	}
	r.ref = f[1]
	if r.n, err = strconv.ParseInt(f[0], 10, 32); err != nil || r.n < 0 {
		return r, fmt.Errorf("place %.20q: %s", f[0], want)
	}
	amount, err := strconv.ParseInt(f[2], 10, 64)
	if err != nil || amount <= 0 {
		return r, fmt.Errorf("fen %.20q: %s", f[2], want)
	}
	r.amount = ledger.Fen(amount)
	switch {
	case f[3] == "paid" && len(f) == 4:
		r.paid = true
	case f[3] == "returned" && len(f) == 5:
		r.reason = f[4]
	default:
		return r, fmt.Errorf("result %.20q: %s", f[3], want)
	}
	return r, nil
}

// receipts takes a chunk of lines. Lines that say of neighbours that they were paid, as nearly all do, take one statement.
func (c *change) receipts(id string, list []receipt) (sums Receipts, err error) {
	c.about = "batch " + id
	b, err := batchFor(c, c.Caller, id)
	if err != nil || len(list) == 0 {
		return sums, err
	}
	if err := accountable(b); err != nil {
		return sums, err
	}
	items, err := c.itemsOf(id, list)
	if err != nil {
		return sums, err
	}
	run := places{batch: id, change: c}
	for _, line := range list {
		it, found := items[line.ref]
		why := ""
		switch {
		case !found:
			why = "the batch has no such item"
		case line.n != it.N || line.amount != it.Amount-it.Kept:
			why = fmt.Sprintf("the item is at place %d with %d fen", it.N, it.Amount-it.Kept)
		case it.State == "sent":
		case line.paid && it.State == "paid" || !line.paid && it.State != "paid":
			sums.Repeated++
			continue
		default:
			why = "the bank said otherwise before: the item is " + it.State
		}
		if why != "" {
			sums.Refused++
			sums.First = append(sums.First, fmt.Sprintf("place %d: %s", line.n, why))
			continue
		}
		if line.paid {
			it.State = "paid"
			b.Paid += line.amount
			err = run.add(it.N)
		} else {
			b.Back += line.amount
			err = c.returned(&b, &it, line.reason)
		}
		if err != nil {
			return sums, err
		}
		items[line.ref] = it
	}
	if err := run.flush(); err != nil {
		return sums, err
	}
	return sums, c.Set(&b)
}

// itemsOf are the items of a batch that lines name.
func (c *change) itemsOf(id string, list []receipt) (map[string]store.Item, error) {
	lo, hi := list[0].n, list[0].n
	for _, line := range list {
		lo, hi = min(lo, line.n), max(hi, line.n)
	}
	items := make(map[string]store.Item, len(list))
	if hi-lo < 4*payoutChunk {
		near, err := store.List[store.Item](c, store.ItemsOf, id, lo, hi-lo+1)
		for _, it := range near {
			items[it.Entitlement+"/"+strconv.FormatInt(it.Period, 10)] = it
		}
		return items, err
	}
	for _, line := range list {
		entitlement, period, _ := strings.Cut(line.ref, "/")
		month, err := strconv.ParseInt(period, 10, 64)
		if err != nil {
			continue
		}
		it := store.Item{Entitlement: entitlement, Period: month}
		found, err := c.Get(&it)
		if err != nil {
			return nil, err
		}
		if found && it.Batch == id {
			items[line.ref] = it
		}
	}
	return items, nil
}

// places gathers neighbouring items that go from sent to paid.
type places struct {
	*change
	batch    string
	first, n int64
}

func (p *places) add(n int64) error {
	if p.n > 0 && n == p.first+p.n {
		p.n++
		return nil
	}
	err := p.flush()
	p.first, p.n = n, 1
	return err
}

func (p *places) flush() error {
	n := p.n
	p.n = 0
	return p.moveItems(p.batch, p.first, p.first+n-1, "sent", "paid", n)
}

// returned books that the bank could not pay an item: it waits for the next batch. If its benefit was stopped before the
// period it was booked as overpaid when it was on its way, and what came back settles that.
func (c *change) returned(b *store.Batch, it *store.Item, reason string) error {
	if Personal(reason) { // whose account it is, for one
		reason = hush
	}
	it.State, it.Reason = "returned", "bank: "+reason[:min(len(reason), 100)] // never the word [dropped]
	if err := c.post(ledger.PayoutReturned(money(*b), owing(it))); err != nil {
		return err
	}
	if err := c.settleReturned(b, it); err != nil {
		return err
	}
	return c.Set(it)
}
