package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/reports"
)

func reportCommand(s *session) *cobra.Command {
	var words []string
	for _, f := range reports.Formats() {
		words = append(words, f.Name)
	}
	c := &cobra.Command{
		Use:     "report RUN...",
		Short:   "Report runs side by side, whole or cut off.",
		Example: "  peakday report peakday-runs/20261121T214200Z-calm-day\n  peakday report protected.run -o html --out report.html\n  peakday run calm-day --out - | peakday report -",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(c, "no RUN given")
			}
			return nil
		},
	}
	format := formatFlag(c, words...)
	out := c.Flags().String("out", "-", "file to write; - is standard output")
	judge := addJudgeFlags(c)
	options := addSizingFlags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		document, err := s.readDocument(c, judge, *options, args...)
		if err != nil {
			return err
		}
		if *out == "-" {
			return reports.Write(s.stdout, format.value, document)
		}
		if guess := formatOf(*out); guess != "" && !c.Flags().Changed("format") {
			format.value = guess
		}
		if err := writeDocument(*out, format.value, document); err != nil {
			return err
		}
		fmt.Fprintf(s.stderr, "peakday: wrote %s as %s\n", *out, format.value)
		return nil
	}
	return c
}

// formatOf guesses a format from the name of a file; empty when the name does not tell.
func formatOf(name string) string {
	switch filepath.Ext(name) {
	case ".txt":
		return "text"
	case ".md":
		return "markdown"
	case ".html", ".htm":
		return "html"
	case ".json":
		return "json"
	case ".xml":
		return "junit"
	}
	return ""
}
