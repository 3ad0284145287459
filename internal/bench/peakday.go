package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// What only peakday is asked.
type Extra struct {
	Precision string // --precision
	Scenario  string // a document instead of a rate; FOR in it is how long
	Observed  bool   // metrics that are scraped each second, and an abort rule; live progress is in every run
}

func askPeakday(program string, j job) (command, error) {
	args := []string{program, "run"}
	if j.Extra.Scenario != "" {
		document := filepath.Join(j.Dir, "scenario.yaml")
		if err := os.WriteFile(document, []byte(strings.ReplaceAll(j.Extra.Scenario, "FOR", j.For.String())), 0o644); err != nil {
			return command{}, err
		}
		args = append(args, document, "--target", j.URL)
	} else {
		targets, err := j.targets()
		if err != nil {
			return command{}, err
		}
		args = append(args, "--targets", targets, "--for", j.For.String())
	}
	switch connections := strconv.Itoa(j.Connections); {
	case j.Extra.Scenario != "":
		args = append(args, "--connections", connections)
	case j.Rate == 0:
		args = append(args, "--users", connections)
	default:
		args = append(args, "--rate", strconv.Itoa(j.Rate), "--connections", connections)
	}
	if j.Extra.Precision != "" {
		args = append(args, "--precision", j.Extra.Precision)
	}
	if j.Extra.Observed {
		args = append(args, "--metrics", j.Metrics, "--abort", "failed <= 50% over 2s")
	}
	return command{
		Args: append(args, "-o", "json", "--out", filepath.Join(j.Dir, "out")),
		Exit: []int{3, 4, 5}, // a verdict is an answer: a bench without budgets is inconclusive, a late one invalid
	}, nil
}

// peakdayTimes are the quantiles of a time in peakday's summary, in seconds.
type peakdayTimes struct {
	P50, P99, P999 *float64
}

func (t peakdayTimes) quantiles() Quantiles {
	value := func(p *float64) float64 {
		if p == nil {
			return math.NaN()
		}
		return *p
	}
	return Quantiles{value(t.P50), value(t.P99), value(t.P999)}
}

// peakdaySummary is the part of peakday run -o json that the bench reads.
type peakdaySummary struct {
	Planned, Sent            *int64
	Shed, Failed, Unfinished int64
	Latency, Lateness        peakdayTimes
	Validity                 string
}

func readPeakday(ctx context.Context, program string, j job, stdout []byte) (Said, error) {
	s, err := readPeakdaySummary(stdout)
	if err != nil {
		return s, err
	}
	s.Logged, err = countLines(exec.CommandContext(ctx, program, "encode", filepath.Join(j.Dir, "out"), "--to", "json"))
	return s, err
}

func readPeakdaySummary(stdout []byte) (Said, error) {
	var summary peakdaySummary
	if err := json.Unmarshal(stdout, &summary); err != nil {
		return Said{}, fmt.Errorf("the summary of peakday: %w", err)
	}
	if summary.Planned == nil || summary.Sent == nil {
		return Said{}, fmt.Errorf("the summary of peakday lacks planned or sent")
	}
	return Said{
		Requests: *summary.Sent,
		Failed:   summary.Shed + summary.Failed + summary.Unfinished,
		Missed:   *summary.Planned - *summary.Sent,
		Latency:  summary.Latency.quantiles(),
		Lateness: summary.Lateness.quantiles(),
		Verdict:  summary.Validity,
	}, nil
}

// countLines runs a command and counts what it prints.
func countLines(cmd *exec.Cmd) (int64, error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	var lines int64
	buffer := make([]byte, 64<<10)
	for {
		n, err := out.Read(buffer)
		lines += int64(bytes.Count(buffer[:n], []byte("\n")))
		if err == io.EOF {
			return lines, cmd.Wait()
		}
		if err != nil {
			return lines, errors.Join(err, cmd.Wait())
		}
	}
}
