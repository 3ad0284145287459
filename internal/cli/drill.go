package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports"
)

func drillCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "drill SCENARIO",
		Short: "Do all of it: forecast, drive every variant with the same arrivals, judge, size, report.",
		Long: `Do all of it: forecast the day, drive every variant of the scenario with the same arrivals, judge the last one
against the budgets, size for the day and write a report. With --target a service of your own is driven, and the
admission layer is put before it where the variant says so.`,
		Example: "  peakday drill reform-day-300x\n  peakday drill my.yaml --target http://127.0.0.1:8080",
		Args:    exactly("SCENARIO"),
	}
	format := formatFlag(c, "text", "json", "markdown", "junit")
	judge := addJudgeFlags(c)
	load := addLoadFlags(c)
	options := addSizingFlags(c)
	dry := addDryRunFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if load.out == "-" {
			return usage(c, "--out -: a drill writes several files; want a folder")
		}
		ready, err := s.prepare(c, args[0], load, judge, nil)
		if err != nil {
			return err
		}
		if *dry {
			return s.dryRun(format.value, ready)
		}
		if err := s.open(c, ready, load); err != nil {
			return err
		}
		dir, records, err := s.folder(ready, load, variantNames(ready.Scenario)...)
		if err != nil {
			return err
		}
		runs, broken := s.driveAll(c.Context(), ready, records)
		if broken != nil && len(runs) == 0 {
			return broken
		}
		document := reports.Build(conclude(ready.Scenario, runs, ready.look, ready.day, *options))
		if err := writeDocument(filepath.Join(dir, "drill.json"), "json", document); err != nil {
			return err
		}
		if err := writeDocument(filepath.Join(dir, "report.html"), "html", document); err != nil {
			return err
		}
		if err := reports.Write(s.stdout, format.value, document); err != nil {
			return err
		}
		fmt.Fprintf(s.stderr, "peakday: %s; wrote %s\n", document.Verdict, filepath.Join(dir, "report.html"))
		if broken != nil {
			return broken
		}
		return verdict(document.ExitCode)
	}
	return c
}

// driveAll runs the variants in order and returns those that came to an end, with what stopped the others. An interrupt
// ends the one that is on and leaves out the rest.
func (s *session) driveAll(ctx context.Context, r *ready, records []record) (runs []*result.Run, err error) {
	r.Variants = variantNames(r.Scenario)
	for i, v := range r.Scenario.Variants {
		if ctx.Err() != nil {
			break
		}
		run, err := s.drive(ctx, r, v, fmt.Sprintf("%d/%d ", i+1, len(records)), records[i])
		if err != nil {
			return runs, fmt.Errorf("%s: %w", v.Name, err)
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// writeDocument writes a report to a file.
func writeDocument(name, format string, document reports.Document) error {
	return writeFile(name, func(w io.Writer) error { return reports.Write(w, format, document) })
}
