package retry

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// Next is the pause before the next attempt after attempt tries (1 after the first), or false when the policy allows no
// more. retryAfter is what the server asked for, 0 when it did not ask. One number is drawn from r for each pause.
func Next(policy scenarios.Retry, attempt int, retryAfter time.Duration, r *rand.Rand) (pause time.Duration, again bool) {
	if attempt >= policy.Attempts {
		return 0, false
	}
	wanted := float64(policy.Delay)
	if policy.Backoff == scenarios.Exponential {
		wanted = math.Ldexp(wanted, attempt-1)
	}
	wanted = max(wanted, float64(retryAfter)) * (1 + policy.Jitter*r.Float64())
	return saturate(wanted), true
}

// saturate keeps a pause that doubled for too long from wrapping around.
func saturate(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(ns)
}
