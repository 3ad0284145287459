package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A GoBench is a goal for a benchmark of one of peakday's packages.
type GoBench struct {
	Key     string // names it in reasons.txt
	Name    string
	Package string
	Bench   string // the benchmark's name, without Benchmark
	Metric  string // its unit as go test prints it
	Unit    string // printed after the number
	Scale   float64
	Limit   float64
	Least   bool
	Once    bool                  // one pass, which takes its time
	Cost    func(float64) float64 // CPU seconds for a request, of the figure; nil where it is no time
}

// expected is how long the benchmark takes, more or less.
func (b GoBench) expected(count int) time.Duration {
	if b.Once {
		return 2 * time.Minute
	}
	return time.Duration(count) * time.Second
}

// goBench runs the benchmarks of one package that the list names.
func goBench(ctx context.Context, root, pkg string, list []GoBench, count int) ([]stats.GoFigure, error) {
	var once, many []string
	for _, b := range list {
		switch {
		case b.Package != pkg:
		case b.Once:
			once = append(once, top(b.Bench))
		default:
			many = append(many, top(b.Bench))
		}
	}
	var all []stats.GoFigure
	for _, pass := range []struct {
		names []string
		flags []string
	}{
		{many, []string{"-benchtime", "300ms", "-count", strconv.Itoa(count)}},
		{once, []string{"-benchtime", "1x", "-timeout", "30m"}},
	} {
		names := strings.Join(pass.names, "|")
		if names == "" {
			continue
		}
		args := append([]string{"go", "test", "-C", root, "-run", "^$", "-bench", "^Benchmark(" + names + ")$", "-benchmem"}, pass.flags...)
		_, stdout, err := measure(ctx, command{Args: append(args, pkg), Core: -1})
		if err != nil {
			return all, fmt.Errorf("%w: %s", err, fault(stdout))
		}
		all = append(all, stats.GoFigures(pkg, stdout)...)
	}
	return all, nil
}

// top is the benchmark whose run prints this one.
func top(bench string) string {
	name, _, _ := strings.Cut(bench, "/")
	return name
}

// fault is the first line of go test that points into a file.
func fault(stdout []byte) string {
	for line := range bytes.Lines(stdout) {
		if bytes.Contains(line, []byte(".go:")) {
			return string(bytes.TrimSpace(line))
		}
	}
	return lastLine(stdout)
}

// values are the figures of a benchmark in the goal's unit, one a pass.
func (b GoBench) values(figures []stats.GoFigure) []float64 {
	var all []float64
	for _, f := range figures {
		if v, ok := f.Metrics[b.Metric]; ok && f.Package == b.Package && f.Bench == b.Bench {
			all = append(all, v*b.Scale)
		}
	}
	return all
}
