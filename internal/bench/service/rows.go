package main

// A Row is one figure and what it must reach.
type Row struct {
	Key   string // names it in reasons.txt and among the figures
	What  string
	Unit  string
	Limit float64
	Least bool
	Free  bool // without a goal: it is reported beside others
	From  string
}

// Where the figures of rows come from.
const (
	startSmall = "peakday sut"
	startLarge = "peakday sut --people 10000000"
	flatOut    = "flat.yaml"
	openLoop   = "open.yaml"
	pushes     = "push.yaml"
)

// The figures to reach, as the project set them before anything was measured. A change here is a change of the promise.
var rows = []Row{
	{"ready-100k", "ready with 100,000 lazy people: from exec to the announcement", "s", 0.5, false, false, startSmall},
	{"ready-10m", "ready with 10 million lazy people: from exec to the announcement", "s", 3, false, false, startLarge},
	{"mix-rate", "normal-day mix on SQLite, flat out, 128 users: answers a second", "/s", 12_000, true, false, flatOut},
	{"mix-refused", "the same: refused or failed", "%", 0.5, false, false, flatOut},
	{"mix-service", "the same: CPU of the service per answer", "µs", 0, false, true, flatOut},
	{"mix-client", "the same: CPU of the client per answer", "µs", 0, false, true, flatOut},
	{"mix-others", "the same: used by everything else on the machine meanwhile", "cores", 0, false, true, flatOut},
	{"crypto", "the same: encryption, hashing and signatures, of the service's CPU", "%", 10, false, false, flatOut},
	{"crypto-signatures", "of these: Ed25519 of tokens", "%", 0, false, true, flatOut},
	{"open-p99", "normal-day mix on SQLite at 8,000/s, open loop: p99 over non-batch operations", "ms", 20, false, false, openLoop},
	{"open-p50", "the same: p50", "ms", 0, false, true, openLoop},
	{"open-refused", "the same: refused or failed", "%", 0.5, false, false, openLoop},
	{"open-others", "the same: used by everything else on the machine meanwhile", "cores", 0, false, true, openLoop},
	{"sqlite", "durable contribution postings at the Store seam, SQLite", "/s", 20_000, true, false, sqlitePayments.Command()},
	{"sqlite-rows", "the same: rows a posting, of its own", "", 0, false, true, sqlitePayments.Command()},
	{"sqlite-bare", "the same without the rows of audit and idempotency", "/s", 0, true, true, sqliteBare.Command()},
	{"sqlite-bare-rows", "the same: rows a posting", "", 0, false, true, sqliteBare.Command()},
	{"postgres", "durable contribution postings at the Store seam, PostgreSQL", "/s", 8_000, true, false, postgresPayments.Command()},
	{"postgres-rows", "the same: rows a posting, of its own", "", 0, false, true, postgresPayments.Command()},
	{"postgres-bare", "the same without the rows of audit and idempotency", "/s", 0, true, true, postgresBare.Command()},
	{"postgres-bare-rows", "the same: rows a posting", "", 0, false, true, postgresBare.Command()},
	{"push-rate", "the same over HTTP: payments.push flat out on SQLite, 256 users", "/s", 0, true, true, pushes},
	{"push-refused", "the same: refused or failed", "%", 0.5, false, false, pushes},
	{"declare", "bulk declaration of 50,000 lines, validated and posted", "lines/s", 100_000, true, false, declare.Command()},
	{"payout", "payout batch of a million items with double entry and bank file: plan to close", "s", 60, false, false, payout.Command()},
	{"payout-items", "the same: items", "", 1_000_000, true, false, payout.Command()},
	{"payout-cpu", "the same: CPU", "s", 0, false, true, payout.Command()},
	{"payout-lock", "the same: the dearest step, lock", "s", 0, false, true, payout.Command()},
	{"estimate", "pension estimate, one core", "/s", 50_000, true, false, estimate.Command()},
	{"estimate-allocs", "the same: allocations", "", 0, false, false, estimate.Command()},
}
