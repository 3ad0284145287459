package admission

import (
	"math"
	"time"
)

// The constants of elastic, chosen in the simulation on seeds 1 to 10.
const (
	elasticStart   = 24 // first limit, as vegas
	elasticLeast   = 2
	elasticMost    = 4096
	elasticSpread  = 0.35 // of the first belief about a seed, in e-folds
	elasticUnsure  = 1.0  // and about a limit that nobody measured
	elasticWish    = 0.9  // probability that the knee is below the limit: too many in the backend cost less than too few
	elasticDrift   = 0.04 // e-folds that a knee wanders in a window
	elasticJump    = 0.01 // chance that it jumps in a window
	elasticStartle = 0.3  // and in a window of a latency that nothing explains
	elasticAbove   = 0.1  // probability that the knee lies beyond a probe upwards, which is worth one
	elasticBelow   = 0.75 // and downwards, which costs goodput
	elasticRest    = 4    // windows between probes, at least
	elasticShallow = 0.12 // e-folds that a probe goes up or down, least
	elasticDeep    = 0.4  // and most; between them, three standard deviations of what it measures
	elasticStep    = 0.05 // e-folds that the limit does not move for
	elasticGrow    = 1.4  // most that a window may multiply the limit by
	elasticCut     = 0.7  // least
	elasticNoise   = 0.01 // of a mean latency, whatever its samples say
	elasticBlend   = 0.3  // least weight of a new window in the view of a limit that stands
	elasticCohort  = 48   // least requests in a window,
	elasticWide    = 400  // and most that scattered latencies may make of it,
	elasticScatter = 100  // by so many for each unit of the squared coefficient of variation
	elasticShared  = 2    // its variance, of that of so many samples of their own: those of a window wait for each other
	elasticSlack   = 0.8  // share of the ceiling below which a brake is let go
	elasticDrops   = 0.1  // share of dropped requests in a window that is a sign of overload
	elasticBrake   = 0.75 // what is left of the limit after such a window,
	elasticBraked  = 0.2  // and after many
)

// elastic asks the backend itself whether requests wait in it: it moves the limit
// a little and looks whether latency moves with it. There is no stored latency
// to become stale; what it keeps is a belief about the knee, made of such
// steps and forgotten as time passes, and it moves the limit to where the belief says.
//
// Where steps are clear, the belief is sharp and few are needed; where service
// times scatter, the limit stays near to what was known before, and errs upwards.
//
// Sources: Protego (NSDI 2023), which admits more while it pays in throughput;
// probabilistic bisection (Horstein 1963) for the rest.
type elastic struct {
	ceiling     time.Duration
	least, most float64
	limit       float64
	knee        *belief
	probe       float64 // e-folds that the limit is moved by now, to learn
	rested      int     // windows since the last probe
	last        view
	scatter     float64 // squared coefficient of variation of latencies
	latency     time.Duration
	brake       float64
	now, next   cohort // next holds the requests that begin before now is done
	snap        Snapshot
}

// cohort is a window: size requests that began one after another. Taking those
// that end in some time instead would favour the short ones.
type cohort struct {
	first         uint64 // serial of the first
	size, done    int
	good, dropped int
	sum, squares  float64 // seconds, of the good
	inFlight      int     // sum over done, each as it left
}

func newElastic(c LawConfig) (Law, error) {
	k := &elastic{ceiling: c.Ceiling, brake: 1}
	k.limit, k.least, k.most = c.bounds(elasticStart, elasticLeast, elasticMost)
	spread := elasticUnsure
	if c.Seed > 0 {
		spread = elasticSpread
	}
	k.knee = newBelief(k.limit, spread)
	k.open(time.Time{}, 0)
	return k, nil
}

func (k *elastic) Snapshot() *Snapshot { return &k.snap }

// open begins a window, next being the serial of the next request to start. While
// the limit stands, windows follow each other without a gap.
func (k *elastic) open(now time.Time, next uint64) {
	limit := int(math.Ceil(max(k.least, min(k.limit*k.brake*math.Exp(k.probe), k.most))))
	k.snap.Latency = k.latency
	if limit == k.snap.Limit {
		k.now = k.next
		k.next = cohort{first: max(next, k.now.first+uint64(k.now.size)), size: k.now.size}
		return
	}
	size := max(limit, elasticCohort, min(int(elasticScatter*k.scatter), elasticWide))
	if k.brake < 1 {
		size = max(limit, elasticLeast) // a round is enough to see whether it is over
	}
	k.now = cohort{first: next, size: size}
	k.next = cohort{first: next + uint64(size), size: size}
	k.snap = Snapshot{
		Law: "elastic", Limit: limit, Latency: k.latency, Elasticity: k.knee.below(k.limit),
		From: k.snap.Limit, Since: now, Rise: k.latency / 2,
	}
}

func (k *elastic) Complete(now time.Time, s Sample) {
	if k.now.done == 0 && k.snap.At(now) < k.snap.Limit {
		k.now.first = s.Started // the window comes after the rise
		k.next.first = s.Started + uint64(k.now.size)
		return
	}
	k.now.take(s, k.ceiling)
	k.next.take(s, k.ceiling)
	if k.now.done < k.now.size-k.now.size/20 { // the last few may hang
		return
	}
	k.move()
	k.open(now, s.Started)
}

// take counts the request if it belongs to the cohort. One that was dropped
// late was dropped because it was late, so its time is a latency.
func (c *cohort) take(s Sample, ceiling time.Duration) {
	if s.Serial < c.first || s.Serial >= c.first+uint64(c.size) {
		return
	}
	c.done++
	c.inFlight += s.InFlight
	if s.Outcome == Dropped {
		c.dropped++
	}
	if s.Outcome == Succeeded || s.Outcome == Dropped && ceiling > 0 && s.Took > ceiling/2 {
		took := s.Took.Seconds()
		c.good++
		c.sum += took
		c.squares += took * took
	}
}

// move sets limit, brake and probe by a full window.
func (k *elastic) move() {
	w := k.now
	mean := max(w.sum/max(float64(w.good), 1), 1e-9)
	inFlight := float64(w.inFlight) / float64(w.done)
	if k.slow(w, mean) {
		if w.good >= w.size/2 && k.last.noise > 0 && math.Log(inFlight)-k.last.inFlight > elasticStep {
			// It became slow as the limit rose: that is what the knee is known by.
			k.knee.learn(k.last, view{math.Log(inFlight), math.Log(mean), k.last.noise})
			k.settle()
		}
		k.brake = max(k.brake*elasticBrake, elasticBraked)
		k.last, k.probe = view{}, 0
		return
	}
	if mean < elasticSlack*k.ceiling.Seconds() || k.ceiling == 0 {
		k.brake = min(1, k.brake*2)
	}
	if w.good < w.size/2 {
		return
	}
	k.scatter = max(0, w.squares/float64(w.good)/(mean*mean)-1)
	k.latency = seconds(mean)
	if inFlight < 0.9*float64(k.snap.Limit) {
		k.last, k.probe = view{}, 0 // the limit was not put to the test
		return
	}
	noise := elasticNoise*elasticNoise + elasticShared*k.scatter/float64(w.good)
	k.see(view{math.Log(inFlight), math.Log(mean), noise})
	if k.probe == 0 {
		k.settle()
	}
	k.probe = k.choose(k.scatter / float64(w.good))
}

// slow reports that the backend drops requests, or takes longer than it may.
func (k *elastic) slow(w cohort, mean float64) bool {
	return float64(w.dropped) > elasticDrops*float64(w.done) || k.ceiling > 0 && mean > k.ceiling.Seconds()
}

// see learns from a view: by the step from the last one if the limit moved,
// else it makes the last one better.
func (k *elastic) see(v view) {
	jump := elasticJump
	defer func() {
		k.last = v
		k.knee.wander(elasticDrift, jump)
	}()
	if k.last.noise == 0 {
		return
	}
	step := v.latency - k.last.latency
	switch {
	case math.Abs(v.inFlight-k.last.inFlight) > elasticStep:
		k.knee.learn(k.last, v)
	case step*step > 9*(v.noise+k.last.noise):
		jump = elasticStartle
	default:
		a := max(elasticBlend, k.last.noise/(k.last.noise+v.noise))
		v.inFlight = k.last.inFlight + a*(v.inFlight-k.last.inFlight)
		v.latency = k.last.latency + a*step
		v.noise = (1-a)*(1-a)*k.last.noise + a*a*v.noise
	}
}

// settle moves the limit to where the belief wants it.
func (k *elastic) settle() {
	want := max(k.limit*elasticCut, min(k.knee.quantile(elasticWish), k.limit*elasticGrow))
	if math.Abs(math.Log(want/k.limit)) > elasticStep {
		k.limit = max(k.least, min(want, k.most))
	}
}

// choose returns the next probe, in e-folds: to the side on which the knee may
// be, if it may be far enough away to matter.
func (k *elastic) choose(noise float64) float64 {
	k.rested++
	if k.probe != 0 {
		k.rested = 0
	}
	if k.rested < elasticRest {
		return 0
	}
	depth := max(elasticShallow, min(3*math.Sqrt(noise), elasticDeep))
	below := k.knee.below(k.limit * math.Exp(-depth/2))
	above := 1 - k.knee.below(k.limit*math.Exp(depth/2))
	switch {
	case above > elasticAbove:
		return depth
	case below > elasticBelow:
		return -depth
	}
	return 0
}
