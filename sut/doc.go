// Package sut assembles the reference social-insurance service, the system under test of a drill.
//
//	s, err := sut.Start(ctx, sut.Config{Seed: 20230101, People: 100_000, Log: log})
//	defer s.Close(context.Background())
//	fmt.Println(s.URL(), s.Demo())
//
// The service is one process with an embedded database: a public listener with the operations of [traffic.Operations]
// behind a worker pool of a [Profile], and an admin listener for probes and metrics without one. What it promises:
// every mutation is a balanced double-entry posting with its idempotency key in the same transaction, on disk before
// it is acknowledged. [Check] proves that of a database file after the fact.
//
// From the outside in, a request passes metrics, the pool, httpapi (route, token, body, key), agency (the use case),
// store (group commit) and ledger (templates, chain).
//
// # Why the legacy profile holds a worker instead of spinning
//
// What makes 2018-era systems collapse is a scarce thing held for long (a database connection, a thread), not the
// processor. Holding a worker until 0.8 s after its start reproduces the queue exactly and leaves the machine's
// processor to the measuring side, so that the collapse seen is the service's and not the generator's.
package sut
