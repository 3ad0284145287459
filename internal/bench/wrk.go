package main

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

// wrk is closed and flat out: it has neither a rate nor a plan that it could be late for.
func askWrk(program string, j job) (command, error) {
	if j.Rate != 0 {
		return command{}, fmt.Errorf("wrk keeps no rate")
	}
	return command{Args: []string{program, "-t1", fmt.Sprintf("-c%d", j.Connections), "-d" + wholeSeconds(j.For), "--latency", j.URL + path}}, nil
}

// wholeSeconds is for tools that take no other durations.
func wholeSeconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(d.Seconds()))) + "s"
}

var (
	wrkRequests = regexp.MustCompile(`(\d+) requests in `)
	wrkQuantile = regexp.MustCompile(`(?m)^ +(50|99)% +(\S+)$`)
	wrkSockets  = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
	wrkStatus   = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
)

func readWrk(_ context.Context, _ string, _ job, stdout []byte) (Said, error) {
	s := Said{Latency: unsaid, Lateness: unsaid}
	requests := wrkRequests.FindSubmatch(stdout)
	if requests == nil {
		return s, fmt.Errorf("wrk printed no line \"N requests in\"")
	}
	s.Requests = whole(requests[1])
	for _, line := range wrkQuantile.FindAllSubmatch(stdout, -1) {
		d, err := time.ParseDuration(string(line[2]))
		if err != nil {
			return s, err
		}
		if string(line[1]) == "50" {
			s.Latency.P50 = d.Seconds()
		} else {
			s.Latency.P99 = d.Seconds()
		}
	}
	for _, counts := range [][][]byte{wrkSockets.FindSubmatch(stdout), wrkStatus.FindSubmatch(stdout)} {
		for i := 1; i < len(counts); i++ {
			s.Failed += whole(counts[i])
		}
	}
	return s, nil
}

// whole reads digits that a pattern found.
func whole(digits []byte) int64 {
	n, _ := strconv.ParseInt(string(digits), 10, 64)
	return n
}
