package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine/result"
)

func encodeCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "encode RUN --to FORMAT",
		Short: "Give every result of a run to other tools: vegeta, CSV, JSON, HdrHistogram.",
		Long: `Give every result of a run to other tools. vegeta, csv and json are vegeta's three encodings, which vegeta report and
vegeta plot read; hdr is the percentile text of HdrHistogram, in milliseconds.

By default a result is timed from when it was due, so that latency is what a person felt; --clock sent times it from its first
byte, as vegeta does itself, or from when it was ready where it failed before that. What was dropped, lost or never ended has
no time and is left out, and that is said. What failed in spite of a 2xx answer has code 0.`,
		Example: "  peakday encode peakday-runs/20261121T214200Z-calm-day --variant protected --to vegeta | vegeta report\n  peakday encode protected.run --to hdr --out latency.hgrm",
		Args:    exactly("RUN"),
	}
	to := &choice{words: []string{"vegeta", "csv", "json", "hdr"}} // no default
	c.Flags().Var(to, "to", "what to write")
	clock := newChoice(string(result.ByDue), string(result.BySent))
	c.Flags().Var(clock, "clock", "what a result is timed from")
	out := c.Flags().String("out", "-", "file to write; - is standard output")
	variant := c.Flags().String("variant", "", "variant to encode, in a folder that holds several")
	c.RunE = func(c *cobra.Command, args []string) error {
		if to.value == "" {
			return usage(c, "no --to given: want %s", strings.Join(to.words, ", "))
		}
		name, err := resultsOf(args[0], *variant)
		if err != nil {
			return err
		}
		e := encoding{results: name, to: to.value, clock: result.Clock(clock.value)}
		if *out == "-" {
			err = e.write(s.stdout)
		} else {
			err = writeFile(*out, e.write)
		}
		if err != nil {
			return err
		}
		for _, note := range e.notes() {
			fmt.Fprintf(s.stderr, "peakday: %s\n", note)
		}
		if *out != "-" {
			fmt.Fprintf(s.stderr, "peakday: wrote %d results to %s\n", e.written, *out)
		}
		return nil
	}
	return c
}

// resultsOf is the result log that a RUN argument names: the log itself, the .run beside it, or the folder of a drill.
func resultsOf(ref, variant string) (string, error) {
	info, err := os.Stat(ref)
	if err != nil {
		return "", fmt.Errorf("reading results: %w; want a .results or .run file or the folder of a drill, as in peakday-runs", err)
	}
	if !info.IsDir() {
		if variant != "" {
			return "", fmt.Errorf("--variant %s chooses in a folder, and %s is a file; leave it out", variant, ref)
		}
		if base, ok := strings.CutSuffix(ref, ".run"); ok {
			ref = base + ".results"
		}
		return ref, nil
	}
	if variant != "" {
		return filepath.Join(ref, variant+".results"), nil
	}
	names, err := filepath.Glob(filepath.Join(ref, "*.results"))
	switch {
	case err != nil:
		return "", fmt.Errorf("reading results: %w", err)
	case len(names) == 0:
		return "", fmt.Errorf("no results in %s; a run keeps them unless it is given --results=false", ref)
	case len(names) > 1:
		for i, n := range names {
			names[i] = strings.TrimSuffix(filepath.Base(n), ".results")
		}
		return "", fmt.Errorf("%s holds the results of %s; choose one with --variant", ref, strings.Join(names, ", "))
	}
	return names[0], nil
}
