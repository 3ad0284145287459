// Package invariant holds the named checkers that prove a service's database: what must be true of everything stored,
// whatever happened to the service meanwhile.
//
//	findings, err := invariant.Of(ctx, s)
//
// A checker is a function that says what it wants to be shown, and one pass shows everything to all of them: the ledger,
// the audit log, then the tables. None trusts what another one derived, and none shares code with the use cases that wrote.
// What the law says is reckoned again by package rules, from the packs that the amounts name; what stood before the
// service is asked of the population that the book was begun for.
//
//	I1        every transaction sums to zero in each fund
//	I2        every balance is the sum of its entries
//	I3        money received is allocated, in suspense or was sent back
//	I4        a person has one normal contribution a month, posted to the person's own accounts
//	I5        one payout for an entitlement and period, of the entitlement's amount
//	I6        the money of a transfer is in one place, and its months count once
//	I7        one effect for a key, with the receipt that was answered
//	I8        the months that count are those that were paid
//	I9        personal accounts are never overdrawn, and pensions never drawn before retirement
//	I10       every log of states is a path of its machine, to the state that the row is in
//	I11       the audit log is unbroken and has one event for each answer
//	I13       nothing is paid out after a benefit ended but what is booked as overpaid
//	I14       no fund owes or pays another but the premium of the unemployed
//	I15       a month that nobody declared is assessed at 110 % of the last
//	I16       every amount comes out the same again by the packs it names
//	chain     transactions are numbered without gaps, and each hash covers the one before
//	template  every transaction has the entries of its event, and each reversal negates one other
//	opening   everybody was met once, with what they owned
//	claims    every claim is posted once, with its fund and account parts, and counted in its year
//	kept      what was done, by the audit log, is there
//	outbox    every hop of a transfer and every batch that was sent has its message, to the partner it concerns
//	sealed    what names a person is sealed, and a certificate has the digest of a document
//	totals    the running statistics are those of the rows
//
// I12, that every acknowledgement a client holds is here once, takes the clients' journals and is not among them.
//
// # What it costs
//
// The ledger is read once. The checkers keep a few dozen bytes for each payment, claim, paid month, payout item and
// answer, and nothing for a transaction. Names are kept as 64-bit hashes, seeded anew in each run: two of a million
// names fall together in one run of 37 million, and it would show as a broken invariant, not hide one.
package invariant
