package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A Load is what a generator is asked to do. Every tool follows it as far as it can.
type Load struct {
	Rate        int           // requests a second, evenly; 0 is flat out: each connection asks again at once
	For         time.Duration // how long requests are sent
	Connections int
}

// A job is a load for one run of a tool, and the folder where the run may leave files.
type job struct {
	Load
	Extra   Extra
	URL     string // of the server, without a path
	Dir     string
	Metrics string // address for the metrics of an observed run
}

// A Tool is a generator: how it is asked, and how its answer is read.
type Tool struct {
	Name string
	// ask is the command for a job; it may write files into the job's folder.
	ask func(program string, j job) (command, error)
	// read is what the tool said, from its standard output and the files of the job; it may run the tool's own decoder.
	read func(ctx context.Context, program string, j job, stdout []byte) (Said, error)
}

var tools = []Tool{
	{"peakday", askPeakday, readPeakday},
	{"wrk", askWrk, readWrk},
	{"vegeta", askVegeta, readVegeta},
	{"k6", askK6, readK6},
	{"fortio", askFortio, readFortio},
	{"hey", askHey, readHey},
}

// targets writes the file of one target that vegeta and peakday read, and returns its name.
func (j job) targets() (string, error) {
	name := filepath.Join(j.Dir, "targets.txt")
	return name, os.WriteFile(name, fmt.Appendf(nil, "GET %s%s\n", j.URL, path), 0o644)
}
