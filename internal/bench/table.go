package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/peakday/peakday/internal/bench/stats"
)

// write prints the record as engine/BENCHMARKS.md. It formats and judges, and measures nothing.
func write(w io.Writer, r *Record, reasons map[string]string) error {
	p := &page{w: w}
	p.head(r)
	p.goals(r, reasons)
	for _, place := range places {
		p.place(r, place)
	}
	p.commands(r)
	return p.err
}

// A page remembers the first error of its writer.
type page struct {
	w   io.Writer
	err error
}

func (p *page) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// line is a row of a table.
func (p *page) line(cells ...string) {
	p.printf("| %s |\n", strings.Join(cells, " | "))
}

func (p *page) table(head ...string) {
	p.line(head...)
	p.line(strings.Split(strings.Repeat("--- ", len(head)-1)+"---", " ")...)
}

func (p *page) head(r *Record) {
	m := r.Machine
	p.printf("<!-- Written by make bench-engine. Reasons come from internal/bench/reasons.txt; nothing here is written by hand. -->\n\n")
	p.printf("# What the engine costs\n\n")
	p.printf("Measured %s at %s in %s by `%s`: %d repeats, the tools in turn within each.\n",
		m.Date.UTC().Format("2006-01-02 15:04 UTC"), cmp.Or(m.Commit, "an unknown commit"), stats.Round(r.Took.Minutes(), 1)+" min", r.Command, r.Repeats)
	p.printf("%s, %d cores, Linux %s, %s; %s %% of the CPU time was stolen by the host meanwhile.\n",
		m.CPU, len(m.Cores), m.Kernel, m.Go, stats.Number(100*m.Steal))
	p.printf("Pinned: the generator on one core, the server on another, by taskset. GOMAXPROCS: %s; a Go program counts 1 core pinned, %d unpinned.\n",
		m.MaxProcs, len(m.Cores))
	p.printf("What the figures mean: `go doc ./internal/bench`.\n")
	for _, what := range r.Unmet {
		p.printf("\nNot measured: %s\n", what)
	}
}

func (p *page) goals(r *Record, reasons map[string]string) {
	p.printf("\n## What must be reached\n\n")
	p.printf("The median decides; of what was missed, the worst. Against wrk: what a request of the row costs the generator, as a multiple of what it costs wrk flat out in the same repeat;\nwhat a benchmark of a package costs for a request is held against the same.\n\n")
	p.table("goal", "where", "must be", "median", "min .. max", "against wrk", "verdict", "why")
	for _, g := range goals {
		row := rowOf(g.Row)
		for _, place := range row.Places {
			if r.Servers[place.Name] == "" {
				continue // it is named among what was not measured
			}
			s, said := g.judge(r.Runs, place.Name)
			what, unit := g.Row+": "+g.Figure.Name, g.Figure.Unit
			switch {
			case g.Over:
				what += " − " + against(g)
			case g.Against != (Case{}):
				what, unit = what+" ÷ "+against(g), "×"
			}
			p.line(what, place.Name, stats.Must(g.Limit, g.Least, unit), stats.With(s.Median, unit), s.Between(unit),
				stats.With(stats.SpreadOf(againstWrk(r.Runs, place.Name, Case{g.Row, "peakday"})).Median, "×"), said, stats.Reason(said, cmp.Or(reasons[g.Key+", "+place.Name], reasons[g.Key])))
		}
	}
	for _, b := range goBenches {
		s := stats.SpreadOf(b.values(r.Go))
		said := stats.Verdict(s.Median, b.Limit, b.Least)
		p.line(b.Name, "go test -bench "+b.Bench+" "+strings.TrimPrefix(b.Package, "./"), stats.Must(b.Limit, b.Least, b.Unit), stats.With(s.Median, b.Unit),
			s.Between(b.Unit), stats.With(b.againstWrk(s.Median, r.Runs), "×"), said, stats.Reason(said, reasons[b.Key]))
	}
}

// against names the other side of a ratio.
func against(g Goal) string {
	if g.Against.Row == g.Row {
		return g.Against.Tool
	}
	return g.Against.Tool + " " + g.Against.Row
}

func rowOf(name string) Row {
	for _, r := range rows {
		if r.Name == name {
			return r
		}
	}
	return Row{}
}

func (p *page) place(r *Record, place Place) {
	server, ok := r.Servers[place.Name]
	if !ok {
		return
	}
	var others []float64
	for _, run := range r.Runs {
		if run.Place == place.Name && run.Err == "" {
			others = append(others, run.OthersCPU.Seconds()/run.Wall.Seconds())
		}
	}
	busy := stats.SpreadOf(others)
	p.printf("\n## %s\n\n", strings.ToUpper(place.Name[:1])+place.Name[1:])
	p.printf("Server: %s. Medians; min .. max is of the CPU per request. CPU is in cores: a server at 1.0 is full, and the requests a second are its own.\nEverything else on the machine used %s cores in the median run, %s in the worst.\n\n",
		server, stats.Round(busy.Median, 2), stats.Round(busy.Most, 2))
	p.table("load", "tool", "requests/s", "CPU µs/request", "min .. max", "÷ wrk", "lateness p50 / p99 ms", "latency p50 / p99 / p99.9 ms",
		"memory MB", "missed", "failed", "CPU generator / server", "log on disk")
	for _, row := range rows {
		for _, tool := range row.Tools {
			if runs := runsOf(r.Runs, place.Name, Case{row.Name, tool}); len(runs) > 0 {
				p.entry(r, place, row, tool, runs)
			}
		}
	}
}

func (p *page) entry(r *Record, place Place, row Row, tool string, runs []Run) {
	median := func(of func(Run) float64) float64 {
		var all []float64
		for _, run := range runs {
			if run.Err == "" {
				all = append(all, of(run))
			}
		}
		return stats.SpreadOf(all).Median
	}
	if math.IsNaN(median(func(Run) float64 { return 0 })) {
		p.line(row.Name, tool, "failed: "+stats.Cell(runs[0].Err), "", "", "", "", "", "", "", "", "", "")
		return
	}
	cpu := stats.SpreadOf(costs(runs)).Times(1e6)
	ms := func(of func(Run) float64) string { return stats.Number(1e3 * median(of)) }
	p.line(row.Name, tool,
		stats.Number(median(func(r Run) float64 { return float64(r.Requests) / r.Wall.Seconds() })),
		stats.Number(cpu.Median), cpu.Between(""),
		stats.Number(stats.SpreadOf(againstWrk(r.Runs, place.Name, Case{row.Name, tool})).Median),
		ms(func(r Run) float64 { return r.Lateness.P50 })+" / "+ms(func(r Run) float64 { return r.Lateness.P99 }),
		ms(func(r Run) float64 { return r.Latency.P50 })+" / "+ms(func(r Run) float64 { return r.Latency.P99 })+" / "+ms(func(r Run) float64 { return r.Latency.P999 }),
		stats.Number(median(func(r Run) float64 { return float64(r.Peak) / 1e6 })),
		stats.Number(median(func(r Run) float64 { return float64(r.Missed) })),
		stats.Number(median(func(r Run) float64 { return float64(r.Failed) })),
		stats.Round(median(func(r Run) float64 { return r.CPU.Seconds() / r.Wall.Seconds() }), 2)+" / "+
			stats.Round(median(func(r Run) float64 { return r.ServerCPU.Seconds() / r.Wall.Seconds() }), 2),
		logged(tool, runs)+verdicts(runs))
}

// commands are the command lines, one of each row and tool.
func (p *page) commands(r *Record) {
	p.printf("\n## Command lines\n\n")
	seen := map[Case]bool{}
	for _, run := range r.Runs {
		if c := (Case{run.Row, run.Tool}); !seen[c] && run.Command != "" {
			seen[c] = true
			p.printf("- %s: `%s`\n", run.Row, run.Command)
		}
	}
}

func costs(runs []Run) []float64 {
	var all []float64
	for _, r := range runs {
		if r.Err == "" {
			all = append(all, r.Cost())
		}
	}
	return all
}

func runsOf(runs []Run, place string, c Case) []Run {
	var all []Run
	for _, r := range runs {
		if r.Place == place && r.Row == c.Row && r.Tool == c.Tool {
			all = append(all, r)
		}
	}
	return all
}

// logged is whether the log on disk held every request of every run.
func logged(tool string, runs []Run) string {
	if tool != "peakday" {
		return "-"
	}
	var want, got int64
	for _, r := range runs {
		want, got = want+r.Requests, got+r.Logged
	}
	if want == got {
		return "all " + strconv.FormatInt(got, 10)
	}
	return fmt.Sprintf("%d of %d", got, want)
}

// verdicts are what a tool said of its own runs when it was not the same as ever: how many were not valid, and those that
// gave no figures.
func verdicts(runs []Run) string {
	counts := map[string]int{}
	for _, r := range runs {
		switch {
		case r.Err != "":
			counts["without figures: "+stats.Cell(r.Err)]++
		case r.Verdict != "" && r.Verdict != "valid":
			counts[stats.Cell(r.Verdict)]++
		}
	}
	var b strings.Builder
	for what, n := range counts {
		fmt.Fprintf(&b, "; %d of %d %s", n, len(runs), what)
	}
	return b.String()
}
