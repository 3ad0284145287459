// Package postgres is the store behind a server: PostgreSQL 15 or later.
//
//	s, err := postgres.Open(ctx, "postgres://peakday@db.internal/peakday", postgres.Options{Pool: store.Pool{Stripes: 1}})
//	defer s.Close()
//
// # How Updates become commits
//
//  1. A writer, one of [Options.Writers], takes the Updates that wait, up to 64. It owns a connection and a lane of the
//     ledger's and the audit log's chains.
//  2. It runs each as a coroutine, until it needs a row. When all wait, their queries go in one round trip, and each goes
//     on with its row: a group of 64 that reads three times makes three round trips and not 192.
//  3. What they write is kept in memory: a Get sees what its own Update wrote. The first Post takes the lane's chain for
//     its Update until that ends, since every hash stands on the one before.
//  4. What an Update wrote that was refused is dropped. What the others wrote goes in one round trip: a statement a table
//     with its rows as arrays, a statement a row that was Set, and the sums of what was moved and counted. Then COMMIT, which
//     PostgreSQL answers when its log is on disk (synchronous_commit=on; a server with fsync=off is refused). Then every
//     caller is told.
//
// # Why READ COMMITTED is enough
//
// Two Updates, of one group or of two writers, may read the same rows at the same time. Both may keep what they wrote
// only where they wrote different rows. A row that one Adds is guarded by its unique key: the other's INSERT waits for the
// first one's commit and then fails. A row that one Sets is guarded by its version: the other's UPDATE waits, and then
// finds no row of the version that was read. Inside a group the writer compares keys itself. So whatever two Updates
// decide on must be a row that both write: who takes money from a person's account Sets the person, and a balance that
// was read is as good as the person's version. What is only read may change before the commit, as READ COMMITTED says.
// SERIALIZABLE would guard that too, at the price of false conflicts between groups: they share pages of every index.
//
// The one that was too late is run again from the start. A group with such an Update is rolled back and each half of it
// run again, down to one. Alone, and from its second time on, its reads lock what they find, so that it waits for the
// others instead of losing to them again. The same conflict twice in a row, then, is its own: ErrExists or ErrStale.
// Everybody locks rows in one order (tables by name, rows by key, then sums), so that waiting does not go in a
// circle; an Update that calls Change, which locks what it likes, runs alone and is run again after a deadlock.
//
// # Hot rows
//
// Balances that many Updates move have a row for each lane, and their reader adds them up. Only POOL is kept as
// [store.Pool] says: with one stripe its row is held by one group from its last statement to the end of its commit, and
// writers wait for it in turn; with several they wait less; lazily they add a row each to balance_pending, which is folded
// into the balance once a second.
//
// # Why ANALYZE
//
// A prepared statement keeps its plan, and one made for an empty table takes any index that begins with a column of the
// key: measured, pushes of one bank read all its payments, and 2,000 a second were left of 7,500. PostgreSQL plans again
// after ANALYZE. Its autovacuum looks once a minute, so the store asks for it whenever the ledger has doubled.
//
// # When the server is gone
//
// An Update or View that meets a lost connection returns an error that says so; the next one connects again. An Update
// whose connection is lost in its COMMIT may or may not be kept: repeating it with its idempotency key tells. Lanes are
// locked by session, so a pooler in between must keep sessions apart (not pgbouncer's pool_mode=transaction).
//
// Text with a NUL byte, which PostgreSQL cannot store, is refused.
package postgres
