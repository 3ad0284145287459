package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// Vegeta writes every result to disk, as peakday does, and leaves the bodies out, as peakday does.
func askVegeta(program string, j job) (command, error) {
	targets, err := j.targets()
	if err != nil {
		return command{}, err
	}
	connections := strconv.Itoa(j.Connections)
	args := []string{program, "attack", "-targets", targets, "-output", filepath.Join(j.Dir, "vegeta.bin"), "-max-body", "0",
		"-rate", strconv.Itoa(j.Rate), "-duration", j.For.String(), "-connections", connections, "-max-connections", connections}
	if j.Rate == 0 { // flat out it must be told how many wait at once; at a rate it takes as many as it needs
		args = append(args, "-workers", connections, "-max-workers", connections)
	}
	return command{Args: args}, nil
}

func readVegeta(ctx context.Context, program string, j job, _ []byte) (Said, error) {
	encode := exec.CommandContext(ctx, program, "encode", "-to", "csv", filepath.Join(j.Dir, "vegeta.bin"))
	encode.Stderr = os.Stderr
	rows, err := encode.StdoutPipe()
	if err != nil {
		return Said{}, err
	}
	if err := encode.Start(); err != nil {
		return Said{}, err
	}
	s, err := readVegetaRows(rows, j.Rate)
	s.Missed = max(0, int64(float64(j.Rate)*j.For.Seconds())-s.Requests)
	return s, errors.Join(err, encode.Wait())
}

// readVegetaRows reads the results as vegeta encode -to csv writes them, and judges lateness as vegeta does not: request k
// is due k intervals after the first, and the one that came soonest after its due sets the zero. It is the least lateness
// the stamps allow, and a stamp is when a worker takes the request up, before the send.
func readVegetaRows(r io.Reader, rate int) (Said, error) {
	const stamp, code, latency, seq = 0, 1, 2, 8 // columns
	rows := csv.NewReader(r)
	rows.ReuseRecord = true
	s := Said{Latency: unsaid, Lateness: unsaid}
	var latencies, behind []float64
	var first int64
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return s, err
		}
		at, errAt := strconv.ParseInt(row[stamp], 10, 64)
		took, errTook := strconv.ParseInt(row[latency], 10, 64)
		k, errK := strconv.ParseInt(row[seq], 10, 64)
		if err := errors.Join(errAt, errTook, errK); err != nil {
			return s, fmt.Errorf("a row of vegeta encode -to csv: %w", err)
		}
		if s.Requests == 0 {
			first = at // a float holds no nanoseconds since 1970
		}
		s.Requests++
		if row[code] != "200" {
			s.Failed++
		}
		latencies = append(latencies, float64(took)/1e9)
		if rate != 0 {
			behind = append(behind, float64(at-first)/1e9-float64(k)/float64(rate))
		}
	}
	s.Latency = quantiles(latencies)
	if len(behind) > 0 {
		zero := slices.Min(behind)
		for i := range behind {
			behind[i] -= zero
		}
		s.Lateness = quantiles(behind)
	}
	if math.IsNaN(s.Latency.P50) {
		return s, fmt.Errorf("vegeta left no results")
	}
	return s, nil
}
