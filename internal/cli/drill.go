package cli

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast/sizing"
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
	var options sizing.Options
	c.Flags().IntVar(&options.Replicas, "replicas", 0, "replicas there are now, for the sizing")
	c.Flags().IntVar(&options.Spare, "spare", 1, "replicas that may be lost at the peak")
	c.RunE = func(c *cobra.Command, args []string) error {
		if load.out == "-" {
			return usage(c, "--out -: a drill writes several files; want a folder")
		}
		ready, err := s.prepare(c, args[0], load, judge)
		if err != nil {
			return err
		}
		if err := ready.Fit(); err != nil {
			return err
		}
		dir, err := ready.folder(load.out)
		if err != nil {
			return err
		}
		if ready.look != nil {
			if err := writeFile(filepath.Join(dir, forecastFile), func(w io.Writer) error { return printJSON(w, ready.look) }); err != nil {
				return err
			}
		}
		var runs []*result.Run
		for _, v := range ready.Scenario.Variants {
			if c.Context().Err() != nil {
				break // interrupted: what there is is reported
			}
			file, err := createRun(dir, v.Name)
			if err != nil {
				return err
			}
			run, err := s.drive(c.Context(), ready, v, file)
			if closed := file.Close(); err == nil && closed != nil {
				err = fmt.Errorf("writing result: %w", closed)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", v.Name, err)
			}
			runs = append(runs, run)
		}
		document := reports.Build(conclude(ready.Scenario, runs, ready.look, ready.day, options))
		if err := writeDocument(filepath.Join(dir, "drill.json"), "json", document); err != nil {
			return err
		}
		if err := writeDocument(filepath.Join(dir, "report.html"), "html", document); err != nil {
			return err
		}
		if err := reports.Write(s.stdout, format.value, document); err != nil {
			return err
		}
		fmt.Fprintf(s.stderr, "peakday: wrote %s\n", filepath.Join(dir, "report.html"))
		return verdict(document.ExitCode)
	}
	return c
}

// writeDocument writes a report to a file.
func writeDocument(name, format string, document reports.Document) error {
	return writeFile(name, func(w io.Writer) error { return reports.Write(w, format, document) })
}
