package gateway

import (
	"context"
	"hash/maphash"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A Guard puts admission before an http.Handler. It is safe for concurrent use.
type Guard struct {
	plan     atomic.Pointer[plan]
	core     atomic.Pointer[core]
	refusals refusals
	metrics  *metrics
	clients  clients
	ring     ring
	shelf    shelf
	passes   *passes
	seed     maphash.Seed
	visits   sync.Pool
	log      *slog.Logger
	shedding shedding
	probes   atomic.Int32 // past the guard at the moment

	began time.Time

	reloading sync.Mutex // one at a time
}

// New makes a guard. Of c it does not look at Upstream, Addr, AdminAddr,
// Listener, TLS and Proxy, which are for Start.
func New(c Config) (*Guard, error) {
	if err := c.Validate(time.Now()); err != nil {
		return nil, err
	}
	brain, err := newBrain(c)
	if err != nil {
		return nil, err
	}
	g := &Guard{
		refusals: newRefusals(),
		passes:   newPasses(),
		seed:     maphash.MakeSeed(),
		visits:   sync.Pool{New: newVisit},
		log:      c.Log,
		began:    time.Now(),
	}
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	p := newPlan(c, nil)
	g.plan.Store(p)
	g.core.Store(newCore(brain, p))
	g.metrics = newMetrics(g)
	return g, nil
}

// Close writes to the log what it is owed. A guard in a Gateway is closed with it.
func (g *Guard) Close() { g.shedding.tell(g) }

// forwarding is whom to believe at the moment.
func (g *Guard) forwarding() Forwarding { return g.plan.Load().forwarding }

// State is the guard's state; between requests nothing ticks.
func (g *Guard) State() admission.State { return g.core.Load().state() }

// Middleware returns a handler that lets through to next what the guard
// admits and answers the rest itself. Up to four probes at a time pass uncounted:
// a probe that is shed gets a healthy process killed.
//
// The context of a request that is let in ends at its deadline, unless it asks
// for an event stream or an upgrade; TimeoutHeader says how much is left.
func (g *Guard) Middleware(next http.Handler) http.Handler {
	const most = 4 // anybody can write the path of a probe
	guarded := g.handler(next, true)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isProbe(r) {
			guarded.ServeHTTP(w, r)
			return
		}
		defer g.probes.Add(-1)
		if g.probes.Add(1) > most {
			guarded.ServeHTTP(w, r)
			return
		}
		delete(r.Header, FeaturesOff)
		next.ServeHTTP(w, r)
	})
}

// isProbe is true of what a platform asks to see if a process is well.
func isProbe(r *http.Request) bool {
	switch r.URL.Path {
	case "/livez", "/readyz", "/metrics":
		return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.ContentLength == 0 && r.Header["Upgrade"] == nil
	}
	return false
}

// handler is Middleware without a way past it: the probes of the proxy are on a
// listener of their own. Unless the service is inside this process, the context
// has no end: it knows the deadline by TimeoutHeader.
func (g *Guard) handler(next http.Handler, inside bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := g.plan.Load()
		if p.mode == Off {
			delete(r.Header, FeaturesOff)
			next.ServeHTTP(w, r)
			return
		}
		if p.notice(w, r) {
			return
		}
		v := g.visits.Get().(*visit)
		defer g.release(v)
		lot := lotOf(r)
		measured := g.metrics.refusing.start(lot)
		d := g.decide(p, r, v, lot)
		answered := g.answer(p, w, r, v, d)
		if measured.end(answered && d.Refused()); answered {
			return
		}
		r = p.tell(r, v, v.arrived.Add(d.Wait))
		v.ends = v.ends && inside
		if p.pass.Cookie != "" && v.op.stale == 0 && p.mode == Enforce { // an answer with a cookie is nobody else's
			pw := &passWriter{ResponseWriter: w, give: func(w http.ResponseWriter) { g.passes.give(w, p.pass, p.forwarding.encrypted(r), v) }}
			g.pass(pw, r, next, v)
			pw.end()
			return
		}
		g.pass(w, r, next, v)
	})
}

// answer tells the client what was decided, and reports whether that is all that
// becomes of the request.
func (g *Guard) answer(p *plan, w http.ResponseWriter, r *http.Request, v *visit, d admission.Decision) bool {
	if v.kept != nil {
		v.kept.write(w, r, v.arrived)
		return true
	}
	if d.Reason == admission.Queued { // in a dry run, which does not wait to see what would have become of it
		w.Header()["Guard-Decision"] = g.refusals.would[v.Class][d.Reason]
		g.cast(p, v, d)
		return false
	}
	id := g.account(p, v, d)
	if a := g.stale(p, r, v, d); a != nil {
		a.write(w, r, v.arrived)
		return true
	}
	switch {
	case p.mode == DryRun:
		w.Header()["Guard-Decision"] = named(g.refusals.would[v.Class][d.Reason], id)
	case d.Refused():
		g.refusals.write(w, v, d, id)
		return true
	default:
		w.Header()["Guard-Decision"] = named(admittedHeader, id)
	}
	return false
}

// release ends what a request has here, and keeps the visit for another, unless
// it has a shadow, or a brain broke over it, which may still hold it.
func (g *Guard) release(v *visit) {
	if v.shadow != nil {
		return
	}
	g.clients.leave(v)
	if !v.lost {
		g.visits.Put(v)
	}
}

// stale is the answer on the shelf that is given in the place of a refusal.
func (g *Guard) stale(p *plan, r *http.Request, v *visit, d admission.Decision) *kept {
	if v.op.stale == 0 || p.mode == DryRun || !d.Refused() {
		return nil
	}
	return g.shelf.find(r, v)
}

// decide takes a request through the stages, the cheapest refusal first.
func (g *Guard) decide(p *plan, r *http.Request, v *visit, lot uint32) admission.Decision {
	v.begin(g.now(), lot)
	g.classify(p, r, v)
	v.step = p.steps[min(int(g.ticked(v.arrived).level.Load()), len(p.steps)-1)]
	if p.hours != nil {
		if why, after, refused := p.hours.refuses(time.Now(), r, v); refused {
			return admission.Refusal(why, after, v.Client, uint64(v.lot))
		}
	}
	if v.step.stale && v.op.stale > 0 && p.mode == Enforce {
		if v.kept = g.shelf.find(r, v); v.kept != nil {
			return admission.Decision{Reason: admission.Admitted}
		}
	}
	// Before the quotas: who is refused for the load may come again as told, and
	// must not have paid for it. He is counted only when he is refused here, since
	// a quota may turn him away.
	c := g.core.Load()
	if snapshot := c.snapshot.Load(); snapshot.Refuses(v.Level) {
		c.arrive(v.Level)
		return snapshot.Refusal(v.Client, uint64(v.lot))
	}
	for _, m := range p.meters {
		if !m.covers[v.op.index] {
			continue
		}
		if s := m.take(v, int64(v.arrived.Sub(g.began))); !s.OK {
			v.meter, v.spent = m, s
			return admission.Refusal(admission.QuotaSpent, s.RetryAfter, v.Client, uint64(v.lot))
		}
	}
	if p.perClient > 0 && !g.clients.enter(v, p.perClient) {
		return admission.Refusal(admission.ClientLimit, 0, v.Client, uint64(v.lot))
	}
	d := g.place(p, c, r.Context(), v)
	if d.Refused() {
		g.clients.leave(v) // in a dry run it stays, but would not have
	}
	return d
}

// ticked is the core, which has had its tick if that was due. Every request sees
// to it, also one that never asks the brain: who is answered from the shelf in a
// brownout has to find out when that is over. It does so before it is counted,
// for what the brain has not been asked about by a tick it takes for refused.
// If the brain breaks over the tick, the core is the one that took over.
func (g *Guard) ticked(now time.Time) (c *core) {
	c = g.core.Load()
	if !c.isDue(now) {
		return c
	}
	defer func() {
		if fault := recover(); fault != nil {
			g.replace(c, fault)
			c = g.core.Load()
		}
	}()
	g.metrics.fairness.tick(now)
	c.tick(now)
	return c
}

// account counts the decision, and returns its name if it is one of the few
// that are kept.
func (g *Guard) account(p *plan, v *visit, d admission.Decision) (id string) {
	mode := inEarnest
	if p.mode == DryRun {
		mode = toLook
	}
	g.metrics.decisions[mode][v.Class][d.Reason].Add(1)
	g.metrics.fairness.count(v.tenant, d.Refused())
	if v.again {
		g.metrics.retries.Add(1)
	}
	if d.Refused() {
		g.shedding.refused(g)
	}
	if d.Reason == admission.Admitted && d.Wait > 0 {
		g.metrics.wait.observe(d.Wait)
	}
	return g.sample(p, v, d)
}

// now is the time by the clock that never goes back. To read that one alone
// takes half as long as both.
func (g *Guard) now() time.Time { return g.began.Add(time.Since(g.began)) }

// place asks the threshold, and then the brain. If one breaks, a new one takes over, and the class
// decides what becomes of the request.
func (g *Guard) place(p *plan, c *core, ctx context.Context, v *visit) (d admission.Decision) {
	defer func() {
		if fault := recover(); fault != nil {
			v.lost = true
			g.replace(c, fault)
			d = g.broken(p, v)
		}
	}()
	if snapshot := c.arrive(v.Level); snapshot.Refuses(v.Level) {
		return snapshot.Refusal(v.Client, uint64(v.lot))
	}
	d = c.ask(v.arrived, v)
	if d.Reason == admission.Queued && p.mode == Enforce {
		d = c.await(ctx, v, d)
	}
	if !d.Refused() {
		v.core = c
	}
	return d
}

// broken decides without a brain.
func (g *Guard) broken(p *plan, v *visit) admission.Decision {
	if p.fail[v.Class] == FailClosed {
		g.metrics.broken[brokeClosed].Add(1)
		return admission.Refusal(admission.GuardBroken, time.Second, v.Client, uint64(v.lot))
	}
	g.metrics.broken[brokeOpen].Add(1)
	g.metrics.unguarded[v.Class].Add(1)
	return admission.Decision{Reason: admission.Admitted}
}

// replace puts a new brain in the place of one that broke, unless another
// request has done so. What the old one had learnt is not to be trusted.
func (g *Guard) replace(broken *core, fault any) {
	p := g.plan.Load() // not that of the request: it may be an old one
	brain, err := newBrain(p.config)
	if err == nil && g.core.CompareAndSwap(broken, newCore(brain, p)) {
		g.log.Error("the guard broke and starts anew", "fault", fault)
	}
}

// pass serves a request and gives its place back whatever happens: a panic
// leaves the outcome at Ignored and goes on up.
func (g *Guard) pass(w http.ResponseWriter, r *http.Request, next http.Handler, v *visit) {
	outcome, client := admission.Ignored, r.Context()
	if v.ends {
		ctx, cancel := context.WithDeadline(client, v.Deadline)
		defer cancel()
		r = r.WithContext(ctx)
	}
	sw := &statusWriter{ResponseWriter: w, guard: g, visit: v}
	r, sw.reading = timed(r)
	defer func() { sw.leave(outcome) }()
	if v.op.stale > 0 {
		g.record(sw, r, next, v.nobody)
	} else {
		next.ServeHTTP(sw, r)
	}
	if client.Err() == nil || sw.status == http.StatusRequestTimeout { // 408: the client was slow, not the backend
		outcome = sw.outcome()
	} else if g.now().Sub(v.arrived)-sw.away() >= v.op.deadline {
		// The client waited as long as anybody may: that is a backend too slow,
		// and counting only those that were answered would hide it. A deadline
		// that the client chose for itself, and a body that it sent slowly, say
		// nothing of the backend.
		outcome = admission.Dropped
	}
}

// record serves a request, and keeps its answer if it may be kept.
func (g *Guard) record(w http.ResponseWriter, r *http.Request, next http.Handler, nobody bool) {
	rec := &recorder{ResponseWriter: w}
	next.ServeHTTP(rec, r)
	if a := rec.answer(r, nobody, g.now()); a != nil {
		g.shelf.keep(a)
	}
}

// leave gives the place back, once.
func (g *Guard) leave(v *visit, now time.Time, away time.Duration, o admission.Outcome) {
	if v.shadow != nil {
		v.shadow.leave(now, away, o)
		return
	}
	c := v.core
	if c == nil {
		return
	}
	v.core, v.Away = nil, away
	g.end(c, v, now, o)
}

// end counts the end of a request and tells the brain.
func (g *Guard) end(c *core, v *visit, now time.Time, o admission.Outcome) {
	g.metrics.left(v, now, o)
	defer func() {
		if fault := recover(); fault != nil {
			v.lost = true
			g.replace(c, fault)
		}
	}()
	c.done(now, v, o)
}

// judge reads a status as a sign of load.
func judge(status int) admission.Outcome {
	switch {
	case status < 400: // 0 is a handler that wrote nothing: 200
		return admission.Succeeded
	case status == http.StatusBadGateway, status == http.StatusServiceUnavailable, status == http.StatusGatewayTimeout:
		return admission.Dropped
	}
	// 429 too: it is about one client, who must not be able to shrink the limit for all.
	return admission.Ignored
}
