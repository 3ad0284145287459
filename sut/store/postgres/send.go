package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

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
	slices.SortFunc(balances, byKey)
	return pending, balances, totals
}

func byKey(a, b row) int { return strings.Compare(a.key, b.key) }
