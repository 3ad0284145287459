package sqlite

import (
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// tx is what one Update does.
type tx struct {
	view
	group  *group
	wrote  bool  // or tried to
	broken error // an error that do may have overlooked, but the Update must not
}

func (t *tx) fail(err error) error {
	if t.broken == nil {
		t.broken = err
	}
	return err
}

func (t *tx) Add(rows ...store.Record) error {
	t.wrote = true
	for _, r := range rows {
		table := r.Table()
		stmts := t.table(table)
		if stmts.insert == nil {
			var err error
			if stmts.insert, err = t.prepare(table.Insert()); err != nil {
				return t.fail(err)
			}
		}
		t.values = store.Values(t.values[:0], r.Fields())
		switch n, err := t.run(stmts.insert, t.values); {
		case err != nil:
			return t.fail(fmt.Errorf("adding to %s: %w", table.Name, err))
		case n == 0:
			return t.fail(fmt.Errorf("adding to %s: %w", table.Name, store.ErrExists))
		}
	}
	return nil
}

func (t *tx) Set(r store.Record) error {
	t.wrote = true
	table := r.Table()
	if !table.Versioned() {
		return t.fail(fmt.Errorf("setting %s: its rows have no version and are never changed", table.Name))
	}
	stmts := t.table(table)
	if stmts.set == nil {
		var err error
		if stmts.set, err = t.prepare(table.Set()); err != nil {
			return t.fail(err)
		}
	}
	switch n, err := t.run(stmts.set, table.SetArgs(r)); {
	case err != nil:
		return t.fail(fmt.Errorf("setting %s: %w", table.Name, err))
	case n == 0:
		return t.fail(fmt.Errorf("setting %s: %w", table.Name, store.ErrStale))
	}
	fields := r.Fields()
	*fields[len(fields)-1].(*int64)++
	return nil
}

func (t *tx) Change(q store.Query, args ...any) (int64, error) {
	t.wrote = true
	n, err := t.do(q, args...)
	if err != nil {
		t.fail(err)
	}
	return n, err
}

func (t *tx) Post(posting ledger.Txn) (store.Posted, error) {
	t.wrote = true
	if err := posting.Check(); err != nil {
		return store.Posted{}, t.fail(err)
	}
	g := t.group
	next := store.Posted{Seq: g.txn.seq + 1}
	next.Hash = ledger.Link(g.txn.hash, next.Seq, posting)
	entries := string(ledger.AppendEntries(nil, posting.Entries))
	switch n, err := t.do(sqlAddTxn, next.Seq, next.Hash[:], posting.Event, posting.Ref, posting.Reverses, posting.At, entries); {
	case err != nil:
		return store.Posted{}, t.fail(fmt.Errorf("posting %s %s: %w", posting.Event, posting.Ref, err))
	case n == 0:
		return store.Posted{}, t.fail(fmt.Errorf("posting %s %s: %w", posting.Event, posting.Ref, store.ErrExists))
	}
	for _, e := range posting.Entries {
		if err := t.move(e, next.Seq); err != nil {
			return store.Posted{}, t.fail(err)
		}
	}
	g.txn = chain[ledger.Hash]{next.Seq, next.Hash}
	return next, nil
}

// move adds an entry to its balance: with the group, but for the pools that the knob wants to be moved by every update.
func (t *tx) move(e ledger.Entry, seq int64) error {
	account := e.Account.String()
	if n := t.group.pool.Stripes; n > 0 && e.Account.Kind == ledger.Pool {
		_, err := t.do(sqlAddBalance, account, seq%int64(n), e.Amount)
		return err
	}
	t.group.sums().balances[account] += e.Amount
	return nil
}

// Balance counts what this Update and the group before it moved and have not written yet.
func (t *tx) Balance(a ledger.Account) (ledger.Fen, error) {
	stored, err := t.view.Balance(a)
	account := a.String()
	return stored + t.group.moved.balances[account] + t.group.own.balances[account], err
}

func (t *tx) Audit(e vault.Event) error {
	t.wrote = true
	if err := e.Check(); err != nil {
		return t.fail(err)
	}
	g := t.group
	next := chain[vault.Hash]{seq: g.audit.seq + 1}
	next.hash = vault.Link(g.audit.hash, next.seq, e)
	if _, err := t.do(sqlAddAudit, next.seq, next.hash[:], string(e.AppendJSON(nil))); err != nil {
		return t.fail(fmt.Errorf("writing the audit log: %w", err))
	}
	g.audit = next
	return nil
}

func (t *tx) Count(report, name string, n int64, sum ledger.Fen) error {
	t.wrote = true
	if !store.Text(report) || !store.Text(name) { // else it would fail when the group writes its totals
		return t.fail(store.ErrText)
	}
	b := bucket{report, name}
	sums := t.group.sums()
	have := sums.totals[b]
	sums.totals[b] = total{have.n + n, have.sum + sum}
	return nil
}
