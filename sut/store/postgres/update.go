package postgres

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/queue"
	"github.com/peakday/peakday/sut/vault"
)

// errAlone is what Change answers in a group: the Update is run again in a transaction of its own.
var errAlone = errors.New("must run alone")

// An update is one Update in its group: a [store.Tx] that keeps what do writes until the group is sent. do runs as a
// coroutine of the writer: while it waits for a row, the others of its group go on.
type update struct {
	*group
	job    *queue.Job
	resume func() (struct{}, bool)
	yield  func(struct{}) bool
	err    error // what do returned
	broken error // an error that do may have overlooked, but the Update must not
	asked  *call // the query that it waits for

	rows   map[string]row // as this Update left them
	adds   []row
	sets   []row // as they were read, but for what was changed
	events []vault.Event
	moved  map[ledger.Account]ledger.Fen
	totals map[bucket]total
}

// A bucket is one running total of the statistics.
type bucket struct{ report, name string }

type total struct {
	n   int64
	sum ledger.Fen
}

var _ store.Tx = (*update)(nil)

func newUpdate(g *group, j *queue.Job) *update {
	u := &update{group: g, job: j, rows: make(map[string]row)}
	u.resume, _ = iter.Pull(func(yield func(struct{}) bool) {
		u.yield = yield
		u.err = protected(j.Do, u)
	})
	return u
}

// protected turns a panic into an error: a bad Update must not take the writer with it.
func protected(do func(store.Tx) error, t store.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("update panicked: %v", p)
		}
	}()
	return do(t)
}

func (u *update) fail(err error) error {
	u.broken = cmp.Or(u.broken, err)
	return err
}

// ask waits for the rows of a query.
func (u *update) ask(q store.Query, args ...any) (*call, error) {
	if u.fault != nil {
		return nil, u.fail(u.fault)
	}
	k, err := u.call(context.Background(), q, args...)
	if err != nil {
		return nil, u.fail(err)
	}
	u.asked = k
	u.readers = append(u.readers, u)
	u.yield(struct{}{})
	if u.fault != nil {
		return nil, u.fail(u.fault)
	}
	return k, nil
}

func (u *update) Get(r store.Record) (bool, error) {
	if row, ok := u.rows[keyOf(r)]; ok {
		return true, row.load(r)
	}
	t, fields := u.table(r), r.Fields()
	q := t.get
	if u.locks {
		q = t.lock
	}
	k, err := u.ask(q, plain(fields[:r.Table().Key])...)
	if err != nil || len(k.rows) == 0 {
		return false, err
	}
	return true, scan(fields, k.rows[0], k.columns)
}

func (u *update) Select(q store.Query, dest []any, each func() error, args ...any) error {
	k, err := u.ask(q, args...)
	if err != nil {
		return err
	}
	for _, row := range k.rows {
		if err := scan(dest, row, k.columns); err != nil {
			return u.fail(err)
		}
		if err := each(); err != nil {
			return err
		}
	}
	return nil
}

// Balance counts what this Update moved and has not sent yet.
func (u *update) Balance(a ledger.Account) (amount ledger.Fen, err error) {
	err = u.Select(balanceQuery(a), []any{&amount}, func() error { return nil }, a.String())
	return amount + u.moved[a], err
}

func (u *update) Posted(event ledger.Event, ref string) (store.Posted, error) {
	t := txnRow{event: string(event), ref: ref}
	_, err := u.Get(&t)
	return t.posted(), err
}

func (u *update) Add(rows ...store.Record) error {
	for _, r := range rows {
		if err := storable(r); err != nil {
			return u.fail(err)
		}
		u.table(r)
		row := newRow(r)
		if _, ok := u.rows[row.key]; ok {
			return u.fail(fmt.Errorf("adding to %s: %w", r.Table().Name, store.ErrExists))
		}
		u.rows[row.key] = row
		u.adds = append(u.adds, row)
	}
	return nil
}

func (u *update) Set(r store.Record) error {
	t := r.Table()
	if !t.Versioned() {
		return u.fail(fmt.Errorf("setting %s: its rows have no version and are never changed", t.Name))
	}
	if err := storable(r); err != nil {
		return u.fail(err)
	}
	u.table(r)
	before := newRow(r)
	if own, ok := u.rows[before.key]; ok && own.version() != before.version() {
		return u.fail(fmt.Errorf("setting %s: %w", t.Name, store.ErrStale))
	}
	fields := r.Fields()
	*fields[len(fields)-1].(*int64)++
	u.rows[before.key] = newRow(r)
	u.sets = append(u.sets, before)
	return nil
}

// storable refuses a row before PostgreSQL does, which would take the whole group back.
func storable(r store.Record) error {
	for _, f := range r.Fields() {
		if text, is := f.(*string); is && !store.Text(*text) {
			return fmt.Errorf("a row of %s: %w", r.Table().Name, store.ErrText)
		}
	}
	return nil
}

// version is the last column of the row.
func (r row) version() int64 { return int64(binary.BigEndian.Uint64(r.data[len(r.data)-8:])) }

// Change sends what the Update has written so far, which the statement may be about, and then the statement.
func (u *update) Change(q store.Query, args ...any) (int64, error) {
	if !u.lone {
		return 0, u.fail(errAlone)
	}
	if u.fault == nil {
		u.fault = u.sendRows(u.adds, u.sets)
	}
	u.adds, u.sets = nil, nil
	k, err := u.ask(q, args...)
	if err != nil {
		return 0, err
	}
	return k.n, nil
}

// Post takes the lane's chain for this Update until it ends: the hash of a transaction stands on the one before it.
func (u *update) Post(posting ledger.Txn) (store.Posted, error) {
	if err := posting.Check(); err != nil {
		return store.Posted{}, u.fail(err)
	}
	if u.holder != u {
		u.waiting = append(u.waiting, u)
		u.yield(struct{}{})
	}
	if u.fault != nil {
		return store.Posted{}, u.fail(u.fault)
	}
	next := store.Posted{Seq: u.txn.seq + 1}
	next.Hash = ledger.Link(u.txn.hash, next.Seq, posting)
	err := u.Add(&txnRow{
		event: string(posting.Event), ref: posting.Ref, seq: next.Seq, hash: next.Hash[:], reverses: posting.Reverses, at: posting.At,
		entries: string(ledger.AppendEntries(nil, posting.Entries)),
	})
	if err != nil {
		return store.Posted{}, err
	}
	if u.moved == nil {
		u.moved = make(map[ledger.Account]ledger.Fen, len(posting.Entries))
	}
	for _, e := range posting.Entries {
		u.moved[e.Account] += e.Amount
	}
	u.txn = chain[ledger.Hash]{next.Seq, next.Hash}
	return next, nil
}

// Audit keeps the event: its place in the log is given when the Update has succeeded.
func (u *update) Audit(e vault.Event) error {
	if err := e.Check(); err != nil {
		return u.fail(err)
	}
	u.events = append(u.events, e)
	return nil
}

func (u *update) Count(report, name string, n int64, sum ledger.Fen) error {
	if !store.Text(report) || !store.Text(name) {
		return u.fail(store.ErrText)
	}
	if u.totals == nil {
		u.totals = make(map[bucket]total)
	}
	b := bucket{report, name}
	have := u.totals[b]
	u.totals[b] = total{have.n + n, have.sum + sum}
	return nil
}
