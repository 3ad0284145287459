package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Fortio keeps a rate by a pace of each connection. Its buckets are a millisecond wide unless it is told.
func askFortio(program string, j job) (command, error) {
	return command{Args: []string{program, "load", "-quiet", "-c", strconv.Itoa(j.Connections), "-qps", strconv.Itoa(j.Rate),
		"-t", j.For.String(), "-r", "0.00002", "-p", "50,99,99.9", "-json", "-", j.URL + path}}, nil
}

func readFortio(_ context.Context, _ string, j job, stdout []byte) (Said, error) {
	s := Said{Latency: unsaid, Lateness: unsaid}
	var report struct {
		DurationHistogram struct {
			Count       int64
			Percentiles []struct{ Percentile, Value float64 }
		}
		RetCodes map[string]int64
	}
	if err := json.Unmarshal(stdout, &report); err != nil {
		return s, fmt.Errorf("the report of fortio: %w", err)
	}
	s.Requests = report.DurationHistogram.Count
	if s.Requests == 0 {
		return s, fmt.Errorf("the report of fortio counts no request")
	}
	s.Failed = s.Requests - report.RetCodes["200"]
	// It plans a whole number of requests for each connection; what is missing to that it gave up when its time was over.
	planned := int64(math.Floor(float64(j.Rate)*j.For.Seconds()/float64(j.Connections))) * int64(j.Connections)
	s.Missed = max(0, planned-s.Requests)
	for _, p := range report.DurationHistogram.Percentiles {
		switch p.Percentile {
		case 50:
			s.Latency.P50 = p.Value
		case 99:
			s.Latency.P99 = p.Value
		case 99.9:
			s.Latency.P999 = p.Value
		}
	}
	return s, nil
}
