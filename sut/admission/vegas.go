package admission

import (
	"math"
	"time"
)

// The constants of vegas, chosen in a simulation (now package simulate) on seeds 1
// to 10. The band is relative, unlike that of TCP Vegas and of Netflix's
// library (3 and 6 times log10 of the limit): with theirs, a latency that is
// 5 % up through noise looks like a full queue at a limit of 128.
const (
	vegasStart  = 24   // first limit: more than a calm day holds, and a storm outgrows it in seconds
	vegasLeast  = 8    // a limit below it would be ruled by chance
	vegasMost   = 4096 // beyond it, something else is wrong
	vegasAlpha  = 0.05 // share of the limit that may wait in the backend: below, grow
	vegasBeta   = 0.15 // above, shrink
	vegasGrow   = 1.5  // factor of growth while nothing waits
	vegasCut    = 0.75 // the most that one window may take away
	vegasHold   = 3    // windows in the band before the baseline is put to the test
	vegasUp     = 1.3  // the tests: more, and
	vegasDown   = 0.85 // next time less
	vegasEase   = 4    // a lower latency moves the baseline by one in so many parts
	vegasProof  = 0.35 // elasticity below which nothing waits
	vegasDrops  = 0.1  // share of dropped requests in a window that is a sign of overload
	vegasCohort = 48   // least requests in a window
	vegasWindow = 250 * time.Millisecond
)

// vegas keeps a few requests waiting in the backend, as TCP Vegas does in a
// router (Brakmo, Peterson 1995): with N in the backend, a latency R, and the
// latency B that it has when nothing waits, by Little's law
//
//	waiting = N · (1 - B/R)
//
// and the limit moves once a window so that 5 to 15 % of it wait. See the
// package comment for how B is found, and where that fails.
type vegas struct {
	ceiling  time.Duration
	least    float64
	most     float64
	limit    float64
	baseline time.Duration // B; 0 if unknown
	latency  time.Duration // R in the last window; 0 if unknown
	last     point         // the window before, if the limit was reached in it
	held     int           // windows in a row within the band
	down     bool          // the last test took some away
	resume   float64       // the limit before that test, until its window is in; else 0
	win      window
	snap     Snapshot
}

// point is one measurement: with so many in flight, that mean latency.
type point struct {
	inFlight float64
	latency  time.Duration
}

// window gathers a cohort: the first size requests to start after the limit
// moved. One that started before tells about the limit before, and taking those
// that end first, whenever they started, would favour the short ones.
type window struct {
	first         uint64 // serial of the first of the cohort
	size, done    int
	good, dropped int
	latency       time.Duration // sum over good
	inFlight      int           // sum over done, each as it left
}

func newVegas(c LawConfig) (Law, error) {
	v := &vegas{ceiling: c.Ceiling}
	v.limit, v.least, v.most = c.bounds(vegasStart, vegasLeast, vegasMost)
	v.open(time.Time{}, 0)
	return v, nil
}

func (v *vegas) Snapshot() *Snapshot { return &v.snap }

// open begins a window with the next request to start. The cohort is a whole
// round of the limit, or more where rounds are quick. Less than a round would
// show a part only, where requests run in step because each takes the same time.
func (v *vegas) open(now time.Time, next uint64) {
	size := v.limit
	if v.latency > 0 && v.latency < vegasWindow {
		size *= float64(vegasWindow) / float64(v.latency)
	}
	v.win = window{first: next, size: int(min(max(size, vegasCohort), vegasMost))}
	v.snap = Snapshot{
		Law: "vegas", Limit: int(v.limit), Baseline: v.baseline, Latency: v.latency,
		// Half a round is long enough to spread the new, and half as slow as all of it.
		From: v.snap.Limit, Since: now, Rise: v.latency / 2,
	}
}

// Complete adds the sample to the window and closes it when nearly all of the
// cohort is done. It does not wait for the last few: one of them may hang.
func (v *vegas) Complete(now time.Time, s Sample) {
	w := &v.win
	if w.done == 0 && v.snap.At(now) < v.snap.Limit {
		w.first = s.Started // the cohort comes after the rise
		return
	}
	if s.Serial < w.first || s.Serial >= w.first+uint64(w.size) {
		return
	}
	w.done++
	w.inFlight += s.InFlight
	switch s.Outcome {
	case Succeeded:
		w.good++
		w.latency += s.Took
	case Dropped:
		w.dropped++
	}
	if w.done < w.size-w.size/20 {
		return
	}
	if w.good+w.dropped >= w.size/2 {
		v.limit = min(max(v.move(), v.least), v.most)
	}
	v.open(now, s.Started)
}

// move returns the next limit from a full window.
func (v *vegas) move() float64 {
	w, before := v.win, v.last
	v.last = point{}
	if float64(w.dropped) > vegasDrops*float64(w.good+w.dropped) {
		return v.limit * vegasCut
	}
	R := max(w.latency/time.Duration(w.good), 1) // a clock may be too coarse for it
	N := float64(w.inFlight) / float64(w.done)
	v.latency = R
	switch {
	case v.baseline == 0:
		v.baseline = R
	case R < v.baseline:
		v.baseline -= (v.baseline - R) / vegasEase
	}
	if N < 0.9*v.limit {
		return v.limit // it was not put to the test, so it must not grow
	}
	v.last = point{N, R}
	v.baseline = max(v.baseline, service(before, v.last))
	if v.ceiling > 0 && R > v.ceiling {
		return v.limit * vegasCut
	}
	return v.follow(N, R)
}

// follow returns the limit that brings what waits into the band.
func (v *vegas) follow(N float64, R time.Duration) float64 {
	served := N * float64(v.baseline) / float64(R)
	waiting := N - served
	// In small numbers a share is less than one request, which is chance.
	alpha := max(vegasAlpha*v.limit, 3*math.Log10(v.limit))
	beta := max(vegasBeta*v.limit, 6*math.Log10(v.limit))
	resume := v.resume
	v.resume = 0
	if waiting >= alpha && waiting <= beta {
		return v.hold()
	}
	v.held = 0
	if waiting < alpha {
		if resume > 0 {
			return resume
		}
		return v.limit * vegasGrow
	}
	return max(served+alpha, v.limit*vegasCut)
}

// hold keeps the limit, but now and then moves it up and down in turn, so that
// the next window can show the baseline to be wrong.
func (v *vegas) hold() float64 {
	v.held++
	if v.held < vegasHold {
		return v.limit
	}
	v.held = 0
	v.down = !v.down
	if v.down {
		v.resume = v.limit
		return v.limit * vegasDown
	}
	return v.limit * vegasUp
}

// service is the latency that two windows prove to be service and not waiting,
// or 0. Where requests wait, latency grows in step with their number; where
// they do not, it stays. So if the elasticity ln(R2/R1) / ln(N2/N1) is small,
// nothing waited at the smaller number, and its latency is the backend's own,
// however long it is.
func service(a, b point) time.Duration {
	if a.inFlight > b.inFlight {
		a, b = b, a
	}
	few := a.inFlight == 0 || b.inFlight < 1.25*a.inFlight
	if few || float64(a.latency) > 1.1*float64(b.latency) { // fewer yet slower: the work itself is changing
		return 0
	}
	if math.Log(float64(b.latency)/float64(a.latency)) > vegasProof*math.Log(b.inFlight/a.inFlight) {
		return 0
	}
	return a.latency
}
