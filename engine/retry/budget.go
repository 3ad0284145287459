package retry

import "time"

// A Budget keeps retries to a share of the requests. Without one, a service that refuses everybody has three times the load
// from clients that try three times, and may never get out of it (Bronson et al., Metastable failures in distributed
// systems, HotOS 2021). Over any stretch of time, however short or long,
//
//	retries ≤ Share × first attempts + Floor × seconds + 10
//
// The 10 are what a calm time saves up, for the first seconds of trouble; a new budget has them. It is a token bucket, as in
// the AWS SDKs and gRPC, because the line above then holds exactly: over a sliding window in buckets, as in Finagle, and over
// the requests in flight, as in Envoy, it holds only nearly.
//
// One goroutine at a time may use it.
type Budget struct {
	Share float64 // retries for each first attempt, from 0 to 1
	Floor float64 // retries a second beyond the share, or a client of few requests could not retry at all; ≥ 0

	spent float64 // of saved, so that the zero value has it all
	at    time.Time
}

// saved is how many retries a budget can hold: ten seconds of a floor of one a second, as Finagle keeps ten seconds.
const saved = 10

// First pays in the share of one first attempt.
func (b *Budget) First() { b.spent = max(0, b.spent-b.Share) }

// Retry reports whether one more retry may be made now, and takes it from the budget.
func (b *Budget) Retry(now time.Time) bool {
	if !b.Has(now) {
		return false
	}
	b.spent++
	return true
}

// Has reports the same, and takes nothing: who has to ask elsewhere, too, calls Retry last. A now before the one of an
// earlier call pays in nothing.
func (b *Budget) Has(now time.Time) bool {
	if now.After(b.at) {
		if !b.at.IsZero() {
			b.spent = max(0, b.spent-b.Floor*now.Sub(b.at).Seconds())
		}
		b.at = now
	}
	return b.spent+1 <= saved+rounding
}

// rounding lets ten times a tenth be one.
const rounding = 1e-9
