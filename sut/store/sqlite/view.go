package sqlite

import (
	"context"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// The queries that only this store asks.
const (
	sqlBegin      store.Query = `BEGIN`
	sqlRollback   store.Query = `ROLLBACK`
	sqlBeginWrite store.Query = `BEGIN IMMEDIATE`
	sqlCommit     store.Query = `COMMIT`
	sqlSavepoint  store.Query = `SAVEPOINT one`
	sqlUndo       store.Query = `ROLLBACK TO one`
	sqlRelease    store.Query = `RELEASE one`

	sqlHead       store.Query = `SELECT seq, hash FROM head WHERE kind = $1 AND lane = 0`
	sqlSetHead    store.Query = `INSERT INTO head (kind, lane, seq, hash) VALUES ($1, 0, $2, $3) ON CONFLICT (kind, lane) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`
	sqlPosted     store.Query = `SELECT seq, hash FROM txn WHERE event = $1 AND ref = $2`
	sqlBalance    store.Query = `SELECT coalesce(sum(amount), 0) FROM balance WHERE account = $1`
	sqlAddTxn     store.Query = `INSERT INTO txn (seq, hash, event, ref, reverses, at, entries) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`
	sqlAddAudit   store.Query = `INSERT INTO audit (seq, hash, event) VALUES ($1, $2, $3)`
	sqlAddBalance store.Query = `INSERT INTO balance (account, stripe, amount) VALUES ($1, $2, $3) ON CONFLICT (account, stripe) DO UPDATE SET amount = amount + excluded.amount`
	sqlAddCount   store.Query = `INSERT INTO statistic (report, bucket, stripe, n, total) VALUES ($1, $2, 0, $3, $4) ON CONFLICT (report, bucket, stripe) DO UPDATE SET n = n + excluded.n, total = total + excluded.total`
)

// view reads on a connection that is inside a transaction.
type view struct {
	*conn
	ctx context.Context // of what is read
}

func (v view) Get(r store.Record) (found bool, err error) {
	t := r.Table()
	stmts := v.table(t)
	if stmts.get == nil {
		if stmts.get, err = v.prepare(t.Get()); err != nil {
			return false, err
		}
	}
	fields := r.Fields()
	v.values = store.Values(v.values[:0], fields[:t.Key])
	err = v.keyed(stmts.get, fields, func() error { found = true; return nil }, v.values)
	return found, err
}

// keyed asks for what a key finds. It is not interrupted: the rows are there before anybody could watch for the end, which
// takes half as long as they do.
func (v view) keyed(s *stmt, dest []any, each func() error, args []any) error {
	if err := v.ctx.Err(); err != nil {
		return err
	}
	return v.rows(context.Background(), s, dest, each, args)
}

func (v view) Select(q store.Query, dest []any, each func() error, args ...any) error {
	s, err := v.stmt(q)
	if err != nil {
		return err
	}
	return v.rows(v.ctx, s, dest, each, args)
}

func (v view) Balance(a ledger.Account) (amount ledger.Fen, err error) {
	s, err := v.stmt(sqlBalance)
	if err != nil {
		return 0, err
	}
	err = v.keyed(s, []any{&amount}, func() error { return nil }, []any{a.String()})
	return amount, err
}

func (v view) Posted(event ledger.Event, ref string) (p store.Posted, err error) {
	s, err := v.stmt(sqlPosted)
	if err != nil {
		return p, err
	}
	var hash []byte
	err = v.keyed(s, []any{&p.Seq, &hash}, func() error { return nil }, []any{event, ref})
	copy(p.Hash[:], hash)
	return p, err
}
