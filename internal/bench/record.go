package main

import (
	"encoding/gob"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A Record is all that was measured, and what the table says around it.
type Record struct {
	Machine stats.Machine
	Command string
	Took    time.Duration
	Repeats int
	Servers map[string]string // by place
	Unmet   []string          // what could not be done, a sentence each
	Runs    []Run
	Go      []stats.GoFigure
}

// recordFile keeps the last whole record, as gob, which has NaN where JSON has not.
func recordFile() (string, error) {
	cache, err := cacheDir()
	return filepath.Join(cache, "last.gob"), err
}

func (r *Record) save() error {
	name, err := recordFile()
	if err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := gob.NewEncoder(file).Encode(r); err != nil {
		return err
	}
	return file.Close()
}

func lastRecord() (*Record, error) {
	name, err := recordFile()
	if err != nil {
		return nil, err
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the last record: %w; run the whole bench first", err)
	}
	defer file.Close()
	r := new(Record)
	return r, gob.NewDecoder(file).Decode(r)
}
