// Package cli is the command line: one file a command, one table of commands. It opens files, talks to the person and
// turns what the other packages return into output and exit codes.
//
// Answers go to stdout, talk goes to stderr. Every command that answers takes -o json.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

// A session is one call of the program: its streams.
type session struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	log    *slog.Logger

	abandon <-chan struct{} // closed when nobody wants to wait any longer
}

// commands is every command, in the order of a user's day.
var commands = []func(*session) *cobra.Command{
	drillCommand,
	forecastCommand,
	backtestCommand,
	scenarioCommand,
	selftestCommand,
	runCommand,
	gateCommand,
	reportCommand,
	encodeCommand,
	sizeCommand,
	sutCommand,
	guardCommand,
}

// Main runs one command and returns its exit code.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, abandon, release := interrupts(ctx)
	defer release()
	s := &session{stdin, stdout, stderr, slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), abandon}

	root := &cobra.Command{
		Use:           "peakday",
		Short:         "Rehearse the peak of a policy day: forecast it, drill it, judge it, size for it.",
		Example:       "  peakday drill reform-day-300x",
		Version:       version(),
		Args:          func(_ *cobra.Command, args []string) error { return unknownCommand(args) },
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	for _, command := range commands {
		root.AddCommand(command(s))
	}
	err := root.ExecuteContext(ctx)

	var verdict verdictError
	var misuse usageError
	var faults scenarios.Errors
	switch {
	case err == nil:
		return 0
	case errors.As(err, &verdict):
		return int(verdict)
	case errors.As(err, &faults):
		fmt.Fprintln(stderr, faults) // each line begins with its place, as editors want it
		return gate.ExitError
	case errors.As(err, &misuse):
		fmt.Fprintf(stderr, "peakday: %v\n", err)
		return gate.ExitUsage
	}
	fmt.Fprintf(stderr, "peakday: %s\n", reports.Harmless(err.Error())) // which may quote a file from outside
	return gate.ExitError
}

// The templates show an example first, and once.
const (
	helpTemplate = `{{with .Example}}{{.}}

{{end}}{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}`

	usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{- if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}{{end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`
)

// A verdictError ends the program with the exit code of a verdict that has been printed already.
type verdictError int

func (e verdictError) Error() string { return fmt.Sprintf("verdict with exit code %d", int(e)) }

// verdict turns an exit code into the error that carries it.
func verdict(code int) error {
	if code == 0 {
		return nil
	}
	return verdictError(code)
}

// A usageError means that the command was called wrongly.
type usageError string

func (e usageError) Error() string { return string(e) }

func usage(c *cobra.Command, format string, args ...any) error {
	return usageError(fmt.Sprintf(format, args...) + fmt.Sprintf("\npeakday: hint: %s --help shows an example", c.CommandPath()))
}

// flagError says what was wanted, where the flag package quotes the function that could not read it.
func flagError(c *cobra.Command, err error) error {
	for reader, want := range map[string]string{
		": strconv.ParseFloat": "a number such as 1.05", ": strconv.ParseInt": "a whole number", ": strconv.ParseUint": "a whole number, 0 or more",
		": strconv.Atoi": "a whole number", ": strconv.ParseBool": "true or false", ": time: ": "a duration such as 800ms or 3s",
	} {
		if found, _, quoted := strings.Cut(err.Error(), reader); quoted {
			return usage(c, "%s: want %s", found, want)
		}
	}
	return usage(c, "%v", err)
}

func unknownCommand(args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError(fmt.Sprintf("unknown command %q\npeakday: hint: peakday --help lists the commands", args[0]))
}

// exactly takes the named arguments, neither more nor fewer.
func exactly(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage(c, "no %s given", names[len(args)])
		case len(args) > len(names):
			return usage(c, "unexpected argument %q", args[len(names)])
		}
		return nil
	}
}

// atMostOne takes one argument or none.
func atMostOne(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(c, "unexpected argument %q", args[1])
	}
	return nil
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
