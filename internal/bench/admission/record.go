package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A record is all that was measured, part by part. It is written after each of them.
type record struct {
	Law    string // the default
	Pieces map[string]piece
}

func newRecord() *record { return &record{Pieces: map[string]piece{}} }

// A piece is what came of a part.
type piece struct {
	Machine stats.Machine
	Took    time.Duration
	Cut     string // why it is not whole; empty if it is
	How     string // the command
	Table   string
	Cells   []cell
	Figures []stats.GoFigure
}

// A cell is one storm. What it has no figure for is nil.
type cell struct {
	Variant     string   `json:"variant"`
	Multiple    float64  `json:"multiple"`
	Change      float64  `json:"change"`
	Void        string   `json:"void"`
	Offered     float64  `json:"offered"` // arrivals a second; 0 was not measured
	OracleShare *float64 `json:"oracle_share"`
	Onset       *float64 `json:"onset"`
	P99         *float64 `json:"admitted_p99"`
	P99Times    *float64 `json:"admitted_p99_times"`
	Settled     *float64 `json:"settled"`
	Recovery    *float64 `json:"recovery"`
	WorkerWait  *float64 `json:"worker_wait_p99"`
	Missed      *float64 `json:"missed"` // of 10,000 of P0
	Asked       *float64 `json:"asked"`  // by P0
}

// has reports that a part is there, and whole.
func (r *record) has(name string) bool {
	p, ok := r.Pieces[name]
	return ok && p.Cut == ""
}

// missing are the parts of make bench-admission that are not there, or not whole.
func (r *record) missing() (names []string) {
	for _, p := range parts {
		if !p.soak && !r.has(p.name) {
			names = append(names, p.name)
		}
	}
	return names
}

// recordFile is where the record is kept.
func recordFile() (string, error) {
	cache, err := stats.CacheDir()
	return filepath.Join(cache, "admission.json"), err
}

// readRecord reads what is kept; an empty record if nothing is.
func readRecord(name string) (*record, error) {
	r := newRecord()
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, nil
	case err != nil:
		return r, err
	}
	if err := json.Unmarshal(text, r); err != nil {
		return r, fmt.Errorf("%s: %w; -anew begins anew", name, err)
	}
	return r, nil
}

// write replaces the file as a whole.
func (r *record) write(name string) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".new", text, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// machineNow begins to watch the machine; the function it returns tells what it was, and what was stolen meanwhile.
func machineNow(root string) func() stats.Machine {
	m, from := stats.ThisMachine(root), stats.MachineClock()
	return func() stats.Machine {
		to := stats.MachineClock()
		m.Steal = float64(to.Stolen-from.Stolen) / float64(max(1, to.All-from.All))
		return m
	}
}
