// Package retry says whether a client tries again, and after which pause; and whether it may, or is to send less altogether.
//
//	pause, again := retry.Next(policy, attempt, retryAfter, r) // one request
//	again = again && budget.Retry(now)                         // beside all the others of the client
//	send := throttle.Allow(now, r)                             // while the service sheds
//
// The pause before retry n is the policy's delay, doubled n-1 times when the backoff is exponential; a longer Retry-After
// of the server takes its place. What stands there is then stretched by a factor drawn from [1, 1+Jitter], so that a crowd
// that was refused together does not come back together, and nobody comes back before the server asked.
//
// A [Budget] bounds the retries of a client to a share of its requests. A [Throttle] refuses requests where they are made, as
// long as the service would refuse them. Package client puts the three around net/http.
//
// When patience runs out is for the caller to say: it knows when the first attempt was due.
package retry
