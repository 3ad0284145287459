// Package ledger is the double-entry book of the social-insurance funds, in whole fen.
//
// A transaction is a list of entries. A debit is positive, a credit is negative, and the entries of a
// transaction sum to zero inside every fund it touches: money never moves from one fund to another
// (Social Insurance Law 2018, article 64). A transaction is made by a template, one per business event,
// so that no use case invents its own posting:
//
//	t := ledger.Settled(ledger.Claim{Ref: "H0042/V17", Region: "420500", Hospital: "H0042", Person: 7, Fund: 65000, Account: 20000})
//	err := t.Check() // nil: +POOL 65000, +MA 20000, -PAYABLE 85000, all in the medical fund
//	back := ledger.Reverse(t, t.Ref) // the exact negation; nothing is ever deleted
//
// Stored transactions form chains, and each hash covers the transaction and the hash before it, so a row that
// is changed, dropped or inserted later is found by [VerifyExport], offline, from an export of the book.
//
// # Chart of accounts
//
//	BANK(f, region)       money in the clearing account at the bank
//	FISCAL(f, region)     money in the fiscal account of the region's treasury, where received money ends up
//	RECV(f, payer)        assessed, not yet paid
//	DEFERRED(f, payer)    the other side of RECV for contributions until money arrives
//	LATEFEE(f, region)    the other side of RECV for late fees until money arrives
//	SUSP(pension, bank)   money received that matches no declaration
//	POOL(f, region)       the pooled fund
//	PA(person)            pension personal account, in the pension fund
//	MA(person)            medical personal account, in the medical fund
//	PAYABLE(f, creditor)  owed to a hospital, to an entitlement, or to the items of a payout batch
//	TRANSIT(transfer)     money between regions, in the pension fund, one account a side; zero at rest
//	OVERPAID(f, person)   owed by a person who was paid too much
//	INTEREST(region)      credited interest, an expense of the pension fund
//	INTERFUND(f, region)  what the unemployment fund owes the medical fund; both sides sum to zero
//	OPENING(f, region)    the contra account of what stood before the book, when it is first touched
//
// # Templates
//
// One event, one function. The reversal of an event has ".reversed" at its end.
//
//	declaration.assessed   +RECV -DEFERRED                                [Assessed]
//	payment.matched        +BANK -RECV, +DEFERRED -POOL -PA -MA           [Matched], one person
//	payment.matched        +BANK -RECV                                    [MatchedWhole], many people
//	payment.allocated      +DEFERRED -POOL -PA… -MA…                      [Allocated], a chunk of them
//	payment.suspended      +BANK -SUSP                                    [Suspended]
//	payment.resolved       +SUSP -BANK, +BANK -RECV                       [Resolved], then payment.allocated
//	latefee.charged        +RECV -LATEFEE                                 [LateFeeCharged]
//	latefee.paid           +BANK -RECV, +LATEFEE -POOL                    [LateFeePaid]
//	person.opened          +OPENING -PA, +OPENING -MA                     [Opened]
//	people.opened          +OPENING -PA… -MA…                             [ManyOpened], a chunk
//	interest.credited      +INTEREST -PA…                                 [InterestCredited], a chunk
//	claim.opened           +OPENING -POOL -MA                             [ClaimOpened], then claim.settled
//	claim.settled          +POOL +MA -PAYABLE(hospital)                   [Settled]
//	payout.locked          +PA… +POOL -PAYABLE(batch)                     [PayoutLocked], a chunk
//	payout.sent            +PAYABLE(batch) -BANK                          [PayoutSent]
//	payout.returned        +BANK -PAYABLE(creditor)                       [PayoutReturned]
//	payout.requeued        +PAYABLE(creditor) -PAYABLE(next batch)        [PayoutRequeued]
//	payout.dropped         +PAYABLE(creditor) -PA -POOL                   [PayoutDropped]
//	payout.closed          no entries                                     [PayoutClosed]
//	overpayment.booked     +OVERPAID -POOL                                [OverpaymentBooked]
//	overpayment.recovered  +BANK -OVERPAID                                [OverpaymentRecovered]
//	overpayment.withheld   +PAYABLE(batch) -OVERPAID…                     [OverpaymentWithheld], a chunk
//	transfer.opened        +OPENING(from) -TRANSIT(from)                  [TransferOpened], in the place of transfer.released
//	transfer.released      +POOL +PA -TRANSIT(from)                       [TransferReleased]
//	transfer.sent          +TRANSIT(from) -BANK(from)                     [TransferSent]
//	transfer.received      +BANK(to) -TRANSIT(to)                         [TransferReceived]
//	transfer.credited      +TRANSIT(to) -POOL -PA                         [TransferCredited]
//	premium.owed           unemployment: +POOL -INTERFUND; medical: +INTERFUND -POOL -MA   [PremiumOwed]
//	premium.paid           unemployment: +INTERFUND -BANK; medical: +BANK -INTERFUND       [PremiumPaid]
//	treasury.swept         +FISCAL -BANK                                  [Swept]
//	treasury.drawn         +BANK -FISCAL                                  [Drawn]
//
// The amounts that a template is given are zero or more. An entry of zero is left out. Each template names an account
// once, as long as its chunk names a person once; only payment.resolved may name the pension fund's BANK twice.
//
// # Why opening entries
//
// The population is a function of a seed and is not stored ahead. The first posting that touches a person
// therefore posts what that person already owned, once, against OPENING. The other choice, writing 100,000
// people before the service is ready, costs seconds at start for rows that a drill mostly never reads.
//
// # Why DEFERRED is kept by payer
//
// An account for each declaration would show from the book alone which of them is unpaid, and would add four
// balances a declaration that are zero for ever after. By payer the book has as many as there are payers, and a
// declaration's own record says whether it is paid.
//
// # Why lanes
//
// A chain has one end, and two writers that want to extend it must wait for each other. A store with several
// writing connections therefore keeps one chain for each, a lane, and numbers lane n from n·10¹² + 1 ([First]), so that
// a number alone tells its lane ([Lane]). What lanes give up is the order between them: it is that of At. One hash over
// their heads ([Root]) still stands for the whole book.
//
// The package computes only: it reads no clock and no files.
package ledger
