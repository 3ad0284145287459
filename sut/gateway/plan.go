package gateway

import (
	"math"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A plan is a configuration made ready for deciding. It never changes: a reload
// puts another in its place, and a request keeps the one that it began with.
type plan struct {
	config     Config // as it was given
	generation uint64 // 1, 2, … since the start
	mode       Mode
	matcher    matcher
	routes     []operation // [0] is for what no route names
	fail       [admission.Classes]Fail
	reserve    [admission.Classes]float64
	identity   Identity
	forwarding Forwarding
	perClient  int
}

// An operation is what a route says of its requests.
type operation struct {
	name     string
	class    admission.Class
	number   uint16 // below admission.Routes; 0 is shared by those beyond
	seats    uint32 // thousandths
	deadline time.Duration
	stale    time.Duration
}

func newPlan(c Config, generation uint64) *plan {
	full := c.Effective()
	p := &plan{
		config: c, generation: generation, mode: full.Mode, matcher: newMatcher(c.Routes),
		routes:   []operation{{class: admission.P2, deadline: full.Classes[admission.P2].Deadline}},
		identity: c.Identity, forwarding: c.Forwarding, perClient: c.PerClient,
	}
	for i, r := range full.Routes {
		o := operation{name: r.Op, class: r.Class, seats: uint32(math.Round(r.Seats * 1000)), deadline: r.Deadline, stale: r.Stale}
		if i+1 < admission.Routes {
			o.number = uint16(i + 1)
		}
		p.routes = append(p.routes, o)
	}
	for name, class := range full.Classes {
		p.fail[name], p.reserve[name] = class.Fail, class.Reserve
	}
	return p
}

// newBrain makes the brain that the configuration asks for.
func newBrain(c Config) (*admission.Guard, error) {
	law, err := admission.NewLaw(c.Limiter.Law, c.Limiter.law(c.deadline()))
	if err != nil {
		return nil, err
	}
	return admission.NewGuard(law, c.deadline()), nil
}
