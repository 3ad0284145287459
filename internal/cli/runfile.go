package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// folder makes the folder for the results of variants, and puts the forecast in it. A folder that holds one of them
// already is left as it is.
func (s *session) folder(r *ready, out string, variants ...string) (dir string, files []*runFile, err error) {
	if out == "" {
		out = filepath.Join("peakday-runs", time.Now().UTC().Format("20060102T150405Z")+"-"+r.Scenario.Name)
	}
	for _, v := range variants {
		f := &runFile{name: filepath.Join(out, v+".run")}
		if _, err := os.Lstat(f.name); err == nil {
			return "", nil, f.taken()
		}
		files = append(files, f)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", nil, fmt.Errorf("making the folder for the result: %w", err)
	}
	if r.look == nil {
		return out, files, nil
	}
	return out, files, writeFile(filepath.Join(out, forecastFile), func(w io.Writer) error { return printJSON(w, r.look) })
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
