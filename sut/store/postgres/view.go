package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// view reads on one connection, all in one transaction. Its BEGIN goes with the first query.
type view struct {
	*conn
	ctx     context.Context // of its statements
	due     time.Time       // when nobody waits for it any longer; zero: never
	limit   time.Duration   // the server's, of one statement, where there is a due
	begun   bool
	reading *cursor // the query whose rows are on their way; nil: none
}

const (
	grace = time.Second            // how much longer than its deadline a View waits for a server that should have ended it by then
	slack = 100 * time.Millisecond // how much longer the server may let a statement run: to be exact would cost another for each
)

// newView begins a View. One with a deadline is not cancelled: pgx then closes the connection, while the server works on,
// and in a storm new connections come beside those that it still has (jackc/pgx issue 2425). The server ends it by itself.
// limit is how long the server lets a statement run as a rule.
func newView(ctx context.Context, c *conn, limit time.Duration) (*view, context.CancelFunc) {
	due, ok := ctx.Deadline()
	if !ok {
		return &view{conn: c, ctx: ctx}, func() {}
	}
	bounded, release := context.WithDeadline(context.WithoutCancel(ctx), due.Add(grace))
	return &view{conn: c, ctx: bounded, due: due, limit: limit}, release
}

// opening is what goes before a query: the BEGIN of the first, and what is left until the deadline, where the server would
// let the query run much longer.
func (v *view) opening() (before []*call, err error) {
	if !v.begun {
		begin, err := v.call(v.ctx, sqlPicture)
		if err != nil {
			return nil, err
		}
		before = append(before, begin)
	}
	if v.due.IsZero() {
		return before, nil
	}
	left := time.Until(v.due).Truncate(time.Millisecond)
	if left <= 0 { // 0 would be no timeout at all
		return nil, context.DeadlineExceeded
	}
	if v.limit-left < slack {
		return before, nil
	}
	limit, err := v.call(v.ctx, sqlTimeout, strconv.FormatInt(left.Milliseconds(), 10))
	if err != nil {
		return nil, err
	}
	v.limit = left
	return append(before, limit), nil
}

// late is the error of a View, which is that of a deadline where the server ended it for that: to the millisecond, in which
// it reckons, not sooner.
func (v *view) late(err error) error {
	if !v.due.IsZero() && time.Until(v.due) < time.Millisecond && code(err) == queryCanceled {
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	return err
}

const queryCanceled = "57014" // SQLSTATE, by statement_timeout too

func (v *view) Get(r store.Record) (found bool, err error) {
	fields := r.Fields()
	return v.one(v.table(r).get, fields, plain(fields[:r.Table().Key])...)
}

// plain are the values that fields point to.
func plain(fields []any) []any { return store.Values(make([]any, 0, len(fields)), fields) }

// one reads the only row of a query, if there is one.
func (v *view) one(q store.Query, dest []any, args ...any) (found bool, err error) {
	err = v.Select(q, dest, func() error { found = true; return nil }, args...)
	return found, err
}

func (v *view) Select(q store.Query, dest []any, each func() error, args ...any) error {
	c, err := v.open(q, args)
	if err != nil {
		return err
	}
	for {
		row := c.next()
		if row == nil {
			return v.finish(c, nil)
		}
		err := scan(dest, row, c.columns)
		if err == nil {
			err = each()
		}
		if err != nil {
			return v.finish(c, err)
		}
	}
}

// open sends a query. One whose rows were still coming is read to its end first: each of it asked for something else.
func (v *view) open(q store.Query, args []any) (*cursor, error) {
	if v.reading != nil {
		v.reading.drain()
		v.reading = nil
	}
	before, err := v.opening()
	if err != nil {
		return nil, err
	}
	k, err := v.call(v.ctx, q, args...)
	if err != nil {
		return nil, err
	}
	p := v.pg.StartPipeline(v.ctx)
	for _, k := range append(before, k) {
		p.SendQueryStatement(k.StatementDescription, k.args, k.params, k.columns)
	}
	err = p.Sync()
	for i := 0; err == nil && i < len(before); i++ {
		err = before[i].read(p)
		v.begun = v.begun || err == nil // by BEGIN, whatever comes after: it is to be ended
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	c := &cursor{call: k, pipeline: p}
	if c.result, err = result(p); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	v.reading = c
	return c, nil
}

// finish ends a query.
func (v *view) finish(c *cursor, err error) error {
	if v.reading == c {
		v.reading = nil
	}
	c.end()
	return cmp.Or(err, c.err)
}

func (v *view) Balance(a ledger.Account) (amount ledger.Fen, err error) {
	_, err = v.one(balanceQuery(a), []any{&amount}, a.String())
	return amount, err
}

// balanceQuery looks among what is pending only where something may be.
func balanceQuery(a ledger.Account) store.Query {
	if a.Kind == ledger.Pool {
		return sqlPool
	}
	return sqlBalance
}

func (v *view) Posted(event ledger.Event, ref string) (store.Posted, error) {
	t := txnRow{event: string(event), ref: ref}
	_, err := v.Get(&t)
	return t.posted(), err
}

func (t *txnRow) posted() store.Posted {
	p := store.Posted{Seq: t.seq}
	copy(p.Hash[:], t.hash)
	return p
}

// A cursor is the rows of a query as they come in: a list may be longer than memory.
type cursor struct {
	*call
	pipeline *pgconn.Pipeline
	result   *pgconn.ResultReader
	ended    bool
	err      error
}

// next is the next row, which lasts until the one after it; nil after the last.
func (c *cursor) next() [][]byte {
	switch {
	case len(c.rows) > 0:
		row := c.rows[0]
		c.rows = c.rows[1:]
		return row
	case c.ended:
		return nil
	case c.result.NextRow():
		return c.result.Values()
	}
	c.end()
	return nil
}

// drain keeps the rows that are still to come, and frees the connection.
func (c *cursor) drain() {
	for !c.ended {
		if !c.result.NextRow() {
			c.end()
			return
		}
		c.rows = append(c.rows, clone(c.result.Values()))
	}
}

// end frees the connection; rows that nobody read are dropped.
func (c *cursor) end() {
	if c.ended {
		return
	}
	c.ended = true
	_, err := c.result.Close()
	c.err = cmp.Or(err, c.pipeline.Close())
}

// end ends the transaction, also of a View for whose result nobody waits. A connection that cannot is not used again.
func (v *view) end() error {
	if v.reading != nil { // each panicked
		v.reading.end()
	}
	if !v.begun || v.gone() {
		return nil
	}
	ctx, release := context.WithTimeout(context.WithoutCancel(v.ctx), grace)
	defer release()
	if _, err := v.do(ctx, sqlCommit); err != nil {
		return errors.Join(err, v.close())
	}
	return nil
}
