package admission

import (
	"math"
	"time"
)

// The constants of vegas. Those of the band are wider than in TCP Vegas and in
// Netflix's library (3 and 6 times log10 of the limit): a latency that is 5 %
// up through noise alone looks like 6 waiting requests at a limit of 128 and
// would stop the growth below the knee.
const (
	vegasStart  = 32   // first limit: a calm day needs less, a storm doubles it in two steps
	vegasLeast  = 8    // below it, the mean of a window is noise
	vegasMost   = 4096 // beyond it, something else is wrong
	vegasAlpha  = 0.10 // share of the limit that may wait in the backend: below, grow
	vegasBeta   = 0.20 // above, shrink
	vegasGrow   = 1.5  // factor while nothing waits
	vegasCut    = 0.75 // the most one window may take away
	vegasProbe  = 8    // windows held before the baseline is put to the test
	vegasUp     = 1.3
	vegasDown   = 0.85
	vegasSample = 16 // least samples in a window
	vegasWindow = 50 * time.Millisecond
	vegasDrops  = 0.1 // share of dropped requests in a window that is a sign of overload
)

// vegas keeps a few requests waiting in the backend, as TCP Vegas does in a
// router (Brakmo, Peterson 1995): with L in the backend, a latency R, and the
// latency B that it has when nothing waits,
//
//	waiting = L · (1 - B/R)
//
// and L moves once a window so that 10 to 20 % of it wait. Little's law gives
// the estimate; see the package comment for how B is found and where it fails.
type vegas struct {
	ceiling  time.Duration
	limit    float64
	baseline time.Duration
	last     point // the window before, if the limit was reached in it
	held     int   // windows in a row that asked for no change
	down     bool  // direction of the next probe
	win      window
	latency  time.Duration // mean of the last window
	snap     Snapshot
}

// point is one measurement: with that limit reached, that mean latency.
type point struct {
	limit   float64
	latency time.Duration
}

// window gathers the requests that started after the limit last moved: one
// that started before it tells about the limit before.
type window struct {
	since         time.Time
	sum           time.Duration
	good, dropped int
	peak          int // most requests in flight
}

func newVegas(c LawConfig) (Law, error) {
	v := &vegas{ceiling: c.Ceiling, limit: vegasStart}
	v.publish()
	return v, nil
}

func (v *vegas) Snapshot() Snapshot { return v.snap }

func (v *vegas) publish() {
	v.snap = Snapshot{Law: "vegas", Limit: int(v.limit), Baseline: v.baseline, Latency: v.latency}
}

// Complete adds the sample to the window and closes it when it holds a whole
// round: as many samples as were in flight. Fewer would show a part only
// where requests run in step, as they do when each takes the same time.
func (v *vegas) Complete(now time.Time, s Sample) {
	w := &v.win
	if s.Start.Before(w.since) {
		return
	}
	switch s.Outcome {
	case Succeeded:
		w.good++
		w.sum += now.Sub(s.Start)
	case Dropped:
		w.dropped++
	default:
		return
	}
	w.peak = max(w.peak, s.InFlight)
	if w.good+w.dropped < max(vegasSample, w.peak) || now.Sub(w.since) < vegasWindow {
		return
	}
	v.limit = min(max(v.move(), vegasLeast), vegasMost)
	v.win = window{since: now}
	v.publish()
}

// move takes the full window and returns the next limit.
func (v *vegas) move() float64 {
	w, L := v.win, v.limit
	before := v.last
	v.last = point{}
	if float64(w.dropped) > vegasDrops*float64(w.good+w.dropped) {
		return L * vegasCut
	}
	R := w.sum / time.Duration(w.good)
	v.latency = R
	if v.baseline == 0 || R < v.baseline {
		v.baseline = R
	}
	if float64(w.peak) < 0.9*L {
		return L // not reached: it was not put to the test, so it must not grow
	}
	v.last = point{L, R}
	v.baseline = max(v.baseline, service(before, v.last))
	if v.ceiling > 0 && R > v.ceiling {
		return L * vegasCut
	}

	inService := L * float64(v.baseline) / float64(R)
	waiting := L - inService
	alpha := max(vegasAlpha*L, 3*math.Log10(L))
	beta := max(vegasBeta*L, 6*math.Log10(L))
	if waiting >= alpha && waiting <= beta {
		return v.hold()
	}
	v.held = 0
	switch {
	case waiting > beta:
		return max(L*vegasCut, inService+alpha)
	case waiting > alpha/2:
		return L + math.Log10(L)
	}
	return L * vegasGrow
}

// hold keeps the limit, but now and then moves it up or down in turn, so that
// the next window can show the baseline to be wrong.
func (v *vegas) hold() float64 {
	v.held++
	if v.held < vegasProbe {
		return v.limit
	}
	v.held = 0
	v.down = !v.down
	if v.down {
		return v.limit * vegasDown
	}
	return v.limit * vegasUp
}

// service is the latency that two windows prove to be service and not waiting,
// or 0. Where requests wait, latency grows in step with the limit; where they
// do not, it stays. So with an elasticity ln(R2/R1) / ln(L2/L1) under a half,
// the smaller limit was at most a little above what the backend can work on,
// and its latency is the backend's own, however long it is.
func service(a, b point) time.Duration {
	if a.limit > b.limit {
		a, b = b, a
	}
	if a.limit == 0 || b.limit < 1.25*a.limit || a.latency > b.latency*11/10 {
		return 0
	}
	if math.Log(float64(b.latency)/float64(a.latency)) < 0.5*math.Log(b.limit/a.limit) {
		return a.latency
	}
	return 0
}
