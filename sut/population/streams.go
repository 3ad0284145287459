package population

import "math/rand/v2"

// Each purpose draws from its own stream, so that a change of one leaves the others' draws alone.
const (
	riskStream uint64 = iota + 101
	cardStream
	visitStream
	outletStream
	caseStream
	claimStream
	transferStream
	certificateStream
)

// stream is the chance of one purpose for one thing.
func stream(seed, purpose uint64, i, n int) *rand.Rand {
	return rand.New(rand.NewPCG(mix(seed, purpose), mix(uint64(i), uint64(n))))
}
