package cli

import (
	"errors"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/capacity"
	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

// conclude judges the runs of a drill and sizes for its forecast from what the last variant was measured to do. Without
// a forecast nothing is sized; without the last variant, or when it is unfit, there is no capacity either.
func conclude(sc scenarios.Scenario, runs []*result.Run, look *forecast.Forecast, day *forecast.Day, options sizing.Options) reports.Drill {
	d := reports.Drill{Scenario: sc, Declared: sc.Capacity, Variants: reports.Judge(sc, sc.Capacity, runs), Forecast: look, Day: day}
	meant := meantToRun(sc, runs)
	for _, name := range meant {
		if !slices.ContainsFunc(runs, func(r *result.Run) bool { return r.Header.Variant == name }) {
			d.NotRun = append(d.NotRun, name)
		}
	}
	last := meant[len(meant)-1]
	deciding := slices.IndexFunc(runs, func(r *result.Run) bool { return r.Header.Variant == last })
	if deciding < 0 {
		return d
	}
	if why := unfit(runs[deciding]); why != "" {
		d.Warnings = append(d.Warnings, "nothing is sized: "+why)
		return d
	}
	one, err := capacity.Measure(runs[deciding], sc.Budgets, sc.Capacity)
	if err != nil {
		d.Warnings = append(d.Warnings, "no capacity: "+err.Error())
		return d
	}
	d.Capacity = &one
	if look == nil {
		return d
	}
	options.Capacity, options.LowerBound, options.Lift = one.PerSecond, one.LowerBound, day.Lift(sc.Shape.Event())
	plan, err := sizing.New(*look, options)
	if err != nil {
		d.Warnings = append(d.Warnings, "no sizing: "+err.Error())
		return d
	}
	d.Plan = &plan
	return d
}

// meantToRun are the variants that were to be driven: all of the scenario's in a drill, one in a run.
func meantToRun(sc scenarios.Scenario, runs []*result.Run) []string {
	for _, r := range runs {
		if len(r.Header.Variants) > 0 {
			return r.Header.Variants
		}
	}
	return variantNames(sc)
}

// unfit says why a run is not to be sized from; empty when it may.
func unfit(run *result.Run) string {
	switch end := run.End; {
	case end == nil:
		return "the run was cut off"
	case len(end.Invalid) > 0:
		return "the measurement is invalid"
	case end.Interrupted:
		return "the run was interrupted"
	case end.Aborted != "":
		return "an abort rule stopped the run"
	}
	return ""
}

// addSizingFlags adds what sizing cannot know.
func addSizingFlags(c *cobra.Command) *sizing.Options {
	var o sizing.Options
	c.Flags().Var((*count)(&o.Replicas), "replicas", "replicas there are now, for the sizing")
	o.Spare = 1
	c.Flags().Var((*count)(&o.Spare), "spare", "replicas that may be lost at the peak")
	return &o
}

// A count is a flag that takes a whole number from 0.
type count int

func (n *count) String() string { return strconv.Itoa(int(*n)) }

// Type names what the flag takes, for help.
func (n *count) Type() string { return "count" }

// Set takes the number.
func (n *count) Set(text string) error {
	v, err := strconv.Atoi(text)
	if err != nil || v < 0 {
		return errors.New("want a whole number, 0 or more")
	}
	*n = count(v)
	return nil
}
