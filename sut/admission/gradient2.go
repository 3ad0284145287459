package admission

import "time"

// The constants of gradient2, those of the library it is taken from.
const (
	gradientStart     = 20
	gradientMost      = 200
	gradientWindow    = time.Second
	gradientSamples   = 10   // least in a window
	gradientLong      = 600  // windows that the long mean is taken over
	gradientWarm      = 10   // first windows, of which the long mean is the plain mean
	gradientTolerance = 1.5  // the latency may be so much longer than the long mean
	gradientQueue     = 4    // requests that may wait
	gradientSmooth    = 0.2  // weight of a new limit
	gradientForget    = 0.95 // of the long mean, when it is more than twice the latency
)

// gradient2 compares the latency with its own mean over ten minutes, and takes
// away what it exceeds one and a half of that by. It is here to be compared
// with: what lasts becomes the long mean, so a lasting overload is taken for
// service, and the limit climbs.
//
// Source: Netflix concurrency-limits, Gradient2Limit within WindowedLimit, with
// their defaults.
type gradient2 struct {
	limit       float64
	least, most float64
	long        float64 // seconds
	windows     int
	win         roundless
	snap        Snapshot
}

func newGradient2(c LawConfig) (Law, error) {
	seed, least, most := c.bounds(gradientStart, gradientStart, gradientMost)
	g := &gradient2{limit: seed, least: least, most: most}
	g.snap = Snapshot{Law: "gradient2", Limit: int(g.limit)}
	return g, nil
}

func (g *gradient2) Snapshot() *Snapshot { return &g.snap }

func (g *gradient2) Complete(now time.Time, s Sample) {
	short, busiest, ok := g.win.take(now, s)
	if !ok {
		return
	}
	g.windows++
	if g.windows <= gradientWarm {
		g.long += (short - g.long) / float64(g.windows)
	} else {
		g.long += (short - g.long) * 2 / (gradientLong + 1)
	}
	if g.long > 2*short {
		g.long *= gradientForget
	}
	if float64(busiest) >= g.limit/2 {
		gradient := max(0.5, min(1, gradientTolerance*g.long/short))
		g.limit += (g.limit*gradient + gradientQueue - g.limit) * gradientSmooth
		g.limit = max(g.least, min(g.limit, g.most))
	}
	g.snap = Snapshot{Law: "gradient2", Limit: int(g.limit), Baseline: seconds(g.long), Latency: seconds(short)}
}

// roundless is a window of a second, whenever its requests began.
type roundless struct {
	until   time.Time
	sum     float64 // seconds
	count   int
	busiest int
}

// take adds a request; when the window is full it returns its mean latency and
// the most that were in the backend.
func (w *roundless) take(now time.Time, s Sample) (mean float64, busiest int, full bool) {
	if s.Outcome != Succeeded {
		return 0, 0, false
	}
	if w.until.IsZero() {
		w.until = now.Add(gradientWindow)
	}
	w.sum += s.Took.Seconds()
	w.count++
	w.busiest = max(w.busiest, s.InFlight)
	if now.Before(w.until) || w.count < gradientSamples {
		return 0, 0, false
	}
	mean, busiest = max(w.sum/float64(w.count), 1e-9), w.busiest
	*w = roundless{until: now.Add(gradientWindow)}
	return mean, busiest, true
}
