package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/internal/drill"
)

// A record is the files of one run: NAME.run, and NAME.results with every attempt unless they are not wanted.
type record struct {
	run     *runFile
	results *runFile  // may be nil
	also    io.Writer // gets the run, too; may be nil
}

// folder makes the folder for the records of variants, and puts the forecast in it. A folder that holds one of them
// already is left as it is.
func (s *session) folder(r *ready, load *loadFlags, variants ...string) (dir string, records []record, err error) {
	out := load.out
	if out == "" {
		out = filepath.Join("peakday-runs", time.Now().UTC().Format("20060102T150405Z")+"-"+r.Scenario.Name)
	}
	for _, v := range variants {
		rec := record{run: &runFile{name: filepath.Join(out, v+".run")}}
		if load.results {
			rec.results = &runFile{name: filepath.Join(out, v+".results")}
		}
		for _, f := range rec.files() {
			if _, err := os.Lstat(f.name); err == nil {
				return "", nil, f.taken()
			}
		}
		records = append(records, rec)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", nil, fmt.Errorf("making the folder for the result: %w", err)
	}
	if r.look == nil {
		return out, records, nil
	}
	return out, records, writeFile(filepath.Join(out, forecastFile), func(w io.Writer) error { return printJSON(w, r.look) })
}

// passing is the record of a run that goes to stdout: what is kept of it is in a folder that remove removes.
func (s *session) passing(variant string) (rec record, remove func(), err error) {
	dir, err := os.MkdirTemp("", "peakday-run-")
	if err != nil {
		return rec, nil, fmt.Errorf("making room for the result: %w", err)
	}
	return record{run: &runFile{name: filepath.Join(dir, variant+".run")}, also: s.stdout}, func() { os.RemoveAll(dir) }, nil
}

func (r *record) files() []*runFile {
	if r.results == nil {
		return []*runFile{r.run}
	}
	return []*runFile{r.run, r.results}
}

// writers are what a drill writes to.
func (r *record) writers() drill.Record {
	to := drill.Record{Run: r.run}
	if r.also != nil {
		to.Run = io.MultiWriter(r.also, r.run)
	}
	if r.results != nil {
		to.Results = r.results
	}
	return to
}

// read ends the record and reads the run back: while it went on, none of it was kept in memory.
func (r *record) read() (*result.Run, error) {
	for _, f := range r.files() {
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("writing result: %w", err)
		}
	}
	return readRun(r.run.name)
}

// A runFile is a result that is created when its first line is written, so that a run which never began leaves nothing.
// It never writes over an older one.
type runFile struct {
	name string
	file *os.File
}

func (f *runFile) taken() error {
	return fmt.Errorf("%s is there already; give another --out, or none", f.name)
}

// Write appends to the result.
func (f *runFile) Write(p []byte) (int, error) {
	if f.file == nil {
		file, err := os.OpenFile(f.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			return 0, f.taken()
		}
		if err != nil {
			return 0, err
		}
		f.file = file
	}
	return f.file.Write(p)
}

// Close ends the result.
func (f *runFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}
