package gateway

import (
	"context"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A dry run serves at once who would have waited. So that those after it find the
// queue and the places as they would have, it has a shadow: that waits where the
// request would have, is refused where it would have been, and once let in holds
// a place for as long as the service took for the request.
//
// A shadow is told how that ended; what is told first counts.
type shadow chan ending

type ending struct {
	at      time.Time
	away    time.Duration // of it, not the service's
	outcome admission.Outcome
}

func (s shadow) leave(at time.Time, away time.Duration, o admission.Outcome) {
	select {
	case s <- ending{at, away, o}:
	default:
	}
}

// cast gives a request that is queued a shadow, which from here on has its visit:
// whoever serves the request changes nothing in it that the brain or end reads.
func (g *Guard) cast(p *plan, v *visit, d admission.Decision) {
	v.shadow = make(shadow, 1)
	go g.follow(p, v, d)
}

// follow is the way of a shadow.
func (g *Guard) follow(p *plan, v *visit, d admission.Decision) {
	c := v.core
	defer g.clients.leave(v)
	defer func() {
		if fault := recover(); fault != nil { // over the wait
			g.replace(c, fault)
			g.account(p, v, g.broken(p, v))
		}
	}()
	// Whether the client would have left meanwhile, nobody knows: it has its answer.
	d = c.await(context.Background(), v, d)
	g.account(p, v, d)
	if d.Refused() {
		return
	}
	e := <-v.shadow
	time.Sleep(e.at.Add(d.Wait).Sub(g.now())) // it began so much later than the request
	v.Away = e.away
	g.end(c, v, g.now(), e.outcome)
}
