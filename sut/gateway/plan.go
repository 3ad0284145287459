package gateway

import (
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A plan is a configuration made ready for deciding. It never changes: a reload
// puts another in its place, and a request keeps the one that it began with.
type plan struct {
	config     Config // what was left out is filled in
	generation uint64 // 1, 2, … since the start
	mode       Mode
	matcher    matcher
	routes     []operation // [0] is for what no route names
	fail       [admission.Classes]Fail
	reserve    [admission.Classes]float64
	identity   Identity
	pass       Pass
	forwarding Forwarding
	perClient  int
	meters     []*meter
	hours      *hours   // nil is always open
	steps      []*step  // of the brownout, by level
	byAddress  bool     // something is counted by the address
	telling    []Source // headers that tell people apart
}

// An operation is what a route says of its requests.
type operation struct {
	index    int // in routes of the plan
	name     string
	class    admission.Class
	number   uint16 // below admission.Routes; 0 is shared by those beyond
	seats    uint32 // thousandths
	deadline time.Duration
	stale    time.Duration
	body     int // largest, in bytes; 0 is the listener's
}

// newPlan makes the plan that follows on old, nil at the start.
func newPlan(c Config, old *plan) *plan {
	full, before := c.Effective(), plan{}
	if old != nil {
		before = *old
	}
	p := &plan{
		config: full, generation: before.generation + 1, mode: full.Mode, matcher: newMatcher(c.Routes),
		routes:   []operation{{class: admission.P2, deadline: full.Classes[admission.P2].Deadline}},
		identity: c.Identity, pass: full.Identity.Pass, forwarding: c.Forwarding, perClient: c.PerClient,
	}
	for i, r := range full.Routes {
		o := operation{index: i + 1, name: r.Op, class: r.Class, seats: uint32(math.Round(r.Seats * 1000)), deadline: r.Deadline, stale: r.Stale, body: r.Body}
		if i+1 < admission.Routes {
			o.number = uint16(i + 1)
		}
		p.routes = append(p.routes, o)
	}
	p.hours, p.steps = newHours(c), newSteps(c.Brownout)
	p.meters = newMeters(full.Quotas, p.routes, before.meters)
	p.byAddress = c.PerClient > 0 || c.Identity.Tenant.kind == "address" || slices.ContainsFunc(c.Quotas, func(q Quota) bool { return q.By == ByAddress })
	for _, s := range []Source{c.Identity.Subject, c.Identity.Tenant, c.Access.Region, c.Access.Digit} {
		if s.kind == "header" { // the host is in the key of the shelf, and cookies count anyway
			p.telling = append(p.telling, s)
		}
	}
	for name, class := range full.Classes {
		p.fail[name], p.reserve[name] = class.Fail, class.Reserve
	}
	return p
}

// tell tells the service until when the answer is of use, and which features to
// leave out: one in this process by the context, one behind a proxy by headers.
func (p *plan) tell(r *http.Request, v *visit, now time.Time) *http.Request {
	delete(r.Header, FeaturesOff)
	if p.mode == DryRun {
		return r
	}
	v.ends = tellDeadline(r, v, now)
	if len(v.step.off) == 0 {
		return r
	}
	r = r.WithContext(context.WithValue(r.Context(), stepKey{}, v.step))
	r.Header[FeaturesOff] = v.step.header
	return r
}

// newBrain makes the brain that the configuration asks for.
func newBrain(c Config) (*admission.Guard, error) {
	law, err := admission.NewLaw(c.Limiter.Law, c.Limiter.law(c.deadline()))
	if err != nil {
		return nil, err
	}
	return admission.NewGuard(law, c.deadline()), nil
}
