// Package sqlite is the embedded store: one file, no server, pure Go.
//
// # Why one writer with group commit
//
// SQLite lets one connection write at a time, and the price of a durable write is the fsync of its commit, not
// its rows. So a single goroutine owns the writing connection: it takes the Updates that wait, runs one after the
// other, commits them together and only then tells each caller. Under load many effects share one fsync;
// alone, an Update pays for its own. Many writing connections with busy timeouts were the other choice:
// they pay an fsync each and lose time to lock retries.
//
// The file is in WAL mode with synchronous=FULL: a commit that returned is on disk. Views run on their own
// connections, each in a read transaction, and neither wait for the writer nor hold it up. At its deadline a View is
// interrupted on its way to the first row of a query, and gets no row after that; a scan that is long in finding its next
// row goes on until then.
package sqlite
