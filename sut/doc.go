// Package sut assembles the reference social-insurance service, the system under test of a drill.
//
//	s, err := sut.Start(ctx, sut.Config{Seed: 20230101, People: 100_000, Log: log})
//	defer s.Close(context.Background())
//	fmt.Println(s.URL(), s.Demo())
//
// The service is one process: a public listener with the operations of [traffic.Routes] behind a worker pool of a
// [Profile], and an admin listener without one, for probes, metrics, exports and proofs. Its database is a file (SQLite)
// or a PostgreSQL. What it promises: every mutation is a balanced double-entry posting, or moves no money, with its
// business records, its idempotency key and its audit event in the same transaction, on disk before it is acknowledged.
// [Check] proves that of a database after the fact.
//
// # Where a system of its kind has what
//
// From the outside in, a request passes metrics, the pool, httpapi (route, caller, body, key), agency (the use case),
// store (group commit) and ledger (templates, chain). The modules and layers that a production system of social
// insurance is said to have are here:
//
//	insured persons      population, who there is; agency: enrol, update, account
//	contributions        agency: declare, assess, payment, late fees, reconciliation
//	benefits             agency: claims, benefits, payouts, transfers, pension estimates
//	policies             rules, dated packs with citation and approval; agency: policies
//	workflow             workflow, life cycles and statutory clocks; agency: jobs, four eyes
//	statistics           agency: statistics, running totals and one heavy report
//	data layer           store, with store/sqlite and store/postgres; ledger
//	application layer    agency
//	interface layer      httpapi, for people, employers, hospitals and banks
//	security layer       vault, sealed fields and the audit log; httpapi, roles and signatures
//	user layer           traffic, what each of them sends; agency: outlets, codes, feedback
//
// invariant proves what is stored, container and store/postgres/server give the service and its database a known size.
//
// # Why the legacy profile holds a worker instead of spinning
//
// What makes 2018-era systems collapse is a scarce thing held for long (a database connection, a thread), not the
// processor. Holding a worker until 0.8 s after its start reproduces the queue exactly and leaves the machine's
// processor to the measuring side, so that the collapse seen is the service's and not the generator's.
//
// # Why keys and anchors lie beside the database
//
// A key file NAME.keys seals the personal fields, an anchor file NAME.anchors vouches for the audit log. Beside the
// database they are found without a setting; a real agency would keep both where whoever has the database cannot go.
package sut
