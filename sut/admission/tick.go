package admission

import (
	"math"
	"time"
)

// Tick sets the threshold from the arrivals since the last Tick: all that came
// as far as the threshold, whether or not it refused them. Arrivals is not
// kept. The caller then publishes Snapshot.
//
// After more than a second without a Tick nothing is known of the arrivals: the
// threshold opens and is found again from the next.
func (g *Guard) Tick(now time.Time, arrivals *Histogram) {
	past := now.Sub(g.ticked)
	if !g.ticking || past <= 0 || past > tickLost {
		g.rejector = rejector{threshold: AllLevels}
	} else {
		g.rejector.tick(arrivals, g.flow(now, past))
	}
	came := arrivals.total()
	g.refused.many(now, max(0, came-g.asked))
	ease := easeOver(past)
	g.turned.tick(float64(g.refused.serial), float64(came), ease)
	g.waits.tick(ease, g.queue.total)
	g.backlog = workOff(g.refused.total+g.queue.total, g.rate())
	g.ticking, g.ticked, g.lost = true, now, now.Add(tickLost)
	g.safe = max(1, int(tickSafe*float64(g.snap.Limit)))
	g.asked, g.in, g.out = 0, 0, 0
	g.costs.tick()
	g.thin(now)
	g.next(now, g.limit(now))
}

// thin takes out of the queue those of classes that the threshold refuses as a
// whole by now, and those beyond the bound of a class that has become crowded.
func (g *Guard) thin(now time.Time) {
	for c := range Class(Classes) {
		keep, why := g.crowd(g.bound()), QueueFull
		if c > g.rejector.threshold.Class() {
			keep, why = 0, AboveThreshold
		}
		for l := &g.queue.lanes[c]; l.length > keep && g.rejector.crowded(c) && !g.owed(c); {
			g.drop(now, l.victim(true), why)
		}
	}
}

// flow is what went through the guard since the last Tick, as in a whole one.
func (g *Guard) flow(now time.Time, past time.Duration) flow {
	f := flow{scale: float64(TickEvery) / float64(past), need: g.rate() * TickEvery.Seconds()}
	f.in, f.out = float64(g.in)*f.scale, float64(g.out)*f.scale
	f.free = float64(max(0, g.limit(now)*seat-g.seats.taken)) / seat
	for c, n := range g.seats.reserved {
		f.reserve[c] = float64(n) / seat / float64(g.snap.Limit)
	}
	return f
}

// Snapshot is the state by which a request may be refused without the guard.
// It is replaced, never changed, and the same until something in it is not: a
// caller publishes it after each Tick.
func (g *Guard) Snapshot() *Snapshot {
	if s := g.current(); g.published == nil || *g.published != s {
		g.published = &s
	}
	return g.published
}

func (g *Guard) current() Snapshot {
	s := *g.snap
	s.Threshold, s.floor, s.Backlog = g.rejector.threshold, g.rejector.floor, g.backlog
	return s
}

// State is a guard at one instant, for people and metrics.
type State struct {
	Snapshot
	InFlight int              // requests in the backend
	Seats    [Classes]float64 // seats they take, by class
	Queued   [Classes]int     // requests waiting, by class
	Bound    int              // most that may wait, if their class may not have more
	Rejected float64          // share of the arrivals that the threshold refuses
	Refused  float64          // share of the arrivals that were refused, by threshold or guard, in the last second or so
	Wait     time.Duration    // of those let in, in the last second or so; 0 for one that did not wait
	Service  time.Duration    // smoothed latency of the backend; 0 before the first
	Rate     float64          // completions a second at the limit; 0 before the first
}

// State returns the guard's state.
func (g *Guard) State() State {
	s := State{
		Snapshot: g.current(),
		InFlight: g.inFlight,
		Bound:    g.bound(),
		Rejected: g.rejector.ratio,
		Refused:  g.turned.share,
		Wait:     seconds(g.waits.mean),
		Service:  seconds(g.costs.service),
		Rate:     g.rate(),
	}
	for c := range s.Queued {
		s.Queued[c] = g.queue.lanes[c].length
		s.Seats[c] = float64(g.seats.by[c]) / seat
	}
	return s
}

// easeOver is the weight that a tick has in what is smoothed over a second, when
// so much time has passed since the one before. Ticks come with requests, so on a
// calm day they are rare, and what was before a long pause no longer counts.
func easeOver(past time.Duration) float64 { return -math.Expm1(-max(0, past.Seconds())) }

// turned is the share of the arrivals that were refused, smoothed over a second.
type turned struct{ share, before float64 }

func (t *turned) tick(refused, came, ease float64) {
	now := 0.0
	if came > 0 {
		now = min(1, (refused-t.before)/came)
	}
	t.before = refused
	t.share += (now - t.share) * ease
}

// waits is how long those waited that were let in, smoothed over a second.
type waits struct{ mean, sum, started float64 }

// tick takes in the starts since the last. Where nobody started, nobody had to
// wait, unless somebody does yet.
func (w *waits) tick(ease float64, waiting int) {
	if w.started > 0 {
		w.mean += (w.sum/w.started - w.mean) * ease
	} else if waiting == 0 {
		w.mean -= w.mean * ease
	}
	w.sum, w.started = 0, 0
}
