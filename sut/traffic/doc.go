// Package traffic is the reference service seen from outside: the table of its operations, and for every arrival of a
// drill the request that a person, hospital or bank would send.
//
//	t, err := traffic.New(people, book, traffic.NewKeys(seed), issued)
//	r, err := t.At(17, "claims.settle") // the same bytes every time
//
// The person of an arrival follows from its sequence number alone, so the same people come whatever the mix asks of
// them. Tokens are signed with the service's own keys; the payload and the Idempotency-Key follow from sequence number and
// operation. Nothing is stored and no clock is read: tokens count from an issue time that the caller gives.
package traffic
