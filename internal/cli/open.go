package cli

import (
	"bufio"
	"compress/gzip"
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

// openHistory reads a history of the library or a file, gzipped or not, "-" for standard input. A history named in a scenario file
// is looked for beside that file too.
func openHistory(ref, beside string, stdin io.Reader, o history.Options) (history.History, error) {
	switch {
	case ref == "-":
		return readHistory(stdin, "stdin", o)
	case slices.Contains(library.Histories(), ref):
		r, err := library.History(ref)
		if err != nil {
			return history.History{}, err
		}
		return history.Read(r, ref, o)
	}
	f, err := os.Open(ref)
	if errors.Is(err, fs.ErrNotExist) && beside != "" && !filepath.IsAbs(ref) {
		f, err = os.Open(filepath.Join(filepath.Dir(beside), ref))
	}
	if errors.Is(err, fs.ErrNotExist) && strings.Contains(ref, "://") {
		return history.History{}, fmt.Errorf("history %s: an address is not fetched\npeakday: hint: curl -s '%s' | peakday forecast -", ref, ref)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return history.History{}, fmt.Errorf("history %s: neither a file nor in the library (%s)", ref, strings.Join(library.Histories(), ", "))
	}
	if err != nil {
		return history.History{}, fmt.Errorf("reading history: %w", err)
	}
	defer f.Close()
	return readHistory(f, ref, o)
}

func readHistory(r io.Reader, name string, o history.Options) (history.History, error) {
	text, err := unzipped(r, name)
	if err != nil {
		return history.History{}, err
	}
	return history.Read(text, name, o)
}

// unzipped is what a file holds, gzipped or not.
func unzipped(r io.Reader, name string) (io.Reader, error) {
	in := bufio.NewReader(r)
	if magic, _ := in.Peek(2); string(magic) != "\x1f\x8b" {
		return in, nil
	}
	text, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("reading history %s: %w", name, err)
	}
	return text, nil
}

// openRuns reads the runs that an argument names: a .run file, a folder of a drill, or "-" for standard input. Runs of a
// folder come in the order in which they started; a file in it that holds no run yet is passed over, and said.
func (s *session) openRuns(ref string) ([]*result.Run, error) {
	if ref == "-" {
		run, err := result.Read("stdin", s.stdin)
		return []*result.Run{run}, err
	}
	info, err := os.Stat(ref)
	if err != nil {
		return nil, fmt.Errorf("reading run: %w; want a .run file or the folder of a drill, as in peakday-runs", err)
	}
	if !info.IsDir() {
		run, err := readRun(ref)
		return []*result.Run{run}, err
	}
	names, err := filepath.Glob(filepath.Join(ref, "*.run"))
	if err != nil {
		return nil, fmt.Errorf("reading run: %w", err)
	}
	var runs []*result.Run
	for _, name := range names {
		run, err := readRun(name)
		if errors.Is(err, result.ErrNoRun) {
			fmt.Fprintf(s.stderr, "peakday: passed over: %v\n", err)
			continue
		}
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("reading run: no run in %s; want the folder of a drill, as in peakday-runs", ref)
	}
	slices.SortStableFunc(runs, func(a, b *result.Run) int { return a.Header.Started.Compare(b.Header.Started) })
	return runs, nil
}

func readRun(name string) (*result.Run, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading run: %w", err)
	}
	defer f.Close()
	return result.Read(name, f)
}

// scenarioOf reads the scenario that a run carries.
func scenarioOf(run *result.Run) (scenarios.Scenario, error) {
	return scenarios.Parse(run.Header.Scenario+" (in the run)", []byte(run.Header.Document))
}
