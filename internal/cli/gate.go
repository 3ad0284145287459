package cli

import (
	"fmt"
	"math"
	"os"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

func gateCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "gate RUN",
		Short:   "Hold runs against budgets: pass (0), fail (3), inconclusive (4) or invalid (5).",
		Example: "  peakday gate peakday-runs/20261121T214200Z-calm-day\n  peakday gate protected.run --budget \"admitted p95 <= 1s\" -o junit > gate.xml",
		Args:    exactly("RUN"),
	}
	format := formatFlag(c, "text", "json", "junit")
	judge := addJudgeFlags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		document, err := s.readDocument(c, judge, sizing.Options{Spare: 1}, args...)
		if err != nil {
			return err
		}
		if format.value == "text" {
			err = reports.WriteGate(s.stdout, document)
		} else {
			err = reports.Write(s.stdout, format.value, document)
		}
		if err != nil {
			return err
		}
		return verdict(document.ExitCode)
	}
	return c
}

// judgeFlags are what may be said about promises on the command line.
type judgeFlags struct {
	budgets  []string
	capacity float64
}

func addJudgeFlags(c *cobra.Command) *judgeFlags {
	var j judgeFlags
	c.Flags().StringArrayVar(&j.budgets, "budget", nil, "one more budget, such as \"admitted p95 <= 3s\" (may be repeated)")
	c.Flags().Float64Var(&j.capacity, "capacity", 0, "capacity that budgets compare with, answers a second (default: as the scenario declares)")
	return &j
}

// apply adds the budgets and the capacity to a scenario.
func (j *judgeFlags) apply(c *cobra.Command, sc scenarios.Scenario) (scenarios.Scenario, error) {
	for _, text := range j.budgets {
		b, err := scenarios.ParseBudget(text)
		if err != nil {
			return sc, usage(c, "--budget: %v", err)
		}
		sc.Budgets = append(sc.Budgets, b)
	}
	if c.Flags().Changed("capacity") && (!(j.capacity > 0) || math.IsInf(j.capacity, 0)) {
		return sc, usage(c, "--capacity %g: want answers a second, more than 0", j.capacity)
	}
	if j.capacity > 0 {
		sc.Capacity = j.capacity
	}
	return sc, nil
}

// readDocument reads runs of one scenario and judges them together. The folder of a drill is concluded as the drill did.
func (s *session) readDocument(c *cobra.Command, judge *judgeFlags, options sizing.Options, refs ...string) (reports.Document, error) {
	var runs []*result.Run
	for _, ref := range refs {
		more, err := s.openRuns(ref)
		if err != nil {
			return reports.Document{}, err
		}
		runs = append(runs, more...)
	}
	for _, run := range runs {
		if run.Header.Scenario != runs[0].Header.Scenario {
			return reports.Document{}, fmt.Errorf("runs of different scenarios, %s and %s: report them one by one", runs[0].Header.Scenario, run.Header.Scenario)
		}
	}
	sc, err := scenarioOf(runs[0])
	if err != nil {
		return reports.Document{}, err
	}
	if sc, err = judge.apply(c, sc); err != nil {
		return reports.Document{}, err
	}
	if info, err := os.Stat(refs[0]); len(refs) > 1 || err != nil || !info.IsDir() {
		return reports.Build(reports.Drill{Scenario: sc, Declared: sc.Capacity, Variants: reports.Judge(sc, sc.Capacity, runs)}), nil
	}
	look, day, err := drillForecast(refs[0], sc)
	if err != nil {
		fmt.Fprintf(s.stderr, "peakday: without forecast and sizing: %v\n", err)
	}
	return reports.Build(conclude(sc, runs, look, day, options)), nil
}
