package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

func runCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "run SCENARIO | --targets FILE",
		Short: "Drive one variant of a scenario and judge it.",
		Long: `Drive one variant of a scenario and judge it. With --targets the scenario is one line: the requests of a vegeta target
file (http or json), at --rate arrivals a second or by --users who wait for their answers, --for so long.`,
		Example: `  peakday run calm-day
  peakday run my.yaml --target http://127.0.0.1:8080 --dry-run
  peakday run --targets t.txt --rate 5000 --for 8s --connections 64 -o json`,
		Args: atMostOne,
	}
	c.Flags().SortFlags = false // they stand in groups: what is sent, the answer, how it is judged, how it is sent, sizing
	targets := addTargetFlags(c)
	dry := addDryRunFlag(c)
	format := formatFlag(c, "text", "json")
	judge := addJudgeFlags(c)
	load := addLoadFlags(c)
	options := addSizingFlags(c)
	name := c.Flags().String("variant", "", "variant to drive (default: the scenario's first)")
	c.RunE = func(c *cobra.Command, args []string) error {
		ref := ""
		if len(args) == 1 {
			ref = args[0]
		}
		if err := targets.check(c, ref, load); err != nil {
			return err
		}
		ready, err := s.prepare(c, ref, load, judge, targets)
		if err != nil {
			return err
		}
		variant := ready.Scenario.Variants[0]
		if *name != "" {
			i := slices.IndexFunc(ready.Scenario.Variants, func(v scenarios.Variant) bool { return v.Name == *name })
			if i < 0 {
				return usage(c, "--variant %q: the scenario has %s", *name, variantNames(ready.Scenario))
			}
			variant = ready.Scenario.Variants[i]
		}
		if *dry {
			return s.dryRun(format.value, ready)
		}
		if err := s.open(c, ready, load); err != nil {
			return err
		}
		var rec record
		if load.out == "-" {
			passing, remove, err := s.passing(variant.Name)
			if err != nil {
				return err
			}
			defer remove()
			rec = passing
		} else {
			_, records, err := s.folder(ready, load, variant.Name)
			if err != nil {
				return err
			}
			rec = records[0]
		}
		ready.Variants = []string{variant.Name}
		run, err := s.drive(c.Context(), ready, variant, "", rec)
		if err != nil {
			return err
		}
		document := reports.Build(conclude(ready.Scenario, []*result.Run{run}, ready.look, ready.day, *options))
		if len(ready.Scenario.Budgets) == 0 && document.ExitCode == gate.ExitInconclusive && !run.End.Interrupted {
			document.ExitCode = gate.ExitPass // no verdict was asked for
		}
		if load.out != "-" {
			fmt.Fprintf(s.stderr, "peakday: wrote %s\n", rec.run.name)
			if err := s.answer(format.value, document, run); err != nil {
				return err
			}
		}
		return verdict(document.ExitCode)
	}
	return c
}

// answer prints what a run came to. JSON has the accounts and times of the run on top, beside the document.
func (s *session) answer(format string, document reports.Document, run *result.Run) error {
	if format != "json" {
		return reports.Write(s.stdout, format, document)
	}
	return printJSON(s.stdout, struct {
		reports.Measurement
		reports.Document
	}{reports.Measured(run), document})
}

// drive runs one variant with progress on stderr; place says which of how many it is.
func (s *session) drive(ctx context.Context, r *ready, v scenarios.Variant, place string, rec record) (*result.Run, error) {
	p := newProgress(s.stderr, place+v.Name)
	quiet := context.AfterFunc(ctx, func() {
		fmt.Fprintln(s.stderr, "\npeakday: stopping: nothing more is sent, what is in flight is waited for; once more does not wait")
	})
	defer quiet()
	r.Progress = p.show
	err := r.Run(ctx, v, rec.writers())
	p.done()
	run, unread := rec.read()
	if err != nil {
		return nil, err
	}
	return run, unread
}

func variantNames(sc scenarios.Scenario) []string {
	var names []string
	for _, v := range sc.Variants {
		names = append(names, v.Name)
	}
	return names
}
