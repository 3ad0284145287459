package agency

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A payout batch pays every entitlement of a kind and region for a period, in four steps: plan, lock, send, close.
// A step of a million items is many Updates of at most payoutChunk items each. The batch's row says which step runs and
// where it goes on, and is written in each of them: a step that was cut off anywhere goes on exactly there when it is
// called again, with its old idempotency key or a new one.
const payoutChunk = 1000

// A Pay is the body of payouts.plan.
type Pay struct {
	Kind   string      `json:"kind"`   // of benefit
	Region string      `json:"region"` // that pays
	Period rules.Month `json:"period"`
}

// A Payout is where a batch stands.
type Payout struct {
	Batch  string      `json:"batch"`
	Kind   string      `json:"kind"`
	Region string      `json:"region"`
	Period rules.Month `json:"period"`
	Status string      `json:"status"`
	Step   string      `json:"step,omitempty"` // that was begun and not ended
	Items  int64       `json:"items"`          // that have a place in it
	Total  ledger.Fen  `json:"total_fen"`      // once locked, what the bank is to pay
	Paid   ledger.Fen  `json:"paid_fen"`
	Back   ledger.Fen  `json:"returned_fen"`
	File   string      `json:"file_sha256,omitempty"`
}

// A PaidOut is the answer of every step of a batch.
type PaidOut struct {
	Payout
	Proof
}

// Batch is a batch as those who run it see it, and auditors.
func (a *Agency) Batch(ctx context.Context, caller Caller, id string) (p Payout, err error) {
	err = a.Store.View(ctx, func(v store.View) error {
		b, err := batchFor(v, caller, id)
		p = payout(b)
		return err
	})
	return p, err
}

// batchFor is a batch that the caller may see.
func batchFor(v store.View, caller Caller, id string) (store.Batch, error) {
	b := store.Batch{ID: id}
	found, err := v.Get(&b)
	if err != nil {
		return b, err
	}
	visible := caller.Role == workflow.System || caller.Role == workflow.Auditor || caller.Role == workflow.Bank && caller.Subject == payingBank()
	if (workflow.Clerk | workflow.Reviewer).Has(caller.Role) {
		visible = caller.Region == b.Region
	}
	if !found || !visible {
		return store.Batch{}, hidden("batch")
	}
	return b, nil
}

func payout(b store.Batch) Payout {
	return Payout{
		Batch: b.ID, Kind: b.Kind, Region: b.Region, Period: rules.Month(b.Period), Status: b.State, Step: b.Step,
		Items: b.Items, Total: b.Total, Paid: b.Paid, Back: b.Back, File: hex.EncodeToString(b.File),
	}
}

// money is the batch as the ledger knows it.
func money(b store.Batch) ledger.Batch {
	k, _ := kindOf(b.Kind)
	return ledger.Batch{ID: b.ID, Fund: k.fund, Region: b.Region}
}

// payingBank is the bank that pays benefits out.
func payingBank() string { return population.BankID(0) }

// A batchStep is one of the four steps of a batch, as run takes it.
type batchStep struct {
	name string
	// begin finds the batch in the state that the step begins from and readies it.
	begin func(*change) (store.Batch, error)
	// chunk prepares the part that begins at cursor, outside of any Update, while the part before it is written.
	chunk func(ctx context.Context, b store.Batch, cursor int64) (batchPart, error)
	// end changes the batch's state. It is the mutation that is answered.
	end func(*change, *store.Batch) error
}

// A batchPart is a part of a step. It is applied in one Update, which moves the cursor to next.
type batchPart struct {
	apply func(*change, *store.Batch) error
	next  int64
	last  bool
	err   error
}

var errMoved = errors.New("another call moved the step on") // the part that was prepared is done

// run takes a step from where it stands to its end.
func (a *Agency) run(ctx context.Context, c Call, step batchStep) (store.Answer, bool, error) {
	if answer, replayed, err := a.replay(ctx, c); replayed || err != nil {
		return answer, replayed, err
	}
	var b store.Batch
	err := a.update(ctx, c, func(ch *change) (err error) {
		b, err = step.begin(ch)
		return err
	})
	if err != nil {
		return store.Answer{}, false, err
	}
	if err := a.parts(ctx, c, step, b); err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "batch " + b.ID
		b := store.Batch{ID: b.ID}
		switch found, err := ch.Get(&b); {
		case err != nil:
			return 0, nil, err
		case !found || b.Step != step.name:
			return 0, nil, refuse(Conflict, "step-ended", "the %s of batch %s was ended by another call", step.name, b.ID)
		}
		if err := step.end(ch, &b); err != nil {
			return 0, nil, err
		}
		b.Step, b.Cursor = "", 0
		if err := ch.Set(&b); err != nil {
			return 0, nil, err
		}
		if err := ch.Count("payouts-by-step", b.Kind+"/"+step.name, b.Items, b.Total); err != nil {
			return 0, nil, err
		}
		return okay, PaidOut{payout(b), ch.proof()}, nil
	})
}

// parts applies every part of a step. While one is written the next one is made ready.
func (a *Agency) parts(ctx context.Context, c Call, step batchStep, b store.Batch) error {
	ready := make(chan batchPart, 1)
	prepare := func(cursor int64) {
		p, err := step.chunk(ctx, b, cursor)
		p.err = err
		ready <- p
	}
	go prepare(b.Cursor)
	lost := 0
	for cursor := b.Cursor; ; {
		p := <-ready
		if p.err != nil {
			return p.err
		}
		if !p.last {
			go prepare(p.next)
		}
		err := a.update(ctx, c, func(ch *change) error {
			ch.about = "batch " + b.ID
			b := store.Batch{ID: b.ID}
			if found, err := ch.Get(&b); err != nil || !found {
				return errors.Join(err, notFoundUnless(found))
			}
			if b.Step != step.name || b.Cursor != cursor {
				return errMoved
			}
			b.Cursor = p.next
			if err := p.apply(ch, &b); err != nil {
				return err
			}
			return ch.Set(&b)
		})
		if err == nil && p.last {
			return nil
		}
		if err != nil {
			if !p.last {
				<-ready // whoever starts a goroutine waits for it
			}
			if errors.Is(err, store.ErrStale) && lost < 10 { // what was prepared is not as it was: prepare it again
				lost++
				go prepare(cursor)
				continue
			}
			if errors.Is(err, errMoved) {
				return refuse(Conflict, "step-under-way", "another call runs the %s of batch %s: ask for the batch, and call again if it stands still", step.name, b.ID)
			}
			return err
		}
		cursor, lost = p.next, 0
	}
}

func notFoundUnless(found bool) error {
	if found {
		return nil
	}
	return hidden("batch")
}

// update runs do in an Update that is part of a mutation. It is answered at the mutation's end and not here; what it posts
// is in the audit log all the same, without the key. So is an illegal step, as with mutate.
func (a *Agency) update(ctx context.Context, c Call, do func(*change) error) error {
	var about string
	err := a.Store.Update(ctx, func(tx store.Tx) error {
		ch := &change{Tx: tx, Call: c, agency: a}
		err := do(ch)
		about = ch.about
		if err != nil || ch.posted.Seq == 0 {
			return err
		}
		e := ch.event("done")
		e.Key = ""
		return tx.Audit(e)
	})
	return a.refused(ctx, c, about, err)
}

// takes finds a batch that the caller may take from one state to the next, and begins the step or goes on with it. by is
// where the batch keeps who began it.
func (c *change) takes(id, step string, to workflow.State, by func(*store.Batch) *string) (store.Batch, error) {
	c.about = "batch " + id
	b, err := batchFor(c, c.Caller, id)
	if err != nil {
		return b, err
	}
	edge, err := workflow.PayoutBatch().Step(workflow.State(b.State), to)
	if err != nil {
		return b, err
	}
	switch began := by(&b); {
	case !edge.Roles.Has(c.Role):
		return b, refuse(Forbidden, "not-your-step", "to %s a batch is for %s", edge.Verb, edge.Roles)
	case edge.FourEyes && b.Planner == c.Subject:
		return b, refuse(Forbidden, "four-eyes", "who planned a batch does not %s it: ask somebody else", edge.Verb)
	case b.Step == step && *began == c.Subject:
		return b, nil
	case b.Step != "":
		return b, refuse(Conflict, "step-under-way", "the %s of batch %s has begun and not ended: whoever began it calls again", b.Step, id)
	default:
		b.Step, b.Cursor, *began = step, 0, c.Subject
	}
	return b, c.Set(&b)
}

// stepped writes down the n-th state of a batch, from 1.
func (c *change) stepped(b *store.Batch, n int64, path ...workflow.State) error {
	b.State = string(path[len(path)-1])
	return c.move(workflow.PayoutBatch(), b.ID, n-1, path...)
}

func batchID(p Pay) string { return fmt.Sprintf("PB-%s-%s-%06d", p.Kind, p.Region, int64(p.Period)) }
