package postgres

import "github.com/peakday/peakday/sut/store"

// The statements that only this store sends.
const (
	sqlBegin    store.Query = `BEGIN`
	sqlCommit   store.Query = `COMMIT`
	sqlRollback store.Query = `ROLLBACK`
	sqlPicture  store.Query = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`

	sqlTimeout store.Query = `SELECT set_config('statement_timeout', $1, true)` // in ms, for this transaction

	sqlServer store.Query = `SELECT current_setting('server_version_num'), current_setting('fsync'), current_setting('synchronous_commit')`
	sqlLane   store.Query = `SELECT pg_try_advisory_lock($1::int, $2::int)`
	sqlHead   store.Query = `SELECT seq, hash FROM head WHERE kind = $1 AND lane = $2`

	sqlBalance store.Query = `SELECT coalesce(sum(amount), 0)::bigint FROM balance WHERE account = $1`
	sqlPool    store.Query = `SELECT coalesce(sum(amount), 0)::bigint FROM (
SELECT amount FROM balance WHERE account = $1 UNION ALL SELECT amount FROM balance_pending WHERE account = $1) AS parts`

	sqlAddBalances store.Query = `INSERT INTO balance (account, stripe, amount) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
ON CONFLICT (account, stripe) DO UPDATE SET amount = balance.amount + excluded.amount`
	sqlAddTotals store.Query = `INSERT INTO statistic (report, bucket, stripe, n, total) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
ON CONFLICT (report, bucket, stripe) DO UPDATE SET n = statistic.n + excluded.n, total = statistic.total + excluded.total`
	sqlSetHead store.Query = `INSERT INTO head (kind, lane, seq, hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, lane) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`

	sqlSize    store.Query = `SELECT coalesce(sum(seq % 1000000000000), 0)::bigint FROM head WHERE kind = 'txn'`
	sqlAnalyze store.Query = `ANALYZE`

	// One process at a time folds: two would wait for each other's rows.
	sqlFold store.Query = `WITH folded AS (DELETE FROM balance_pending WHERE pg_try_advisory_xact_lock($1::int, 0) RETURNING account, amount)
INSERT INTO balance (account, stripe, amount) SELECT account, 0, sum(amount)::bigint FROM folded GROUP BY account ORDER BY account
ON CONFLICT (account, stripe) DO UPDATE SET amount = balance.amount + excluded.amount`
)

// The first numbers of our advisory locks, which every service on the database must agree on.
const (
	lockTables = 0x70656b31 // while the tables are brought forward
	lockLane   = 0x70656b32 // one a lane, held by the connection that writes it
	lockFold   = 0x70656b33
)

// A transaction, a sum and an event are records like any other, but that only this package writes them.
type (
	txnRow struct {
		event, ref string
		seq        int64
		hash       []byte
		reverses   string
		at         int64
		entries    string
	}
	auditRow struct {
		seq   int64
		hash  []byte
		event string
	}
	pendingRow struct {
		account string
		seq     int64
		amount  int64
	}
	balanceRow struct {
		account        string
		stripe, amount int64
	}
	totalRow struct {
		report, bucket   string
		stripe, n, total int64
	}
)

var (
	// The key is what may be posted once; the number is unique as well.
	txnTable     = store.Table{Name: "txn", Columns: []string{"event", "ref", "seq", "hash", "reverses", "at", "entries"}, Key: 2}
	auditTable   = store.Table{Name: "audit", Columns: []string{"seq", "hash", "event"}, Key: 1}
	pendingTable = store.Table{Name: "balance_pending", Columns: []string{"account", "seq", "amount"}, Key: 2}
	balanceTable = store.Table{Name: "balance", Columns: []string{"account", "stripe", "amount"}, Key: 2}
	totalTable   = store.Table{Name: "statistic", Columns: []string{"report", "bucket", "stripe", "n", "total"}, Key: 3}
)

func (*txnRow) Table() *store.Table     { return &txnTable }
func (*auditRow) Table() *store.Table   { return &auditTable }
func (*pendingRow) Table() *store.Table { return &pendingTable }
func (*balanceRow) Table() *store.Table { return &balanceTable }
func (*totalRow) Table() *store.Table   { return &totalTable }

func (t *txnRow) Fields() []any {
	return []any{&t.event, &t.ref, &t.seq, &t.hash, &t.reverses, &t.at, &t.entries}
}
func (a *auditRow) Fields() []any   { return []any{&a.seq, &a.hash, &a.event} }
func (p *pendingRow) Fields() []any { return []any{&p.account, &p.seq, &p.amount} }
func (b *balanceRow) Fields() []any { return []any{&b.account, &b.stripe, &b.amount} }
func (t *totalRow) Fields() []any   { return []any{&t.report, &t.bucket, &t.stripe, &t.n, &t.total} }

// tableQueries are the statements of one table.
type tableQueries struct {
	get, lock, set, insert store.Query
	kinds                  []kind
}

func (c *conn) table(r store.Record) *tableQueries {
	t := r.Table()
	q := c.tables[t]
	if q == nil {
		q = &tableQueries{get: store.Query(t.Get()), insert: insertRows(r)}
		q.lock = q.get
		if t.Versioned() {
			q.set = store.Query(t.Set())
			q.lock += " FOR NO KEY UPDATE"
		}
		for _, f := range r.Fields() {
			q.kinds = append(q.kinds, kindOf(f))
		}
		c.tables[t] = q
	}
	return q
}
