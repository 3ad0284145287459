package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/queue"
	"github.com/peakday/peakday/sut/vault"
)

// A chain is the end of the ledger's or of the audit log's chain.
type chain[H ~[32]byte] struct {
	seq  int64
	hash H
}

// A bucket is one running total of the statistics.
type bucket struct{ report, name string }

type total struct {
	n   int64
	sum ledger.Fen
}

// moved is what updates add to balances and totals. The sum of a group is written once, at its end: a hundred updates
// that move the same pool write its row once.
type moved struct {
	balances map[string]ledger.Fen
	totals   map[bucket]total
}

func newMoved() moved {
	return moved{make(map[string]ledger.Fen), make(map[bucket]total)}
}

func (m moved) add(o moved) {
	for account, amount := range o.balances {
		m.balances[account] += amount
	}
	for b, t := range o.totals {
		have := m.totals[b]
		m.totals[b] = total{have.n + t.n, have.sum + t.sum}
	}
}

func (m moved) clear() {
	clear(m.balances)
	clear(m.totals)
}

// A group is the Updates of one commit.
type group struct {
	*conn
	pool  store.Pool
	txn   chain[ledger.Hash]
	audit chain[vault.Hash]
	moved moved // by the updates that succeeded
	own   moved // by the update that runs behind a savepoint
	saved bool  // whether each update runs behind a savepoint
}

// sums is where the update that runs adds what it moves.
func (g *group) sums() moved {
	if g.saved {
		return g.own
	}
	return g.moved
}

// begin opens the transaction and reads where the chains end, anew each time: another process may write to the file too.
func (g *group) begin() error {
	g.moved.clear()
	g.own.clear()
	if _, err := g.do(sqlBeginWrite); err != nil {
		return err
	}
	var err error
	if g.txn, err = head[ledger.Hash](g.conn, "txn"); err != nil {
		return err
	}
	if g.audit, err = head[vault.Hash](g.conn, "audit"); g.audit.seq == 0 {
		g.audit.hash = vault.Start(store.AuditLog)
	}
	return err
}

func head[H ~[32]byte](c *conn, kind string) (h chain[H], err error) {
	var hash []byte
	err = view{c, context.Background()}.Select(sqlHead, []any{&h.seq, &hash}, func() error { return nil }, kind)
	copy(h.hash[:], hash)
	return h, err
}

// commit writes what the group moved and where its chains end, and makes it durable.
func (g *group) commit() error {
	for _, account := range slices.Sorted(maps.Keys(g.moved.balances)) {
		if amount := g.moved.balances[account]; amount != 0 {
			if _, err := g.do(sqlAddBalance, account, 0, amount); err != nil {
				return err
			}
		}
	}
	buckets := slices.SortedFunc(maps.Keys(g.moved.totals), func(a, b bucket) int {
		return cmp.Or(cmp.Compare(a.report, b.report), cmp.Compare(a.name, b.name))
	})
	for _, b := range buckets {
		t := g.moved.totals[b]
		if _, err := g.do(sqlAddCount, b.report, b.name, t.n, t.sum); err != nil {
			return err
		}
	}
	if err := g.end("txn", g.txn.seq, g.txn.hash[:]); err != nil {
		return err
	}
	if err := g.end("audit", g.audit.seq, g.audit.hash[:]); err != nil {
		return err
	}
	_, err := g.do(sqlCommit)
	return err
}

// end writes where a chain ends, once it has begun.
func (g *group) end(kind string, seq int64, hash []byte) error {
	if seq == 0 {
		return nil
	}
	_, err := g.do(sqlSetHead, kind, seq, hash)
	return err
}

// errDirty is the fault of a group without savepoints in which an Update was refused after it had written.
var errDirty = errors.New("an update was refused after it had written")

// run runs one Update. Its refusal leaves the rest of the group alone: one that has written nothing has nothing to undo,
// as nearly all refusals have not, and of others a savepoint is the undoing. A fault is an error of the group: the
// transaction is of no use any more.
func (g *group) run(do func(store.Tx) error) (refusal, fault error) {
	if g.saved {
		if _, err := g.do(sqlSavepoint); err != nil {
			return nil, err
		}
		g.own.clear()
	}
	txn, audit := g.txn, g.audit
	t := &tx{view: view{g.conn, context.Background()}, group: g}
	err := call(do, t)
	if err == nil {
		err = t.broken
	}
	switch {
	case !g.saved && err != nil && t.wrote:
		return err, fmt.Errorf("%w: %v", errDirty, err) // in words alone: the rest of the group was not refused
	case !g.saved:
		return err, nil
	case err != nil:
		g.txn, g.audit = txn, audit
		if _, fault := g.do(sqlUndo); fault != nil {
			return err, fmt.Errorf("%w, after: %v", fault, err)
		}
	default:
		g.moved.add(g.own)
	}
	_, fault = g.do(sqlRelease)
	return err, fault
}

// call turns a panic into an error: a bad Update must not take the writer with it.
func call(do func(store.Tx) error, t store.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("update panicked: %v", p)
		}
	}()
	return do(t)
}

// commit runs a group in one SQL transaction and tells every caller. Savepoints cost a sixth of an Update, so the group
// begins without them; where one of it is refused too late for that, all of it is run again with them.
func commit(g *group, jobs []*queue.Job) {
	refusals := make([]error, len(jobs))
	g.saved = false
	fault := g.all(jobs, refusals)
	if errors.Is(fault, errDirty) {
		g.saved = true
		if _, err := g.do(sqlRollback); err == nil { // else SQLite has rolled back by itself, and fault says after what
			fault = g.all(jobs, refusals)
		}
	}
	if fault != nil {
		fault = fmt.Errorf("committing %d updates: %w", len(jobs), fault)
		g.do(sqlRollback) // its error says that SQLite has rolled back already, as it does when the disk is full
	}
	for i, j := range jobs {
		j.Answer(errors.Join(refusals[i], fault))
	}
}

// all runs the updates of a group and commits them.
func (g *group) all(jobs []*queue.Job, refusals []error) error {
	if err := g.begin(); err != nil {
		return err
	}
	for i, j := range jobs {
		var fault error
		if refusals[i], fault = g.run(j.Do); fault != nil {
			return fault
		}
	}
	return g.commit()
}
