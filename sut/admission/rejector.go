package admission

import "math"

// The constants of the rejector, chosen in virtual time; see rejector_test.go.
const (
	rejectMargin = 0.25 // passed beyond what the backend completes, so that it never waits for the threshold
	rejectKp     = 0.2  // proportional gain a tick
	rejectKi     = 0.1  // integral gain a tick
	rejectLess   = 0.25 // the most that the integral takes away: the margin, so never below the backend
	rejectMore   = 4.0  // the most that it adds
	rejectCrowd  = 1.5  // times what can be completed is more than chance
	rejectFloor  = 2.0  // as the margin, for the reserve of a class: it is few, so chance weighs more
	rejectEase   = 0.25 // weight of a new tick in the smoothed counts
	rejectSlow   = 0.05 // the same, for deciding which classes are crowded
	rejectDoubt  = 3.0  // standard deviations that do not count against a class
	rejectJump   = 4.0  // standard deviations of chance beyond which a tick is a step, and believed at once
)

// A rejector turns away what the limiter would turn away anyhow, but by one
// comparison: once a tick it sets the Level up to which requests pass. Its
// error is that of Cinnamon,
//
//	e = (in - (1+m)·out - free) / need,   need = max(out, limit·T/L)
//
// with in those that passed and out those that the backend completed in the
// tick, free the idle seats, L the latency, T the tick, and a margin m that
// keeps the limiter supplied. Cinnamon lets e move the ratio of refusals; there
// the gain of the loop grows with the overload, and at 300 times the load no
// constant is stable. Here e moves the number that passes, in parts of need,
//
//	pass = need·(1 + m - kp·e - ki·Σe) + free
//
// and the ratio 1 - pass/arrivals follows from the arrivals of this very tick:
// a step is answered in full at the first tick that sees it, without waiting
// for the integral, and when fewer come than pass, all do, at once.
//
// A class is cut only if it is crowded. So a class whose demand is within what
// can be completed is never refused here, however the counts of a tick may fall.
//
// In a storm at 50 requests a second a tick has 5 completions, give or take 2.
// So counts are smoothed, but a tick that chance does not explain is believed.
//
// Sources: Cinnamon (Uber, 2023) for the error and the threshold by histogram;
// DAGOR (SoCC 2018) for the histogram; Åström, Murray: Feedback Systems,
// section 11.4, on windup.
type rejector struct {
	threshold Level // AllLevels while nothing is held back
	floor     [Classes]Level
	shape     [Buckets]float32 // arrivals a tick by bucket, smoothed
	arrivals  float64          // their sum
	out       float64          // completions a tick, smoothed
	upTo      [Classes]float64 // arrivals a tick of this class and those above it, smoothed more
	need      float64          // what can be completed in a tick; 0 before the first
	sum       float64          // ki·Σe, bounded
	ratio     float64          // of the arrivals that the threshold refuses
}

// flow is what went through the guard in one tick, in requests.
type flow struct {
	scale   float64          // from these counts to those of a whole tick, for arrivals
	in, out float64          // passed the threshold; completed
	free    float64          // idle seats now
	need    float64          // what the limit and the latency let complete; 0 if unknown
	reserve [Classes]float64 // shares of the limit
}

// tick takes the arrivals of one tick and sets the threshold.
func (r *rejector) tick(arrivals *Histogram, f flow) {
	came := float64(arrivals.total()) * f.scale
	r.count(arrivals, came, f.scale)
	r.out += (f.out - r.out) * rejectSlow
	r.threshold, r.floor = AllLevels, [Classes]Level{}
	need := max(r.out, f.need)
	r.need = need
	if need == 0 {
		return // nothing is known of the backend yet: the limit alone decides
	}
	e := (f.in - (1+rejectMargin)*f.out - f.free) / need
	pass := need*(1+rejectMargin-rejectKp*e-r.sum) + f.free
	if pass >= min(r.arrivals, came) {
		r.sum, r.ratio = 0, 0 // nothing is held back, so there is nothing to learn from
		return
	}
	r.sum = min(max(r.sum+rejectKi*e, -rejectMore), rejectLess)
	pass = max(pass, need)
	r.ratio = max(0, 1-pass/r.arrivals)
	r.cut(pass, f.reserve)
}

// count smooths the arrivals, unless they jump.
func (r *rejector) count(arrivals *Histogram, came, scale float64) {
	mean := r.arrivals
	ease := smooth(&mean, came, rejectEase)
	r.arrivals = 0
	upTo := 0.0
	for i, n := range arrivals {
		x := float64(n) * scale
		r.shape[i] += (float32(x) - r.shape[i]) * float32(ease)
		r.arrivals += float64(r.shape[i])
		upTo += x
		if i%perClass == perClass-1 {
			r.expect(i/perClass, upTo)
		}
	}
}

// expect counts the arrivals of a class and those above it. A rise is believed
// bit by bit, even one that chance does not explain: what a process that stood
// still for a moment finds waiting looks like one, and to take a calm class for a
// crowded one costs it its queue. A storm is so large that a bit of it will do.
func (r *rejector) expect(c int, upTo float64) {
	if mean := &r.upTo[c]; upTo > *mean {
		*mean += (upTo - *mean) * rejectSlow
	} else {
		smooth(mean, upTo, rejectSlow)
	}
}

// smooth moves a mean of counts by one of them, all the way if chance would not
// explain it, and returns how far.
func smooth(mean *float64, x, ease float64) float64 {
	if math.Abs(x-*mean) > rejectJump*(math.Sqrt(*mean)+1) {
		ease = 1
	}
	*mean += (x - *mean) * ease
	return ease
}

// calm reports whether all that comes of the class and those above it can be
// completed. While others come below it, who are to be refused first, what
// chance explains does not count against it.
func (r *rejector) calm(c Class) bool {
	doubt := 0.0
	if r.upTo[c] < r.upTo[Classes-1] {
		doubt = rejectDoubt * math.Sqrt(rejectSlow*r.need)
	}
	return r.need > 0 && r.upTo[c] <= r.need+doubt
}

// crowded reports whether so much more comes than can be completed that some of
// the class will never be served. Between calm and crowded is what chance may
// make of either.
func (r *rejector) crowded(c Class) bool {
	return r.need > 0 && r.upTo[c] > rejectCrowd*r.need
}

// left is the part of what can be completed that the classes above this one
// leave to it, at least a tenth.
func (r *rejector) left(c Class) float64 {
	if c == 0 || r.need == 0 {
		return 1
	}
	return max(0.1, 1-r.upTo[c-1]/r.need)
}

// cut sets the threshold so that pass of the arrivals are at or below it, and
// the floor of each class so that it keeps its share of them whatever comes
// above it.
func (r *rejector) cut(pass float64, reserve [Classes]float64) {
	var came, kept [Classes]float64
	for i, n := range r.shape {
		came[i/perClass] += float64(n)
	}
	left := pass
	for c := range came {
		kept[c] = min(came[c], reserve[c]*pass)
		left -= kept[c]
	}
	for c := range came {
		if kept[c] > 0 {
			r.floor[c] = r.level(Class(c), rejectFloor*kept[c])
		}
		more := came[c] - kept[c]
		if left < more && r.crowded(Class(c)) {
			r.threshold = min(r.threshold, r.level(Class(c), kept[c]+left))
		}
		left = max(0, left-more)
	}
}

// level is the highest of the class so that n of its arrivals are at or below
// it: found bucket by bucket, and inside a bucket by the lot, which is even.
func (r *rejector) level(c Class, n float64) Level {
	for i := int(c) * perClass; i < (int(c)+1)*perClass; i++ {
		here := float64(r.shape[i])
		if n < here {
			lots := uint64(n / here * (1 << lotBits))
			return Level(max(uint64(i)<<lotBits+lots, 1) - 1)
		}
		n -= here
	}
	return Level(c)<<30 | (1<<30 - 1)
}
