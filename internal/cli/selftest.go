package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/internal/selftest"
	"github.com/peakday/peakday/reports/gate"
)

func selftestCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "selftest",
		Short: "Prove on this machine that the tool tells the truth, and what it can offer.",
		Long: "Drive a built-in server whose answers are known beforehand, on loopback, and hold what is reported against it:\n" +
			"quantiles over a stall, arrivals against the plan, the server's clock against ours, lateness at rising rates.\n" +
			"It takes three minutes, in which the machine should do nothing else. Exit code 5 means that the instrument is off.",
		Example: "  peakday selftest\n  peakday selftest --quick -o json",
		Args:    exactly(),
	}
	config := selftest.Config{Version: version()}
	format := formatFlag(c, "text", "json")
	c.Flags().BoolVar(&config.Quick, "quick", false, "shorter runs and fewer rates: ten seconds")
	c.RunE = func(c *cobra.Command, _ []string) error {
		config.Progress = func(what string) { fmt.Fprintf(s.stderr, "peakday: %s\n", what) }
		report, err := selftest.Run(c.Context(), config)
		if errors.Is(err, context.Canceled) {
			fmt.Fprintln(s.stderr, "peakday: the self-test was stopped; nothing is proven")
			return verdict(gate.ExitInconclusive)
		}
		if err != nil {
			return err
		}
		if format.value == "json" {
			err = printJSON(s.stdout, report)
		} else {
			err = selftest.Write(s.stdout, report)
		}
		if err != nil {
			return err
		}
		return verdict(report.ExitCode)
	}
	c.AddCommand(selftestServe(s))
	return c
}

// selftestServe is the reference server, which the self-test starts itself.
func selftestServe(s *session) *cobra.Command {
	return &cobra.Command{
		Use:    "serve",
		Short:  "Serve the reference server of the self-test, as long as stdin is open.",
		Args:   exactly(),
		Hidden: true,
		RunE:   func(*cobra.Command, []string) error { return selftest.Serve(s.stdin, s.stdout) },
	}
}
