package main

import (
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
