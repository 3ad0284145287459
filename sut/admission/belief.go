package admission

import "math"

const (
	beliefPoints = 105
	beliefStep   = 0.08 // e-folds from point to point, so the last is exp(8.32), 4,107
	beliefReach  = 9    // points that a jump goes at most: half or double
	beliefOdds   = 9.0  // most that one observation may speak against a knee, as a square of standard deviations
)

// belief is how likely each knee is: the number of requests in the backend
// below which latency is service alone, and above which it grows in step with
// the number. Point i stands for a knee of exp(i·beliefStep); all sum to 1.
type belief [beliefPoints]float64

// newBelief is spread around a knee, by so many e-folds.
func newBelief(knee, spread float64) *belief {
	b := &belief{}
	for i := range b {
		z := (float64(i)*beliefStep - math.Log(knee)) / spread
		b[i] = math.Exp(-z * z / 2)
	}
	b.normalise()
	return b
}

// view is what was seen of a backend with so many requests in it.
type view struct {
	inFlight float64 // logarithm of the number
	latency  float64 // logarithm of the mean latency, seconds
	noise    float64 // variance of latency; 0 is no view
}

// learn weighs each knee by how well it explains the step of latency from one
// view to the next. Only the difference counts, so the service itself may be of
// any length; and one step counts for so much at most, because what changed
// between the two may have been the service.
func (b *belief) learn(from, to view) {
	noise := from.noise + to.noise
	least, most := min(0, to.inFlight-from.inFlight), max(0, to.inFlight-from.inFlight)
	seen := max(least, min(to.latency-from.latency, most)) // beyond it, nothing is explained by any knee
	for i := range b {
		knee := float64(i) * beliefStep
		step := max(0, to.inFlight-knee) - max(0, from.inFlight-knee)
		off := seen - step
		b[i] *= math.Exp(-min(off*off/noise, beliefOdds) / 2)
	}
	b.normalise()
}

// wander lets time pass: the knee drifts by so many e-folds, and with the
// chance jump it is anywhere up to twice or half of what it was.
func (b *belief) wander(drift, jump float64) {
	old := *b
	var sums [beliefPoints + 1]float64
	for i, p := range old {
		sums[i+1] = sums[i] + p
	}
	share := drift * drift / (beliefStep * beliefStep) / 2
	for i := range b {
		below, above := old[max(i-1, 0)], old[min(i+1, beliefPoints-1)]
		near := sums[min(i+beliefReach+1, beliefPoints)] - sums[max(i-beliefReach, 0)]
		p := old[i] + share*(below+above-2*old[i])
		b[i] = p + jump*(near/(2*beliefReach+1)-p)
	}
	b.normalise()
}

func (b *belief) normalise() {
	sum := 0.0
	for _, p := range b {
		sum += p
	}
	for i := range b {
		b[i] /= sum
	}
}

// quantile is the number that the knee is below of with probability q.
func (b *belief) quantile(q float64) float64 {
	below := 0.0
	for i, p := range b {
		if below+p >= q {
			return math.Exp((float64(i) - 0.5 + (q-below)/p) * beliefStep)
		}
		below += p
	}
	return math.Exp((beliefPoints - 1) * beliefStep)
}

// below is the probability that the knee is below of a number.
func (b *belief) below(number float64) float64 {
	at := math.Log(number)/beliefStep + 0.5
	sum := 0.0
	for i, p := range b {
		sum += p * max(0, min(at-float64(i), 1))
	}
	return sum
}
