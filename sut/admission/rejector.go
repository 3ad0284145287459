package admission

import "math"

// The constants of the rejector, chosen in virtual time; see rejector_test.go.
const (
	rejectMargin = 0.25 // passed beyond what the backend completes, so that it never waits for the threshold
	rejectKp     = 0.2  // proportional gain a tick
	rejectKi     = 0.1  // integral gain a tick
	rejectLess   = 0.25 // the most that the integral takes away: the margin, so never below the backend
	rejectMore   = 4.0  // the most that it adds
	rejectEase   = 0.25 // weight of a new tick in the smoothed counts
	rejectJump   = 3.0  // standard deviations of chance beyond which a tick is a step, and believed at once
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
// In a storm at 50 requests a second a tick has 5 completions, give or take 2.
// So counts are smoothed, but a tick that chance does not explain is believed.
//
// Sources: Cinnamon (Uber, 2023) for the error and the 100 levels by histogram;
// DAGOR (SoCC 2018) for the histogram; Åström, Murray: Feedback Systems,
// section 11.4, on windup.
type rejector struct {
	shape    [Buckets]float32 // arrivals a tick by bucket, smoothed
	arrivals float64          // their sum
	out      float64          // completions a tick, smoothed
	sum      float64          // ki·Σe, bounded
	ratio    float64          // of the arrivals that the threshold refuses
}

// flow is what went through the guard in one tick, in requests.
type flow struct {
	in, out float64          // passed the threshold; completed
	free    float64          // idle seats now
	need    float64          // what the limit and the latency let complete; 0 if unknown
	reserve [Classes]float64 // shares of the limit
}

// tick takes the arrivals of one tick, counts as of a whole one, and sets the
// thresholds of s.
func (r *rejector) tick(arrivals *Histogram, scale float64, f flow, s *Snapshot) {
	r.count(arrivals, scale)
	r.out += (f.out - r.out) * rejectEase
	need := max(r.out, f.need, 1)
	e := (f.in - (1+rejectMargin)*f.out - f.free) / need
	pass := need*(1+rejectMargin-rejectKp*e-r.sum) + f.free
	s.Threshold, s.floor = AllLevels, [Classes]Level{}
	if pass >= r.arrivals {
		r.sum, r.ratio = 0, 0 // nothing is held back, so there is nothing to learn from
		return
	}
	r.sum = min(max(r.sum+rejectKi*e, -rejectMore), rejectLess)
	pass = max(pass, need)
	r.ratio = max(0, 1-pass/r.arrivals)
	r.cut(pass, f.reserve, s)
}

// count smooths the arrivals, unless they jump.
func (r *rejector) count(arrivals *Histogram, scale float64) {
	total := float64(arrivals.total()) * scale
	ease := rejectEase
	if math.Abs(total-r.arrivals) > rejectJump*(math.Sqrt(r.arrivals)+1) {
		ease = 1
	}
	r.arrivals = 0
	for i, n := range arrivals {
		r.shape[i] += (float32(float64(n)*scale) - r.shape[i]) * float32(ease)
		r.arrivals += float64(r.shape[i])
	}
}

// cut sets the threshold so that pass of the arrivals are at or below it, and
// the floor of each class so that it keeps its share of them whatever comes
// above it.
func (r *rejector) cut(pass float64, reserve [Classes]float64, s *Snapshot) {
	var came, kept [Classes]float64
	for i, n := range r.shape {
		came[Level(i<<lotBits).Class()] += float64(n)
	}
	left := pass
	for c := range came {
		kept[c] = min(came[c], reserve[c]*pass)
		left -= kept[c]
	}
	for c := range came {
		if kept[c] > 0 {
			s.floor[c] = r.level(Class(c), kept[c])
		}
		more := came[c] - kept[c]
		if left < more {
			s.Threshold = min(s.Threshold, r.level(Class(c), kept[c]+left))
		}
		left = max(0, left-more)
	}
}

// level is the highest of the class so that n of its arrivals are at or below
// it: found bucket by bucket, and inside a bucket by the lot, which is even.
func (r *rejector) level(c Class, n float64) Level {
	first := int(c) << 30 >> lotBits
	for i := first; i < first+Buckets/Classes; i++ {
		here := float64(r.shape[i])
		if n < here {
			lots := uint64(n / here * (1 << lotBits))
			return Level(max(uint64(i)<<lotBits+lots, 1) - 1)
		}
		n -= here
	}
	return Level(c)<<30 | (1<<30 - 1)
}
