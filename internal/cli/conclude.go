package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/capacity"
	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

// conclude judges the runs of a drill and sizes for its forecast from what the last variant was measured to do. Without
// a forecast nothing is sized; without the last variant, or when it was cut off, there is no capacity either.
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
	if deciding < 0 || runs[deciding].Partial() {
		return d
	}
	if end := runs[deciding].End; len(end.Invalid) > 0 || end.Interrupted {
		d.Warnings = append(d.Warnings, "nothing is sized from an invalid or interrupted measurement")
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

// addSizingFlags adds what sizing cannot know.
func addSizingFlags(c *cobra.Command) *sizing.Options {
	var o sizing.Options
	c.Flags().IntVar(&o.Replicas, "replicas", 0, "replicas there are now, for the sizing")
	c.Flags().IntVar(&o.Spare, "spare", 1, "replicas that may be lost at the peak")
	return &o
}
