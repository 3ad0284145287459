package main

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
)

// Hey keeps a rate by a ticker of each connection, and its quantiles are of the first million answers.
func askHey(program string, j job) (command, error) {
	args := []string{program, "-z", j.For.String(), "-c", strconv.Itoa(j.Connections)}
	if j.Rate != 0 {
		args = append(args, "-q", strconv.FormatFloat(float64(j.Rate)/float64(j.Connections), 'f', -1, 64))
	}
	return command{Args: append(args, j.URL+path)}, nil
}

var (
	heyQuantile = regexp.MustCompile(`(?m)^ +(50|99)% in (\S+) secs$`)
	heyStatus   = regexp.MustCompile(`(?m)^ +\[(\d+)\]\t(\d+) responses$`)
	heyError    = regexp.MustCompile(`(?m)^ +\[(\d+)\]\t`)
)

func readHey(_ context.Context, _ string, _ job, stdout []byte) (Said, error) {
	s := Said{Latency: unsaid, Lateness: unsaid}
	answers, errors, _ := bytes.Cut(stdout, []byte("Error distribution:"))
	for _, line := range heyStatus.FindAllSubmatch(answers, -1) {
		s.Requests += whole(line[2])
		if string(line[1]) != "200" {
			s.Failed += whole(line[2])
		}
	}
	for _, line := range heyError.FindAllSubmatch(errors, -1) {
		s.Requests += whole(line[1])
		s.Failed += whole(line[1])
	}
	if s.Requests == 0 {
		return s, fmt.Errorf("hey printed no status code distribution")
	}
	for _, line := range heyQuantile.FindAllSubmatch(answers, -1) {
		seconds, err := strconv.ParseFloat(string(line[2]), 64)
		if err != nil {
			return s, err
		}
		if string(line[1]) == "50" {
			s.Latency.P50 = seconds
		} else {
			s.Latency.P99 = seconds
		}
	}
	return s, nil
}
