package cli

import (
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/scenarios"
)

// ceilingFlags are what a plan may not go beyond, whatever the scenario says.
type ceilingFlags struct {
	rate  float64 // arrivals a second
	slope float64 // more arrivals a second than at any instant of the second before
}

func (f *ceilingFlags) add(c *cobra.Command) {
	c.Flags().Float64Var(&f.rate, "max-rate", 0, "refuse a plan with more arrivals a second than this; it holds for first attempts, retries and later steps of journeys come on top (default: no ceiling)")
	c.Flags().Float64Var(&f.slope, "max-slope", 0, "refuse a plan whose rate of first attempts rises by more than this within any second, the first included (default: no limit)")
}

// check refuses a plan beyond the ceiling before anything is sent. Users of the closed model send as fast as they are
// answered: a ceiling cannot hold for them.
func (f *ceilingFlags) check(c *cobra.Command, p *engine.Plan) error {
	for name, value := range map[string]float64{"max-rate": f.rate, "max-slope": f.slope} {
		if c.Flags().Changed(name) && (!(value > 0) || math.IsInf(value, 0)) {
			return usage(c, "--%s %v: want arrivals a second, more than 0", name, value)
		}
	}
	if f.rate+f.slope > 0 && p.Scenario.Users > 0 {
		return usageError("--max-rate and --max-slope limit a plan; users of the closed model send as fast as they are answered, so give arrivals at a rate instead")
	}
	if peak := max(p.Marks.PeakRate, float64(p.Peak)); f.rate > 0 && peak > f.rate {
		return fmt.Errorf("the plan rises to %s/s, --max-rate allows %s/s; lower the scenario's rates or raise the ceiling", chart.Number(peak), chart.Number(f.rate))
	}
	if f.slope > 0 && p.Scenario.Arrivals == scenarios.Replay {
		return usageError("--max-slope limits a rate, which replayed instants do not have; give --max-rate, which counts them")
	}
	if steepest, at := p.Steepest(); f.slope > 0 && steepest > f.slope*(1+1e-9) { // beyond rounding
		return fmt.Errorf("the plan rises by %s/s in the second from %v on, --max-slope allows %s/s; make the ramp longer or raise the limit", chart.Number(steepest), at.Round(10*time.Millisecond), chart.Number(f.slope))
	}
	return nil
}
