package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
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
		m.Date.UTC().Format("2006-01-02 15:04 UTC"), cmp.Or(m.Commit, "an unknown commit"), round(r.Took.Minutes(), 1)+" min", r.Command, r.Repeats)
	p.printf("%s, %d cores, Linux %s, %s; %s %% of the CPU time was stolen by the host meanwhile.\n",
		m.CPU, len(m.Cores), m.Kernel, m.Go, number(100*m.Steal))
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
			p.line(what, place.Name, must(g.Limit, g.Least, unit), with(s.Median, unit), s.between(unit),
				with(spread(againstWrk(r.Runs, place.Name, Case{g.Row, "peakday"})).Median, "×"), said, reason(said, cmp.Or(reasons[g.Key+", "+place.Name], reasons[g.Key])))
		}
	}
	for _, b := range goBenches {
		s := spread(b.values(r.Go))
		said := verdict(s.Median, b.Limit, b.Least)
		p.line(b.Name, "go test -bench "+b.Bench+" "+strings.TrimPrefix(b.Package, "./"), must(b.Limit, b.Least, b.Unit), with(s.Median, b.Unit),
			s.between(b.Unit), with(b.againstWrk(s.Median, r.Runs), "×"), said, reason(said, reasons[b.Key]))
	}
}

// against names the other side of a ratio.
func against(g Goal) string {
	if g.Against.Row == g.Row {
		return g.Against.Tool
	}
	return g.Against.Tool + " " + g.Against.Row
}

// reason is shown with a miss only. One that was not given yet is asked for.
func reason(said, given string) string {
	if !strings.HasPrefix(said, "missed") {
		return ""
	}
	return cmp.Or(given, "to be said")
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
	busy := spread(others)
	p.printf("\n## %s\n\n", strings.ToUpper(place.Name[:1])+place.Name[1:])
	p.printf("Server: %s. Medians; min .. max is of the CPU per request. CPU is in cores: a server at 1.0 is full, and the requests a second are its own.\nEverything else on the machine used %s cores in the median run, %s in the worst.\n\n",
		server, round(busy.Median, 2), round(busy.Most, 2))
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
		return spread(all).Median
	}
	if math.IsNaN(median(func(Run) float64 { return 0 })) {
		p.line(row.Name, tool, "failed: "+cell(runs[0].Err), "", "", "", "", "", "", "", "", "", "")
		return
	}
	cpu := spread(costs(runs)).times(1e6)
	ms := func(of func(Run) float64) string { return number(1e3 * median(of)) }
	p.line(row.Name, tool,
		number(median(func(r Run) float64 { return float64(r.Requests) / r.Wall.Seconds() })),
		number(cpu.Median), cpu.between(""),
		number(spread(againstWrk(r.Runs, place.Name, Case{row.Name, tool})).Median),
		ms(func(r Run) float64 { return r.Lateness.P50 })+" / "+ms(func(r Run) float64 { return r.Lateness.P99 }),
		ms(func(r Run) float64 { return r.Latency.P50 })+" / "+ms(func(r Run) float64 { return r.Latency.P99 })+" / "+ms(func(r Run) float64 { return r.Latency.P999 }),
		number(median(func(r Run) float64 { return float64(r.Peak) / 1e6 })),
		number(median(func(r Run) float64 { return float64(r.Missed) })),
		number(median(func(r Run) float64 { return float64(r.Failed) })),
		round(median(func(r Run) float64 { return r.CPU.Seconds() / r.Wall.Seconds() }), 2)+" / "+
			round(median(func(r Run) float64 { return r.ServerCPU.Seconds() / r.Wall.Seconds() }), 2),
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
			counts["without figures: "+cell(r.Err)]++
		case r.Verdict != "" && r.Verdict != "valid":
			counts[cell(r.Verdict)]++
		}
	}
	var b strings.Builder
	for what, n := range counts {
		fmt.Fprintf(&b, "; %d of %d %s", n, len(runs), what)
	}
	return b.String()
}

// cell is text that does not break the table.
func cell(text string) string {
	return strings.NewReplacer("|", "/", "\n", " ").Replace(text)
}

func must(limit float64, least bool, unit string) string {
	if least {
		return "≥ " + with(limit, unit)
	}
	return "≤ " + with(limit, unit)
}

func with(v float64, unit string) string {
	if unit == "" || math.IsNaN(v) {
		return number(v)
	}
	return number(v) + " " + unit
}

// between is the ends of a spread.
func (s Spread) between(unit string) string {
	if math.IsNaN(s.Median) {
		return "-"
	}
	return number(s.Least) + " .. " + with(s.Most, unit)
}

func (s Spread) times(k float64) Spread { return Spread{k * s.Median, k * s.Least, k * s.Most} }

// number has three digits that count, and no exponent; what is not known is a dash.
func number(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v), math.IsInf(v, 0):
		return "-"
	case a >= 100, a == 0:
		return round(v, 0)
	case a >= 10:
		return round(v, 1)
	case a >= 1:
		return round(v, 2)
	}
	return round(v, 3)
}

func round(v float64, digits int) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}
