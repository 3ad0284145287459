package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

// page is the part of the figures that was measured for real. It formats and judges, and measures nothing.
func page(m stats.Machine, took time.Duration, f found, reasons map[string]string, tables string) string {
	var p strings.Builder
	p.WriteString("<!-- Written by make bench-admission. Reasons come from internal/bench/admission/reasons.txt; nothing here is written by hand. -->\n\n")
	fmt.Fprintf(&p, "Measured %s at %s in %s min. %s, %d cores, Linux %s, %s, GOMAXPROCS %s; %s %% of the CPU time was stolen by the host.\n",
		m.Date.UTC().Format("2006-01-02 15:04 UTC"), m.Commit, stats.Round(took.Minutes(), 1), m.CPU, len(m.Cores), m.Kernel, m.Go, m.MaxProcs, stats.Number(100*m.Steal))
	p.WriteString("Generator, guard, service and database share these cores, unpinned. What the figures mean: `go doc ./internal/sweep`.\n")
	fmt.Fprintf(&p, "The default law is %s. Of a figure over seeds the median counts, over loads the worst.\n", f.law)
	for _, what := range f.unmet {
		fmt.Fprintf(&p, "\nNot measured: %s\n", stats.Cell(what))
	}
	p.WriteString("\n| what | must be | measured | verdict | why |\n| --- | --- | --- | --- | --- |\n")
	for _, g := range goals {
		v := g.of(f)
		said := stats.Verdict(v, g.limit, g.least)
		shown := stats.With(v, g.unit)
		switch {
		case math.IsInf(v, 0):
			said, shown = "missed", "never"
		case math.IsNaN(v):
			shown = "-"
		}
		fmt.Fprintf(&p, "| %s | %s | %s | %s | %s |\n", g.what, stats.Must(g.limit, g.least, g.unit), shown, said, stats.Reason(said, reasons[g.key]))
	}
	fmt.Fprintf(&p, "\n%s", tables)
	return p.String()
}

// The marks around the part of the file that is written here.
const (
	begin = "<!-- real: begin -->\n"
	end   = "<!-- real: end -->\n"
)

// publish puts the page between the marks. A file without them gets both at its end.
func publish(name, page string) error {
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	out, err := between(text, page)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, out, 0o644)
}

func between(text []byte, page string) ([]byte, error) {
	head, rest, ok := bytes.Cut(text, []byte(begin))
	if !ok {
		if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
			text = append(text, '\n')
		}
		return fmt.Appendf(text, "\n## For real\n\n%s%s%s", begin, page, end), nil
	}
	_, tail, ok := bytes.Cut(rest, []byte(end))
	if !ok {
		return nil, fmt.Errorf("%q without %q after it; write it where the measured part ends", strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return fmt.Appendf(head, "%s%s%s%s", begin, page, end, tail), nil
}
