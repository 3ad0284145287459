package postgres

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/peakday/peakday/sut/ledger"
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
	err := cmp.Or(u.err, u.broken)
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
