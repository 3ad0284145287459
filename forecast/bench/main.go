package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// page is written, from the root of the repository.
const page = "forecast/BENCHMARKS.md"

type part struct {
	name    string
	measure func(b bench) (Part, error)
}

// parts are in the order of the page; all are run if none is named.
func parts() []part {
	return []part{
		{"m4", bench.m4}, {"tried", bench.tried}, {"traffic", bench.traffic}, {"rivals", bench.rivals}, {"days", bench.days}, {"speed", bench.speed}, {"one", bench.one}, {"many", bench.many},
	}
}

// A bench is what the parts need to know.
type bench struct {
	data  string // folder of PEAKDAY_DATA
	tiers []ensemble.Tier
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	choosing := flags.Bool("choose", false, "print the knots, the power and the members that the series that choose ask for")
	only := flags.String("tier", "", "fast or standard, printed only; both without")
	render := flags.Bool("render", false, "write the page again from what was measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b := bench{data: os.Getenv("PEAKDAY_DATA")}
	for _, tier := range []ensemble.Tier{ensemble.Fast(), ensemble.Standard()} {
		if *only == "" || *only == tier.Name {
			b.tiers = append(b.tiers, tier)
		}
	}
	if len(b.tiers) == 0 {
		return fmt.Errorf("-tier %s: want fast or standard", *only)
	}
	if *choosing {
		return b.choose(stdout)
	}
	r, err := readRecord()
	if err != nil {
		return err
	}
	names := flags.Args()
	for _, name := range names {
		if !slices.ContainsFunc(parts(), func(p part) bool { return p.name == name }) {
			return fmt.Errorf("no part %s: want m4, tried, traffic, rivals, days, speed, one or many", name)
		}
	}
	for _, p := range parts() {
		if *render || len(names) > 0 && !slices.Contains(names, p.name) {
			continue
		}
		fmt.Fprintf(stderr, "bench: %s\n", p.name)
		start := time.Now()
		measured, err := p.measure(b)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		measured.When, measured.Took, measured.Machine = start, time.Since(start), machine()
		measured.Command = "make bench-forecast"
		if len(args) > 0 {
			measured.Command = "go run ./forecast/bench " + strings.Join(args, " ")
		}
		if *only != "" {
			r.Parts[p.name] = measured
			continue
		}
		if r, err = readRecord(); err != nil { // another run may have measured another part meanwhile
			return err
		}
		r.Parts[p.name] = measured
		if err := r.save(); err != nil {
			return err
		}
	}
	if *only != "" {
		r.write(stdout)
		return nil
	}
	file, err := os.Create(filepath.FromSlash(page))
	if err != nil {
		return fmt.Errorf("%w; run it in the root of the repository", err)
	}
	r.write(io.MultiWriter(file, stdout))
	return file.Close()
}
