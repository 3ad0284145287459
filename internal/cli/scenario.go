package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
)

func scenarioCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "scenario",
		Short:   "List, show, check and begin scenarios.",
		Example: "  peakday scenario list\n  peakday scenario new > my.yaml && peakday scenario check my.yaml",
		Args:    func(_ *cobra.Command, args []string) error { return unknownCommand(args) },
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(scenarioList(s), scenarioShow(s), scenarioCheck(s), scenarioNew(s), scenarioSchema(s))
	return c
}

func scenarioList(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the scenarios of the library.",
		Example: "  peakday scenario list",
		Args:    exactly(),
	}
	format := formatFlag(c, "text", "json")
	c.RunE = func(*cobra.Command, []string) error {
		type entry struct {
			Name  string `json:"name"`
			Title string `json:"title"`
		}
		var entries []entry
		for _, name := range library.List() {
			sc, err := library.Open(name)
			if err != nil {
				return err
			}
			entries = append(entries, entry{name, sc.Title})
		}
		if format.value == "json" {
			return printJSON(s.stdout, entries)
		}
		for _, e := range entries {
			fmt.Fprintf(s.stdout, "%-20s  %s\n", e.Name, e.Title)
		}
		return nil
	}
	return c
}

func scenarioShow(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "show NAME",
		Short:   "Print a scenario of the library as it was written.",
		Example: "  peakday scenario show reform-day-300x > my.yaml",
		Args:    exactly("NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			source, err := library.Source(args[0])
			if err != nil {
				return err
			}
			_, err = s.stdout.Write(source)
			return err
		},
	}
}

func scenarioCheck(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "check FILE",
		Short:   "Report every fault of a scenario, each with line and column.",
		Example: "  peakday scenario check my.yaml",
		Args:    exactly("FILE"),
	}
	format := formatFlag(c, "text", "json")
	c.RunE = func(_ *cobra.Command, args []string) error {
		sc, err := openScenario(args[0])
		if err == nil {
			err = drill.Check(sc)
		}
		var faults scenarios.Errors
		switch {
		case err != nil && !errors.As(err, &faults):
			return err
		case format.value == "json":
			type fault struct {
				File    string `json:"file"`
				Line    int    `json:"line"`
				Column  int    `json:"column"`
				Message string `json:"message"`
			}
			answer := struct {
				Valid  bool    `json:"valid"`
				Faults []fault `json:"faults"`
			}{err == nil, []fault{}}
			for _, f := range faults {
				answer.Faults = append(answer.Faults, fault{f.File, f.Line, f.Column, f.Message})
			}
			if err := printJSON(s.stdout, answer); err != nil {
				return err
			}
			if len(faults) > 0 {
				return verdict(gate.ExitError)
			}
			return nil
		case err != nil:
			return err
		}
		fmt.Fprintf(s.stdout, "%s: valid: %s\n", args[0], sc.Title)
		return nil
	}
	return c
}

func scenarioNew(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "new [FILE]",
		Short:   "Begin a scenario for a service of your own.",
		Example: "  peakday scenario new my.yaml\n  peakday drill my.yaml --target http://127.0.0.1:8080",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(c, "unexpected argument %q", args[1])
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			source, err := library.Source("hello-target")
			if err != nil {
				return err
			}
			if len(args) == 0 {
				_, err = s.stdout.Write(source)
				return err
			}
			f, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, os.ErrExist) {
				return fmt.Errorf("%s is there already; name another file, or remove it first", args[0])
			}
			if err != nil {
				return fmt.Errorf("beginning a scenario: %w", err)
			}
			if _, err := f.Write(source); err != nil {
				f.Close()
				return fmt.Errorf("beginning a scenario: %w", err)
			}
			return f.Close()
		},
	}
}

func scenarioSchema(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of scenarios, for editors.",
		Example: "  peakday scenario schema > peakday.schema.json",
		Args:    exactly(),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(s.stdout, string(scenarios.Schema()))
			return err
		},
	}
}
