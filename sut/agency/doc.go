// Package agency is what a social-insurance agency does for people, hospitals and banks: one use case a file.
//
//	a := agency.Agency{People: people, Rules: book, Store: store}
//	account, err := a.Account(ctx, person)
//
// A use case reads the population (a function of a seed), the policy packs, and what the store has kept since;
// it answers with a value that is also the JSON of the interface, or with a *[Refusal]. Mutations take the
// caller's idempotency key and answer with stored bytes: the same ones for every repetition.
//
// Money in JSON is whole fen in fields that end in _fen.
//
// # What it leaves out
//
// Waiting periods and eligibility: whoever is in the population is insured on the day. A declaration is not filed
// here: an active person's employer is taken to have declared them for every month from the population's opening day on.
package agency
