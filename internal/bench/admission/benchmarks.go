package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A suite is the benchmarks of one package that are run in turn with the others.
type suite struct {
	module, pkg string // folder of the module below the root, and of the package in it
	bench       string // regular expression
	length      string // -benchtime
	passes      int
}

var suites = []suite{
	{".", "sut/admission", "^Benchmark(Refuses|Refuse|AdmitAndDone)$", "200ms", 5},
	{".", "sut/gateway", "^BenchmarkDecide", "200ms", 5},
	{"internal/bench", "admission", "^Benchmark(AdmitAndDone|Refuse)$", "200ms", 5},
	{".", "sut/gateway", "^BenchmarkRefusal(InAProcessOfItsOwn)?$", "1s", 3},
	{".", "sut/gateway", "^BenchmarkAtAThousandASecond$", "5x", 2},
}

// benchmarks builds all suites first and then runs them in turn, pass by pass: a minute in which the machine was slow meets
// all alike.
func benchmarks(ctx context.Context, b *bench) (p piece, err error) {
	p.How = "go test -bench, of each package for itself"
	defer func() {
		if len(p.Figures) > 0 {
			p.Table = benchTable(p.Figures)
		}
	}()
	binaries := make([]string, len(suites))
	for i, s := range suites {
		binaries[i] = filepath.Join(b.dir, fmt.Sprintf("suite%d.test", i))
		c := exec.CommandContext(ctx, "go", "test", "-c", "-o", binaries[i], "./"+s.pkg)
		c.Dir = filepath.Join(b.root, s.module)
		if out, err := c.CombinedOutput(); err != nil {
			return p, fmt.Errorf("building the benchmarks of %s: %w: %s", s.pkg, err, out)
		}
	}
	for pass := range 5 {
		for i, s := range suites {
			if pass >= s.passes || b.quick && pass > 0 {
				continue
			}
			b.say("benchmarks of %s, %s, pass %d", s.pkg, s.bench, pass+1)
			length := s.length
			if b.quick && strings.HasSuffix(length, "s") {
				length = "20ms"
			}
			c := exec.CommandContext(ctx, binaries[i], "-test.run", "^$", "-test.bench", s.bench, "-test.benchtime", length)
			c.Dir = filepath.Join(b.root, s.module, s.pkg)
			out, err := c.Output()
			if err != nil {
				return p, fmt.Errorf("benchmarks of %s: %w: %s", s.pkg, err, out)
			}
			for _, f := range stats.GoFigures(s.module+"/"+s.pkg, out) {
				maps.DeleteFunc(f.Metrics, func(_ string, v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) // a share of nothing
				p.Figures = append(p.Figures, f)
			}
		}
	}
	return p, nil
}

// metric is the spread of what a benchmark printed in a unit.
func metric(figures []stats.GoFigure, pkg, bench, unit string) stats.Spread {
	var values []float64
	for _, f := range figures {
		if v, ok := f.Metrics[unit]; ok && f.Package == pkg && f.Bench == bench {
			values = append(values, v)
		}
	}
	return stats.SpreadOf(values)
}

// benchTable shows every figure of every benchmark.
func benchTable(figures []stats.GoFigure) string {
	type key struct{ pkg, bench, unit string }
	var order []key
	for _, f := range figures {
		var units []string
		for unit := range f.Metrics {
			units = append(units, unit)
		}
		slices.Sort(units)
		for _, unit := range units {
			if k := (key{f.Package, f.Bench, unit}); !slices.Contains(order, k) {
				order = append(order, k)
			}
		}
	}
	var t strings.Builder
	t.WriteString("What is 0 is left out: where no allocs/op stand, there were none.\n\n| package | benchmark | median | min .. max | unit |\n| --- | --- | --- | --- | --- |\n")
	for _, k := range order {
		s := metric(figures, k.pkg, k.bench, k.unit)
		if s.Most == 0 {
			continue // no allocation
		}
		fmt.Fprintf(&t, "| %s | %s | %s | %s | %s |\n", strings.TrimPrefix(k.pkg, "./"), stats.Cell(k.bench), stats.Number(s.Median), s.Between(""), k.unit)
	}
	return t.String()
}
