package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
)

// openScenario reads a scenario of the library or from a file.
func openScenario(ref string) (scenarios.Scenario, error) {
	if slices.Contains(library.List(), ref) {
		s, err := library.Open(ref)
		if err != nil {
			return s, err
		}
		return library.Resolve(s)
	}
	data, err := os.ReadFile(ref)
	if errors.Is(err, fs.ErrNotExist) {
		return scenarios.Scenario{}, fmt.Errorf("scenario %s: neither a file nor in the library (%s)\npeakday: hint: peakday scenario new > my.yaml writes one to start from",
			ref, strings.Join(library.List(), ", "))
	}
	if err != nil {
		return scenarios.Scenario{}, fmt.Errorf("reading scenario: %w", err)
	}
	s, err := scenarios.Parse(ref, data)
	if err != nil {
		return s, err
	}
	return library.Resolve(s)
}

// openHistory reads a history of the library or a CSV file, "-" for standard input. A history named in a scenario file
// is looked for beside that file too.
func openHistory(ref, beside string, stdin io.Reader, o history.Options) (history.History, error) {
	switch {
	case ref == "-":
		return history.ReadCSV(stdin, "stdin", o)
	case slices.Contains(library.Histories(), ref):
		r, err := library.History(ref)
		if err != nil {
			return history.History{}, err
		}
		return history.ReadCSV(r, ref, o)
	}
	f, err := os.Open(ref)
	if errors.Is(err, fs.ErrNotExist) && beside != "" && !filepath.IsAbs(ref) {
		f, err = os.Open(filepath.Join(filepath.Dir(beside), ref))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return history.History{}, fmt.Errorf("history %s: neither a file nor in the library (%s)", ref, strings.Join(library.Histories(), ", "))
	}
	if err != nil {
		return history.History{}, fmt.Errorf("reading history: %w", err)
	}
	defer f.Close()
	return history.ReadCSV(f, ref, o)
}

// openRuns reads the runs that an argument names: a .run file, a folder of a drill, or "-" for standard input. Runs of a
// folder come in the order in which they started.
func openRuns(ref string, stdin io.Reader) ([]*result.Run, error) {
	if ref == "-" {
		run, err := result.Read("stdin", stdin)
		return []*result.Run{run}, err
	}
	info, err := os.Stat(ref)
	if err != nil {
		return nil, fmt.Errorf("reading run: %w", err)
	}
	names := []string{ref}
	if info.IsDir() {
		if names, err = filepath.Glob(filepath.Join(ref, "*.run")); err != nil || len(names) == 0 {
			return nil, fmt.Errorf("reading run: no .run file in %s", ref)
		}
	}
	var runs []*result.Run
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("reading run: %w", err)
		}
		run, err := result.Read(name, f)
		f.Close()
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	slices.SortStableFunc(runs, func(a, b *result.Run) int { return a.Header.Started.Compare(b.Header.Started) })
	return runs, nil
}

// scenarioOf reads the scenario that a run carries.
func scenarioOf(run *result.Run) (scenarios.Scenario, error) {
	return scenarios.Parse(run.Header.Scenario+" (in the run)", []byte(run.Header.Document))
}
