package main

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// A Record is what was measured last of each part.
type Record struct{ Parts map[string]Part }

// A Part of the bench: what it says of the goals, and its own tables as Markdown.
type Part struct {
	When             time.Time
	Took             time.Duration
	Machine, Command string

	Goals  []Goal
	Why    string // some would be missed, as measured; none if it is empty
	Tables string
}

func recordFile() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "peakday", "bench-forecast.gob"), err
}

// readRecord is empty if nothing was measured yet.
func readRecord() (Record, error) {
	r := Record{map[string]Part{}}
	name, err := recordFile()
	if err != nil {
		return r, err
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(data)).Decode(&r)
	}
	if err != nil {
		return r, fmt.Errorf("reading what was measured before: %w; remove %s to begin anew", err, name)
	}
	return r, nil
}

func (r Record) save() error {
	name, err := recordFile()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(r); err != nil {
		return err
	}
	return os.WriteFile(name, data.Bytes(), 0o644)
}

// machine is what a speed depends on besides the code, and the commit.
func machine() string {
	text := fmt.Sprintf("%d cores, %s", runtime.NumCPU(), runtime.Version())
	if cpus, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, after, ok := strings.Cut(string(cpus), "model name\t: "); ok {
			name, _, _ := strings.Cut(after, "\n")
			text = name + ", " + text
		}
	}
	if commit, err := exec.Command("git", "describe", "--always", "--dirty").Output(); err == nil {
		text += ", at " + strings.TrimSpace(string(commit))
	}
	return text
}
