package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

func runCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "run SCENARIO",
		Short:   "Drive one variant of a scenario and judge it.",
		Example: "  peakday run calm-day\n  peakday run my.yaml --target http://127.0.0.1:8080 --dry-run",
		Args:    exactly("SCENARIO"),
	}
	format := formatFlag(c, "text", "json")
	judge := addJudgeFlags(c)
	load := addLoadFlags(c)
	options := addSizingFlags(c)
	name := c.Flags().String("variant", "", "variant to drive (default: the scenario's first)")
	dry := addDryRunFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		ready, err := s.prepare(c, args[0], load, judge)
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
		dir, out := "", io.Writer(s.stdout)
		if load.out != "-" {
			folder, files, err := s.folder(ready, load.out, variant.Name)
			if err != nil {
				return err
			}
			defer files[0].Close()
			dir, out = folder, files[0]
		}
		ready.Variants = []string{variant.Name}
		run, err := s.drive(c.Context(), ready, variant, "", out)
		if err != nil {
			return err
		}
		if dir != "" {
			fmt.Fprintf(s.stderr, "peakday: wrote %s\n", filepath.Join(dir, variant.Name+".run"))
		}
		document := reports.Build(conclude(ready.Scenario, []*result.Run{run}, ready.look, ready.day, *options))
		if load.out != "-" {
			if err := reports.Write(s.stdout, format.value, document); err != nil {
				return err
			}
		}
		return verdict(document.ExitCode)
	}
	return c
}

// drive runs one variant with progress on stderr; place says which of how many it is.
func (s *session) drive(ctx context.Context, r *ready, v scenarios.Variant, place string, out io.Writer) (*result.Run, error) {
	p := newProgress(s.stderr, place+v.Name)
	r.Progress = p.show
	run, err := r.Run(ctx, v, out)
	p.done()
	return run, err
}

func variantNames(sc scenarios.Scenario) []string {
	var names []string
	for _, v := range sc.Variants {
		names = append(names, v.Name)
	}
	return names
}
