// Package agency is what a social-insurance agency does for people, employers, hospitals and banks: one use case a file.
//
//	a := agency.Agency{People: people, Rules: book, Store: store, Vault: ring, Random: rand.Reader}
//	account, err := a.Account(ctx, person)
//
// A use case reads the population (a function of a seed), the policy packs, and what the store has kept since;
// it answers with a value that is also the JSON of the interface, or with a *[Refusal]. Mutations take a [Call] with the
// caller's idempotency key and answer with stored bytes: the same ones for every repetition. Answers are kept in clear, so
// none of them holds a name, an identity number, a phone or a bank account.
//
// Money in JSON is whole fen in fields that end in _fen.
//
// # Who sees what
//
// A [Caller] is a role and who in it. Citizens see themselves, employers their staff, hospitals their visits, banks their
// payments, clerks and reviewers the people of their region. What is not there and what is not the caller's are refused by the
// same words, so that ids cannot be tried out.
//
// # What stood before the opening day
//
// People, cases, claims and certificates of before the population's opening day are functions of their ids. A use case looks
// in the store first and there next; the first change of such a thing writes its row, and from then on it is like any other.
//
// # What it leaves out
//
// Waiting periods: whoever is in the population is insured on the day, and who is suspended still is for bills. Benefits
// end and are adjusted by payouts, not here; survivors' benefits are in the rules and have no application yet. Logins are
// not counted: who tries too often is the gateway's to hold.
package agency
