// Package retry says whether a client tries again, and after which pause.
//
//	pause, again := retry.Next(policy, attempt, retryAfter, r)
//
// The pause before retry n is the policy's delay, doubled n-1 times when the backoff is exponential; a longer Retry-After
// of the server takes its place. What stands there is then stretched by a factor drawn from [1, 1+Jitter], so that a crowd
// that was refused together does not come back together, and nobody comes back before the server asked.
//
// When patience runs out is for the caller to say: it knows when the first attempt was due.
package retry
