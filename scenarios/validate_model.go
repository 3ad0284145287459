package scenarios

import "fmt"

func (p *problems) abort(s Scenario, ops []string) {
	for i, r := range s.Abort {
		path := fmt.Sprintf("abort[%d]", i)
		p.budget(path, r.Budget, ops)
		p.unless(r.isWindow(), path, "found the window %s, want 100ms to 10m in steps of 100ms", r.Over)
		p.unless(!r.Budget.OfCapacity || s.Capacity > 0, path, "found %q and no capacity, so it is never broken; want one, such as capacity: 80/s in the scenario or --capacity 80, or a rate such as 70/s in the rule", r)
	}
}

func (p *problems) overload(path string, o Overload, inFlight int) {
	switch o.Policy {
	case "", Drop:
		p.unless(o.Most == 0 && o.Late == 0, path, "found a limit, want none with drop")
	case Queue:
		p.unless(o.Most > 0 && o.Most <= maxInFlight && o.Late == 0, path, "found queue: %d, want 1 to %d", o.Most, maxInFlight)
	case LateBy:
		p.duration(path, o.Late, 1)
		p.unless(o.Most == 0, path, "found a number beside the time, want the time only")
	case Spawn:
		p.unless(o.Most > inFlight && o.Most <= maxInFlight && o.Late == 0, path, "found spawn: %d, want more than max_in_flight, %d, and at most %d", o.Most, inFlight, maxInFlight)
	default:
		p.oneOf(path, string(o.Policy), string(Drop), string(Queue), string(LateBy), string(Spawn))
	}
}

// closed checks what a closed model may not have, or only it may have.
func (p *problems) closed(s Scenario) {
	p.think("think", s.Think)
	if s.Users == 0 {
		p.unless(s.Think == Think{}, "think", "found a pause of users without users, want users: 64 beside it, or a pause among the steps of a journey")
		for i, j := range s.Journeys {
			p.unless(j.Pace == 0, fmt.Sprintf("journeys[%d].pace", i), "found a pace without users, want users: 64 at the top: in an open model the shape says when journeys begin")
		}
		return
	}
	p.unless(s.Users > 0 && s.Users <= maxInFlight, "users", "found %d, want 1 to %d", s.Users, maxInFlight)
	p.unless(s.Arrivals == "", "arrivals", "found %s beside users, want it left out: in a closed model the answers say when requests are sent", s.Arrivals)
	p.unless(s.Shape.Base == float64(s.Users), "shape.base", "found %v, want the number of users, %d", s.Shape.Base, s.Users)
	p.unless(len(s.Shape.Points) == 0 && s.Shape.Forecast == nil, "shape", "found a day of arrivals beside users, want phases only")
	for i, phase := range s.Shape.Phases {
		key := "to"
		if phase.Kind == Hold {
			key = "rate"
		}
		p.unless(phase.To.Times || phase.To == Rate{}, fmt.Sprintf("shape.phases[%d].%s", i, key), "found %s beside users, want a multiple of them such as 2x", phase.To)
	}
}

func (p *problems) think(path string, t Think) {
	p.duration(path, t.Least, 0)
	p.duration(path, t.Most, 0)
	p.unless(t.Least <= t.Most, path, "found %s, want the shorter pause first", t)
}
