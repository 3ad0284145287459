package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/forecast/capacity"
	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/gate"
)

func sizeCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "size --run RUN --forecast FILE",
		Short:   "Say how many replicas the forecast day needs, from what one of them was measured to do.",
		Example: "  peakday size --run peakday-runs/20261121T214200Z-reform-day-300x --forecast peakday-runs/20261121T214200Z-reform-day-300x/forecast.json --replicas 40",
		Args:    exactly(),
	}
	var run, file string
	options := addSizingFlags(c)
	var event float64
	format := formatFlag(c, "text", "json")
	f := c.Flags()
	f.StringVar(&run, "run", "", "measured run, or the folder of a drill: its last variant")
	f.StringVar(&file, "forecast", "", "forecast.json of a drill or of peakday forecast --out")
	f.Float64Var(&event, "event", 0, "factor of the event on the peak (default: what lifts the day's peak to the scenario's highest multiple of its median)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		switch {
		case run == "":
			return usage(c, "no --run given")
		case file == "":
			return usage(c, "no --forecast given")
		case event != 0 && event < 1:
			return usage(c, "--event %g: want a factor of 1 or more", event)
		}
		runs, err := s.openRuns(run)
		if err != nil {
			return err
		}
		look, err := readForecast(file)
		if err != nil {
			return err
		}
		measured := runs[len(runs)-1]
		sc, err := scenarioOf(measured)
		if err != nil {
			return err
		}
		if why := unfit(measured); why != "" {
			fmt.Fprintf(s.stderr, "peakday: nothing is sized: %s\n", why)
			validity, _ := gate.Validity(measured)
			return verdict(gate.ExitCode(validity))
		}
		one, err := capacity.Measure(measured, sc.Budgets, sc.Capacity)
		if err != nil {
			return err
		}
		options.Capacity, options.LowerBound, options.Lift = one.PerSecond, one.LowerBound, event
		if event == 0 {
			quantile := 0.95
			if sc.Shape.Forecast != nil {
				quantile = sc.Shape.Forecast.Quantile
			}
			day, err := look.Day(quantile)
			if err != nil {
				return err
			}
			options.Lift = day.Lift(sc.Shape.Event())
		}
		plan, err := sizing.New(look, *options)
		if err != nil {
			return err
		}
		if format.value == "json" {
			return printJSON(s.stdout, struct {
				Capacity capacity.Capacity `json:"capacity"`
				Plan     sizing.Plan       `json:"plan"`
			}{one, plan})
		}
		return reports.WriteSizing(s.stdout, one, plan)
	}
	return c
}
