package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A Package is a benchmark of one of peakday's packages, and the figures that are read from what it prints.
type Package struct {
	Path, Bench, Time string
	Env               string // one variable, or none
	Figures           map[string]Metric
}

// A Metric is what a benchmark prints behind a number, and what makes the row's unit of it.
type Metric struct {
	Unit    string
	Scale   float64
	Inverse bool // a row a second of a benchmark that gives nanoseconds
}

var (
	sqlitePayments = payments("sqlite", "Payments/pool_in_0_stripes", "sqlite")
	sqliteBare     = payments("sqlite", "PaymentsBare", "sqlite-bare")

	postgresPayments = payments("postgres", "Payments/pool_in_0_stripes", "postgres")
	postgresBare     = payments("postgres", "PaymentsBare", "postgres-bare")

	declare = Package{Path: "./sut/agency", Bench: "Declare", Time: "20x", Figures: map[string]Metric{"declare": {Unit: "lines/s", Scale: 1}}}
	payout  = Package{Path: "./sut/agency", Bench: "PayoutBatch", Time: "1x", Env: "PEAKDAY_PAYOUT_PEOPLE=3100000", Figures: map[string]Metric{
		"payout": {Unit: "ns/op", Scale: 1e-9}, "payout-items": {Unit: "items", Scale: 1}, "payout-cpu": {Unit: "cpu-s", Scale: 1}, "payout-lock": {Unit: "lock-s", Scale: 1},
	}}
	estimate = Package{Path: "./sut/rules", Bench: "Estimator", Time: "1s", Figures: map[string]Metric{
		"estimate": {Unit: "ns/op", Scale: 1e9, Inverse: true}, "estimate-allocs": {Unit: "allocs/op", Scale: 1},
	}}
)

func payments(store, bench, key string) Package {
	return Package{Path: "./sut/store/" + store, Bench: bench, Time: "3s", Figures: map[string]Metric{
		key: {Unit: "postings/s", Scale: 1}, key + "-rows": {Unit: "rows/posting", Scale: 1},
	}}
}

// args run the benchmark once.
func (p Package) args() []string {
	return []string{"test", "-run", "^$", "-bench", "^Benchmark" + strings.ReplaceAll(p.Bench, "/", "$/^") + "$", "-benchtime", p.Time, "-benchmem", "-timeout", "20m", p.Path}
}

// Command is the benchmark as a shell takes it.
func (p Package) Command() string {
	return strings.TrimSpace(p.Env + " go test -run '^$' -bench " + p.Bench + " -benchtime " + p.Time + " " + p.Path)
}

func (p Package) measure(ctx context.Context, b *bench) (map[string]float64, error) {
	cmd := exec.CommandContext(ctx, "go", p.args()...)
	cmd.Dir = b.root
	cmd.Env = os.Environ()
	if p.Env != "" {
		cmd.Env = append(cmd.Env, p.Env)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", p.Command(), err, lastLines(out))
	}
	return p.read(out)
}

// read finds the figures in what go test printed.
func (p Package) read(out []byte) (map[string]float64, error) {
	figures := map[string]float64{}
	for _, f := range stats.GoFigures(p.Path, out) {
		if f.Bench != p.Bench {
			continue
		}
		for key, m := range p.Figures {
			v, ok := f.Metrics[m.Unit]
			switch {
			case !ok:
			case m.Inverse:
				figures[key] = m.Scale / v
			default:
				figures[key] = m.Scale * v
			}
		}
	}
	if len(figures) != len(p.Figures) {
		return nil, errors.New(p.Command() + ": it printed no such figures: " + lastLines(out))
	}
	return figures, nil
}

func lastLines(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
