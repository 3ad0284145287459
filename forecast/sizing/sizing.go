package sizing

import (
	"fmt"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast"
)

// Options are what the forecast does not know.
type Options struct {
	Capacity   float64 // good answers a second of one instance, > 0
	LowerBound bool    // the instance may do more
	Lift       float64 // factor of the event on the peak, > 0; 0 is 1: no event
	Spare      int     // instances that may be lost at the peak, >= 0
	Replicas   int     // instances there are now; 0 leaves out the look at them
}

// A Plan is how many instances a forecast day needs. Rates are per second.
type Plan struct {
	Capacity   float64 `json:"capacity_per_second"` // of one instance
	LowerBound bool    `json:"capacity_lower_bound"`
	Lift       float64 `json:"lift"`
	Spare      int     `json:"spare"`
	Assumption string  `json:"assumption"`

	Needs []Need `json:"needs"` // one a forecast quantile, without the event, then the same with it
	Now   *Now   `json:"now"`   // null if Options.Replicas was 0

	Sample int         `json:"sample"` // equally likely peaks the risk is taken from, n
	Risk   []RiskPoint `json:"risk"`   // by replicas, rising; between two points nothing changes
}

// A Need is what one quantile of the peak asks for.
type Need struct {
	P           float64 `json:"p"`
	Event       bool    `json:"event"` // the peak has the lift on it
	Peak        float64 `json:"peak_per_second"`
	Needed      int     `json:"needed"`           // instances that can do the peak
	Replicas    int     `json:"replicas"`         // with the spare ones
	Utilization float64 `json:"utilization"`      // at the peak, all up
	Degraded    float64 `json:"utilization_lost"` // at the peak, the spare ones lost
}

// Now is how the instances that there are would do.
type Now struct {
	Replicas  int  `json:"replicas"`
	Risk      Risk `json:"risk"`            // all up, without the event
	RiskEvent Risk `json:"risk_event"`      // all up, with it
	Lost      Risk `json:"risk_lost"`       // the spare ones lost, without the event
	LostEvent Risk `json:"risk_lost_event"` // the spare ones lost, with it
}

// A RiskPoint is the risk with that many instances up.
type RiskPoint struct {
	Replicas int  `json:"replicas"`
	Risk     Risk `json:"risk"`
	Event    Risk `json:"risk_event"`
}

// A Risk bounds the probability that the day's peak is more than the instances
// can do.
type Risk struct {
	AtMost float64 `json:"at_most"`
	Beyond bool    `json:"beyond"` // above all of the sample: AtMost is 1/(n+1), the least that it can say
}

// String is the bound in percent, such as ≤ 12 %, or < 0.5 % beyond the sample.
func (r Risk) String() string {
	if r.Beyond {
		return fmt.Sprintf("< %.2g %%", 100*r.AtMost)
	}
	return fmt.Sprintf("≤ %.3g %%", 100*r.AtMost)
}

// New sizes for a forecast.
func New(f forecast.Forecast, o Options) (Plan, error) {
	if o.Lift == 0 {
		o.Lift = 1
	}
	switch {
	case !(o.Capacity > 0) || math.IsInf(o.Capacity, 0):
		return Plan{}, fmt.Errorf("a capacity of %v/s of an instance: want more than 0; measure it with a drill that overloads one", o.Capacity)
	case !(o.Lift > 0) || math.IsInf(o.Lift, 0):
		return Plan{}, fmt.Errorf("a lift of %v: want more than 0", o.Lift)
	case o.Spare < 0 || o.Replicas < 0:
		return Plan{}, fmt.Errorf("%d spare of %d replicas: want neither below 0", o.Spare, o.Replicas)
	case len(f.Peaks) == 0 || len(f.PeakSample) == 0 || f.History.BinSeconds <= 0:
		return Plan{}, fmt.Errorf("the forecast has no peaks: want one that peakday forecast wrote")
	}
	p := Plan{
		Capacity: o.Capacity, LowerBound: o.LowerBound, Lift: o.Lift, Spare: o.Spare, Sample: len(f.PeakSample),
		Assumption: "Instances add up: N of them do N times what one did, each gets its share exactly, and what they share (the database, the network) is never the limit. " +
			"The capacity was measured on one machine with the drill's mix of requests; within a bin of the history the load is even.",
	}
	for _, lift := range []float64{1, o.Lift} {
		for _, k := range f.Peaks {
			p.Needs = append(p.Needs, need(k, lift, len(p.Needs) >= len(f.Peaks), o))
		}
	}
	peaks := make([]float64, len(f.PeakSample)) // per second, sorted
	for i, v := range f.PeakSample {
		peaks[i] = v / f.History.BinSeconds
	}
	slices.Sort(peaks)
	p.Risk = curve(peaks, o)
	if n := o.Replicas; n > 0 {
		left := max(0, n-o.Spare)
		p.Now = &Now{
			Replicas: n,
			Risk:     riskOf(peaks, n, o.Capacity), RiskEvent: riskOf(peaks, n, o.Capacity/o.Lift),
			Lost: riskOf(peaks, left, o.Capacity), LostEvent: riskOf(peaks, left, o.Capacity/o.Lift),
		}
	}
	return p, nil
}

func need(k forecast.Peak, lift float64, event bool, o Options) Need {
	peak := k.PerSecond * lift
	needed := instances(peak, o.Capacity)
	return Need{
		P: k.P, Event: event, Peak: peak, Needed: needed, Replicas: needed + o.Spare,
		Utilization: peak / (float64(needed+o.Spare) * o.Capacity),
		Degraded:    peak / (float64(needed) * o.Capacity),
	}
}

// instances that can do a rate, at least one. A rate that is N capacities but
// for the last bits of a division needs N.
func instances(rate, capacity float64) int {
	return max(1, int(math.Ceil(rate/capacity*(1-1e-12))))
}

// curve has a point wherever one more instance changes a risk, and one at 1.
func curve(peaks []float64, o Options) []RiskPoint {
	at := []int{1}
	for _, v := range peaks {
		at = append(at, instances(v, o.Capacity), instances(v*o.Lift, o.Capacity))
	}
	slices.Sort(at)
	var points []RiskPoint
	for _, n := range slices.Compact(at) {
		points = append(points, RiskPoint{n, riskOf(peaks, n, o.Capacity), riskOf(peaks, n, o.Capacity/o.Lift)})
	}
	return points
}

// riskOf is the bound for n instances; an event that lifts the peaks is one
// that lowers the capacity.
func riskOf(peaks []float64, n int, capacity float64) Risk {
	k := 0
	for _, v := range peaks {
		// As in instances: n may be just enough for v.
		if v*(1-1e-12) > float64(n)*capacity {
			k++
		}
	}
	return Risk{AtMost: float64(k+1) / float64(len(peaks)+1), Beyond: k == 0}
}
