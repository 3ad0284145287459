// Package ledger is the double-entry book of the social-insurance funds, in whole fen.
//
// A transaction is a list of entries. A debit is positive, a credit is negative, and the entries of a
// transaction sum to zero inside every fund it touches: money never moves from one fund to another
// (Social Insurance Law 2018, article 64). A transaction is made by a template, one per business event,
// so that no use case invents its own posting:
//
//	t := ledger.Settled(ledger.Claim{Ref: "H0042/V17", Region: "420500", Hospital: "H0042", Person: 7, Fund: 65000, Account: 20000})
//	err := t.Check() // nil: +POOL 65000, +MA 20000, -PAYABLE 85000, all in the medical fund
//
// Stored transactions form a chain: each hash covers the transaction and the hash before it, so a row that
// is changed, dropped or inserted later is found by [Audit], which also proves the other invariants of the book.
//
// # Chart of accounts
//
//	BANK(f, region)      money at the clearing bank
//	RECV(f, payer)       assessed, not yet paid
//	DEFERRED(f, payer)   the other side of RECV until money arrives
//	SUSP(f, bank)        money received that matches no declaration
//	POOL(f, region)      the pooled fund
//	PA(person)           pension personal account, in the pension fund
//	MA(person)           medical personal account, in the medical fund
//	PAYABLE(f, hospital) owed to a hospital
//	OPENING(f, region)   the contra account of balances a person brought along when first touched
//
// # Why opening entries
//
// The population is a function of a seed and is not stored ahead. The first posting that touches a person
// therefore posts what that person already owned, once, against OPENING. The other choice, writing 100,000
// people before the service is ready, costs seconds at start for rows that a drill mostly never reads.
//
// The package computes only: it reads no clock and no files.
package ledger
