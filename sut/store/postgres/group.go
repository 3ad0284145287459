package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/queue"
	"github.com/peakday/peakday/sut/vault"
)

// A chain is the end of the ledger's or of the audit log's chain in a lane.
type chain[H ~[32]byte] struct {
	seq  int64
	hash H
}

// A group is the Updates of one commit.
type group struct {
	*writer
	lone  bool // one Update in a transaction that has begun
	locks bool // Get locks the row that it finds
	txn   chain[ledger.Hash]
	audit chain[vault.Hash]

	updates []*update
	readers []*update // wait for a row
	waiting []*update // wait for the chain
	holder  *update   // has the chain since its first Post; nil: nobody
	held    chain[ledger.Hash]
	fault   error // the connection's: every Update ends with it

	written map[string]bool // the rows of the Updates that succeeded
	adds    []row
	sets    []row
	moved   map[ledger.Account]ledger.Fen
	totals  map[bucket]total
	again   []*queue.Job // lost to another Update of this group
}

func newGroup(w *writer, jobs []*queue.Job) *group {
	g := &group{
		writer: w, txn: w.txn, audit: w.audit,
		written: make(map[string]bool), moved: make(map[ledger.Account]ledger.Fen), totals: make(map[bucket]total),
	}
	for _, j := range jobs {
		g.updates = append(g.updates, newUpdate(g, j))
	}
	return g
}

// run runs every Update to its end. Each goes on until it needs a row, or the chain; when all wait, their queries are
// sent in one round trip.
func (g *group) run() error {
	for _, u := range g.updates {
		g.advance(u)
	}
	for len(g.waiting)+len(g.readers) > 0 {
		if g.holder == nil && len(g.waiting) > 0 {
			g.holder, g.held = g.waiting[0], g.txn
			g.waiting = g.waiting[1:]
			g.advance(g.holder)
			continue
		}
		readers := g.readers
		g.readers = nil
		calls := make([]*call, len(readers))
		for i, u := range readers {
			calls[i] = u.asked
		}
		if g.fault == nil {
			g.fault = g.trip(context.Background(), calls...)
		}
		for _, u := range readers {
			g.advance(u)
		}
		if g.fault != nil {
			for _, u := range slices.Concat(g.waiting, g.readers) {
				g.advance(u)
			}
			return g.fault
		}
	}
	return g.fault
}

// advance lets u go on until it waits again or ends.
func (g *group) advance(u *update) {
	if _, waits := u.resume(); waits {
		return
	}
	err := cmpErr(u.err, u.broken)
	if err == nil && g.overlaps(u) || errors.Is(u.broken, errAlone) {
		g.again = append(g.again, u.job)
		err = errAlone
	}
	u.err = err
	if g.holder == u {
		g.holder = nil
		if err != nil {
			g.txn = g.held
		}
	}
	if err == nil {
		g.keep(u)
	}
}

// overlaps says that u wrote a row that another Update of the group wrote: it decided on what that one changed.
func (g *group) overlaps(u *update) bool {
	for key := range u.rows {
		if g.written[key] {
			return true
		}
	}
	return false
}

// keep makes what u wrote a part of the group.
func (g *group) keep(u *update) {
	for key := range u.rows {
		g.written[key] = true
	}
	g.adds, g.sets = append(g.adds, u.adds...), append(g.sets, u.sets...)
	for account, amount := range u.moved {
		g.moved[account] += amount
	}
	for b, t := range u.totals {
		have := g.totals[b]
		g.totals[b] = total{have.n + t.n, have.sum + t.sum}
	}
	for _, e := range u.events {
		next := chain[vault.Hash]{seq: g.audit.seq + 1}
		next.hash = vault.Link(g.audit.hash, next.seq, e)
		r := &auditRow{next.seq, next.hash[:], string(e.AppendJSON(nil))}
		g.table(r)
		g.adds = append(g.adds, newRow(r))
		g.audit = next
	}
}

// wrote says whether there is anything to send.
func (g *group) wrote() bool {
	return len(g.adds)+len(g.sets)+len(g.moved)+len(g.totals) > 0 || g.txn != g.writer.txn || g.audit != g.writer.audit
}

// A conflict is a row that another Update wrote first. Where names the row.
type conflict struct {
	err   error
	where string
}

func (c *conflict) Error() string { return c.err.Error() }
func (c *conflict) Unwrap() error { return c.err }

// send sends everything that the group wrote, in one round trip. Rows go in the order of their keys, and kinds of rows
// in one order: two writers that meet in many rows wait for each other, and not in a circle.
func (g *group) send(begin bool) error {
	var calls []*call
	if begin {
		k, err := g.call(context.Background(), sqlBegin)
		if err != nil {
			return err
		}
		calls = append(calls, k)
	}
	pending, balances, totals := g.sums()
	rows, err := g.rowCalls(append(g.adds, pending...), g.sets)
	if err != nil {
		return err
	}
	calls = append(calls, rows...)
	for _, sum := range []struct {
		q    store.Query
		rows []row
	}{{sqlAddTotals, totals}, {sqlAddBalances, balances}} { // the hot rows last
		if len(sum.rows) == 0 {
			continue
		}
		k, err := g.many(sum.q, sum.rows)
		if err != nil {
			return err
		}
		calls = append(calls, k)
	}
	heads, err := g.heads()
	if err != nil {
		return err
	}
	return g.sendCalls(append(calls, heads...), g.sets)
}

// heads write where the chains end that grew.
func (g *group) heads() (calls []*call, err error) {
	for _, h := range []struct {
		kind     string
		from, to int64
		hash     []byte
	}{{"txn", g.writer.txn.seq, g.txn.seq, g.txn.hash[:]}, {"audit", g.writer.audit.seq, g.audit.seq, g.audit.hash[:]}} {
		if h.from == h.to {
			continue
		}
		k, err := g.call(context.Background(), sqlSetHead, h.kind, g.lane, h.to, h.hash)
		if err != nil {
			return nil, err
		}
		calls = append(calls, k)
	}
	return calls, nil
}

// sendRows sends rows alone.
func (g *group) sendRows(adds, sets []row) error {
	calls, err := g.rowCalls(adds, sets)
	if err != nil || len(calls) == 0 {
		return err
	}
	return g.sendCalls(calls, sets)
}

// rowCalls are one statement a table for what is added, and one a row for what is set. It sorts both.
func (g *group) rowCalls(adds, sets []row) (calls []*call, err error) {
	byKey := func(a, b row) int { return strings.Compare(a.key, b.key) }
	slices.SortStableFunc(adds, byKey)
	slices.SortStableFunc(sets, byKey) // of one row set twice the first goes first
	for len(adds) > 0 {
		n := 1
		for n < len(adds) && adds[n].table == adds[0].table {
			n++
		}
		k, err := g.many(g.tables[adds[0].table].insert, adds[:n])
		if err != nil {
			return nil, err
		}
		calls, adds = append(calls, k), adds[n:]
	}
	for _, r := range sets {
		s, err := g.prepare(context.Background(), g.tables[r.table].set)
		if err != nil {
			return nil, err
		}
		calls = append(calls, &call{stmt: s, args: r.set()})
	}
	return calls, nil
}

// many is a statement whose arguments are the columns of rows of one table.
func (g *group) many(q store.Query, rows []row) (*call, error) {
	s, err := g.prepare(context.Background(), q)
	if err != nil {
		return nil, err
	}
	return &call{stmt: s, args: arrays(rows, g.tables[rows[0].table].kinds)}, nil
}

// sendCalls sends the calls and finds a conflict in their results.
func (g *group) sendCalls(calls []*call, sets []row) error {
	err := g.trip(context.Background(), calls...)
	if err != nil {
		return asConflict(err)
	}
	for _, k := range calls {
		if len(sets) > 0 && k.stmt == g.stmts[g.tables[sets[0].table].set] {
			if k.n != 1 {
				return &conflict{fmt.Errorf("setting %s: %w", sets[0].table.Name, store.ErrStale), sets[0].key}
			}
			sets = sets[1:]
		}
	}
	return nil
}

// sums are the rows of what the group adds to balances and totals. A pool is kept as the knob says; another account that
// many updates move has a row for each lane, so that nobody waits for it. A person's has one: few move it at a time.
func (g *group) sums() (pending, balances, totals []row) {
	for account, amount := range g.moved {
		if amount == 0 {
			continue
		}
		stripe := int64(g.lane)
		switch account.Kind {
		case ledger.Pool:
			if g.pool.Stripes == 0 {
				r := &pendingRow{account.String(), g.txn.seq, int64(amount)}
				g.table(r)
				pending = append(pending, newRow(r))
				continue
			}
			stripe %= int64(g.pool.Stripes)
		case ledger.PA, ledger.MA:
			stripe = 0
		}
		r := &balanceRow{account.String(), stripe, int64(amount)}
		g.table(r)
		balances = append(balances, newRow(r))
	}
	for b, t := range g.totals {
		r := &totalRow{b.report, b.name, int64(g.lane), t.n, int64(t.sum)}
		g.table(r)
		totals = append(totals, newRow(r))
	}
	byKey := func(a, b row) int { return cmp.Compare(a.key, b.key) }
	slices.SortFunc(balances, byKey)
	return pending, balances, totals
}
