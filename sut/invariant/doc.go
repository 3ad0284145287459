// Package invariant holds the named checkers that prove a service's database: what must be true of everything stored,
// whatever happened to the service meanwhile.
//
//	findings, err := invariant.Of(ctx, s)
//
// Each checker reads what it needs and reports one [Finding]; none trusts what another one derived.
package invariant
