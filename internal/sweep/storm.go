package sweep

import (
	"fmt"
	"math"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// The parts of a cell around its storm, both at calmShare of the capacity.
const (
	before    = 2 * time.Second
	after     = 5 * time.Second
	calmShare = 0.5
)

// storm is the scenario of a cell: calm, a step to rate for so long, calm of what the service can do by then.
func (s *Sweep) storm(capacity, rate float64, length time.Duration, capacityAfter float64, seed uint64) scenarios.Scenario {
	sc := s.base(seed)
	sc.Arrivals = scenarios.Poisson
	sc.Shape = scenarios.Shape{Base: capacity, Phases: []scenarios.Phase{
		{Kind: scenarios.Hold, Length: before, To: scenarios.Rate{Value: calmShare * capacity}},
		{Kind: scenarios.Hold, Length: length, To: scenarios.Rate{Value: rate}},
		{Kind: scenarios.Hold, Length: after, To: scenarios.Rate{Value: calmShare * capacityAfter}},
	}}
	sc.MaxInFlight = s.inFlight(rate)
	return sc
}

// inFlight is how many requests may be open, of which each is a file: as many as there are if none is answered before the
// timeout, up to what this machine gives. Beyond it arrivals are dropped, and the cell is void.
func (s *Sweep) inFlight(rate float64) int {
	const spare = 256
	return int(min(max(float64(s.files)/2, float64(s.files)-spare), 64+math.Ceil(rate*s.timeout().Seconds())))
}

// steady is a constant rate.
func (s *Sweep) steady(rate float64, length time.Duration, seed uint64) scenarios.Scenario {
	sc := s.base(seed)
	sc.Arrivals = scenarios.Poisson
	sc.Shape = scenarios.Shape{Base: rate, Phases: []scenarios.Phase{{Kind: scenarios.Hold, Length: length, To: scenarios.Rate{Value: 1, Times: true}}}}
	sc.MaxInFlight = s.inFlight(rate)
	return sc
}

// closed is so many users who wait for their answers. They begin one after the other, so that they are not served in step.
func (s *Sweep) closed(users int, length time.Duration, seed uint64) scenarios.Scenario {
	sc := s.base(seed)
	sc.Users = users
	sc.Shape = scenarios.Shape{Base: float64(users), Phases: []scenarios.Phase{
		{Kind: scenarios.Ramp, Length: rampUp, To: scenarios.Rate{Value: 1, Times: true}},
		{Kind: scenarios.Hold, Length: length, To: scenarios.Rate{Value: 1, Times: true}},
	}}
	sc.MaxInFlight = users
	return sc
}

// rampUp is how long the users of a closed loop take to begin.
const rampUp = 2 * time.Second

// base is what all scenarios of a sweep have in common.
func (s *Sweep) base(seed uint64) scenarios.Scenario {
	sc := s.Scenario
	sc.Name, sc.Title, sc.Description = "sweep", "A cell of a sweep", ""
	sc.Seed, sc.Users, sc.Arrivals = seed, 0, ""
	sc.Service.People = uint64(s.Service.People) // requests are about people that it knows
	sc.Actors = []scenarios.Actor{{Name: "everyone", Share: 1, Patience: s.timeout()}}
	sc.Timeout, sc.GoodWithin, sc.Drain = s.timeout(), s.Within, s.timeout()
	sc.Variants = []scenarios.Variant{{Name: cellName}}
	sc.Capacity, sc.Budgets, sc.Oracles, sc.Abort, sc.Judge = 0, nil, nil, nil, scenarios.Span{}
	return sc
}

// cellName is the name of the variant in a cell's own scenario: sweep's variants are around it.
const cellName = "cell"

func (s *Sweep) timeout() time.Duration { return max(s.Within, s.Timeout) }

// A Variant is what stands before the service.
type Variant struct {
	Name    string
	Law     string   // of the guard; empty without a Command means none
	Limit   int      // of the law fixed; 0 with that law means the oracle's
	Seed    int      // the first limit of a law that learns; Run takes it from the measured capacity
	Most    int      // the limit of a law that learns is never above; 0 is the law's own
	Command []string // another proxy: it is given --upstream URL and announces itself as peakday guard -o json does
}

// None is the service without protection.
func None() Variant { return Variant{Name: "none"} }

// A Cell is one storm against one variant.
type Cell struct {
	Variant  string  `json:"variant"`
	Multiple float64 `json:"multiple"`
	Seed     uint64  `json:"seed"`
	Change   float64 `json:"change"` // from the middle of a storm of twice the length on, the service's hold is times so much; 1 is none, and the whole storm is measured
	Void     string  `json:"void,omitempty"`
	Figures
	CPU CPU `json:"cpu"`
}

// CPU is how many cores each process used over the whole cell.
type CPU struct {
	Generator float64 `json:"generator"`
	Guard     float64 `json:"guard"`
	Service   float64 `json:"service"`
}

func (c Cell) String() string {
	name := fmt.Sprintf("%s %gx seed %d", c.Variant, c.Multiple, c.Seed)
	if c.Change != 1 {
		name += fmt.Sprintf(", %gx slower on the way", c.Change)
	}
	return name
}
