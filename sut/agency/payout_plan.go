package agency

import (
	"context"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// Plan makes the batch of a kind, region and period, with an item for each entitlement and month that is due: one for the
// period, and for an entitlement that began since the opening also each month before that has none, so that what was
// decided late or suspended for a time is made good. What the bank returned from earlier batches comes last.
func (a *Agency) Plan(ctx context.Context, c Call, p Pay) (store.Answer, bool, error) {
	if err := a.planned(c, p); err != nil {
		return store.Answer{}, false, err
	}
	return a.run(ctx, c, batchStep{
		name:  "plan",
		begin: func(ch *change) (store.Batch, error) { return ch.beginPlan(p) },
		chunk: func(ctx context.Context, b store.Batch, cursor int64) (batchPart, error) {
			return a.planChunk(ctx, b, cursor)
		},
		end: func(ch *change, b *store.Batch) error {
			return ch.stepped(b, 1, "planned")
		},
	})
}

// planned checks who plans what.
func (a *Agency) planned(c Call, p Pay) error {
	if !(workflow.Clerk | workflow.System).Has(c.Role) || c.Role == workflow.Clerk && c.Region != p.Region {
		return refuse(Forbidden, "not-your-step", "batches are planned by clerks of the region, and by the schedule")
	}
	if _, err := kindOf(p.Kind); err != nil {
		return err
	}
	if !regionCode.MatchString(p.Region) {
		return refuse(Malformed, "bad-region", "region %.20q: want six digits such as 420500", p.Region)
	}
	if today := rules.Date(c.Date()).Month(); p.Period < population.Opening.Month() || p.Period > today {
		return refuse(Unprocessable, "bad-period", "period %s: want a month from %s to %s", p.Period, population.Opening.Month(), today)
	}
	return nil
}

func (c *change) beginPlan(p Pay) (store.Batch, error) {
	b := store.Batch{ID: batchID(p)}
	found, err := c.Get(&b)
	switch {
	case err != nil:
		return b, err
	case found && b.Step == "plan" && b.Planner == c.Subject:
		return b, nil
	case found && b.Step == "plan":
		return b, refuse(Conflict, "step-under-way", "the plan of batch %s has begun and not ended: whoever began it calls again", b.ID)
	case found:
		return b, refuse(Conflict, "batch-exists", "batch %s is %s: there is one for a kind, region and period", b.ID, b.State)
	}
	b = store.Batch{
		ID: b.ID, Kind: p.Kind, Region: p.Region, Period: int64(p.Period), State: "planned", Planner: c.Subject, Step: "plan", Ver: 1,
	}
	return b, c.Add(&b)
}

// An old entitlement is one that stood at the opening, with what its person then had on the pension account.
type old struct {
	population.Entitlement
	account ledger.Fen
}

// planChunk prepares the people from index cursor on. After the last of them come returned items.
func (a *Agency) planChunk(ctx context.Context, b store.Batch, cursor int64) (batchPart, error) {
	size := int64(a.People.Size())
	if cursor >= size {
		return a.planReturned(ctx, b, cursor)
	}
	var olds []old
	next := size
	if b.Kind == "pension" {
		for i := cursor; i < size; i++ {
			if len(olds) == payoutChunk {
				next = i
				break
			}
			who := a.People.Person(int(i))
			if e, found := a.People.EntitlementOf(who); found && who.Region == b.Region {
				olds = append(olds, old{e, ledger.Fen(who.Pension)})
			}
		}
	} else {
		var err error
		if next, err = a.peopleDue(ctx, b, cursor); err != nil {
			return batchPart{}, err
		}
	}
	apply := func(ch *change, b *store.Batch) error { return ch.planPeople(b, olds, cursor, next) }
	return batchPart{apply: apply, next: next}, nil
}

// peopleDue is the index after the people whose entitlements make the next chunk.
func (a *Agency) peopleDue(ctx context.Context, b store.Batch, cursor int64) (next int64, err error) {
	next = int64(a.People.Size())
	err = a.Store.View(ctx, func(v store.View) error {
		list, err := store.List[store.Entitlement](v, store.EntitlementsFrom, b.Kind, cursor, payoutChunk)
		if n := len(list); n == payoutChunk { // of the last one there may be more
			next = max(int64(list[n-1].Person), int64(list[0].Person)+1)
		}
		return err
	})
	return next, err
}

// planPeople plans the entitlements of the people from index lo to before hi.
func (c *change) planPeople(b *store.Batch, olds []old, lo, hi int64) error {
	stored, err := store.List[store.Entitlement](c, store.EntitlementsIn, b.Kind, lo, hi-1)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(stored))
	for _, e := range stored {
		known[e.ID] = true
	}
	items := make([]store.Item, 0, len(olds)+len(stored))
	add := func(e store.Entitlement, period int64, personal ledger.Fen) {
		items = append(items, store.Item{
			Entitlement: e.ID, Period: period, Batch: b.ID, N: b.Items, Person: e.Person, Amount: e.Amount, Personal: personal, State: "planned", Ver: 1,
		})
		b.Items++
		b.Total += e.Amount
	}
	for _, o := range olds {
		// The account is that of the opening; the lock looks again.
		e := store.Entitlement{ID: o.ID, Person: uint64(o.Person), Amount: ledger.Fen(o.Monthly)}
		if !known[o.ID] && int64(o.From) <= b.Period {
			add(e, b.Period, min(e.Amount, o.account))
		}
	}
	for i := range stored {
		if err := c.planMonths(&stored[i], b, add); err != nil {
			return err
		}
	}
	rows := make([]store.Record, len(items))
	for i := range items {
		rows[i] = &items[i]
	}
	return c.Add(rows...)
}

// mostArrears bounds the months that one plan makes good for an entitlement; later plans make good the rest.
const mostArrears = 60

// planMonths plans the months of an entitlement up to the batch's period that have no item yet. One of before the
// opening gets the period alone: its earlier months are in batches that took it from the population.
func (c *change) planMonths(e *store.Entitlement, b *store.Batch, add func(store.Entitlement, int64, ledger.Fen)) error {
	if e.Region != b.Region || e.State == "suspended" || e.Since > b.Period || e.Amount <= 0 {
		return nil
	}
	last := b.Period
	if e.Until != 0 {
		last = min(last, e.Until)
	}
	first := max(e.Since, int64(rules.Month(last).Add(1-mostArrears)))
	_, old := c.agency.People.Entitlement(e.ID)
	if old {
		first = max(first, b.Period)
	}
	var due []int64
	for m := last; m >= first; m = int64(rules.Month(m).Add(-1)) {
		planned, err := c.Get(&store.Item{Entitlement: e.ID, Period: m})
		if err != nil {
			return err
		}
		if planned {
			break
		}
		due = append(due, m)
	}
	for i := range due {
		add(*e, due[len(due)-1-i], 0)
	}
	if e.Until != 0 && e.Until <= b.Period && !old { // an old one must stay known: see planPeople
		e.State = "ended"
		return c.Set(e)
	}
	return nil
}

// planReturned prepares to take in what the bank returned from earlier batches. The cursor counts on past the people.
func (a *Agency) planReturned(ctx context.Context, b store.Batch, cursor int64) (batchPart, error) {
	var more bool
	err := a.Store.View(ctx, func(v store.View) error {
		list, err := store.List[store.Item](v, store.ItemsReturned, b.Kind, b.Region, payoutChunk)
		more = len(list) > 0
		return err
	})
	if err != nil {
		return batchPart{}, err
	}
	apply := func(ch *change, b *store.Batch) error { return ch.planReturned(b) }
	// The next part is prepared while this one is written and sees the items that it takes; what it then finds is nothing.
	return batchPart{apply: apply, next: cursor + 1, last: !more}, nil
}

func (c *change) planReturned(b *store.Batch) error {
	list, err := store.List[store.Item](c, store.ItemsReturned, b.Kind, b.Region, payoutChunk)
	if err != nil {
		return err
	}
	for _, it := range list {
		it.Batch, it.N, it.State = b.ID, b.Items, "requeued"
		b.Items++
		b.Total += it.Amount - it.Kept
		if err := c.Set(&it); err != nil {
			return err
		}
	}
	return nil
}
