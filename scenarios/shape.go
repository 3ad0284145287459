package scenarios

import "time"

// A Shape is the offered load over time: a calendar day of points, phases laid on it, or both.
//
// With both, the points run up to PeakAt, the phases follow in wall time, and the points go on after them: the phases are
// the event, laid where the day is busiest. Without points the load before, between and after phases is Base.
type Shape struct {
	Base     float64       // arrivals per second that "1x" means, > 0
	Forecast *Forecast     // where the points come from; filled in by a forecast before the run
	Points   []Point       // calendar points, joined by straight lines
	PeakAt   time.Duration // calendar offset at which the phases are laid
	Compress float64       // calendar seconds in one wall second; touches the points' clock only, never a rate; 0 means 1
	Phases   []Phase
}

// Event is the highest rate of the phases as a multiple of the base rate; 0 without phases.
func (s Shape) Event() float64 {
	highest := 0.0
	for _, p := range s.Phases {
		highest = max(highest, p.To.PerSecond(s.Base)/s.Base)
	}
	return highest
}

// A Forecast names the history whose next day becomes the points of a shape.
type Forecast struct {
	History  string  // a history of the library, or a file
	Quantile float64 // the quantile path that is driven, in (0, 1)
}

// A Point is the load at one instant of the calendar day.
type Point struct {
	At   time.Duration // from the start of the day
	Rate Rate
}

// A Rate is a number of arrivals per second, or a multiple of the base rate.
type Rate struct {
	Value float64
	Times bool // Value is a multiple of the base rate: "300x"
}

// PerSecond is the rate in arrivals per second.
func (r Rate) PerSecond(base float64) float64 {
	if r.Times {
		return r.Value * base
	}
	return r.Value
}

// String is the rate as it is written in a scenario: 5/s or 300x.
func (r Rate) String() string {
	if r.Times {
		return decimal(r.Value) + "x"
	}
	return decimal(r.Value) + "/s"
}

// A Phase is one stretch of the event, in wall time. Kind says which of the fields count.
type Phase struct {
	Kind   PhaseKind
	Length time.Duration // > 0
	To     Rate          // ramp: the rate at its end; hold: the rate held (zero means where the last phase ended); decay: the rate it falls to
	Half   time.Duration // decay: the time in which the distance to To halves

	Overload Overload // any kind: what becomes of arrivals beyond MaxInFlight; empty means as the scenario has it
}

// PhaseKind names the kinds of phases.
type PhaseKind string

// The kinds of phases.
const (
	Ramp  PhaseKind = "ramp"
	Hold  PhaseKind = "hold"
	Decay PhaseKind = "decay"
)
