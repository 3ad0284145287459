package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/peakday/peakday/internal/bench/stats"
)

// page is the part of the figures that was measured for real. It formats and judges, and measures nothing.
func page(r *record, reasons map[string]string) string {
	var p strings.Builder
	p.WriteString("<!-- Written by make bench-admission. Reasons come from internal/bench/admission/reasons.txt; nothing here is written by hand. -->\n\n")
	p.WriteString("Generator, guard, service and database share the cores of one machine, unpinned. What the figures mean: `go doc ./internal/sweep`.\n")
	fmt.Fprintf(&p, "The default law is %s. Of a figure over seeds the median counts, over loads the worst; a storm whose generator was late counts for nothing.\n", r.Law)
	p.WriteString("The fixed oracle is, of the limits tried at five times the capacity, the one that did most within 1.3 times the unloaded p99; where none kept to that, the one that did most at any p99, which is the harder opponent.\n")
	p.WriteString("\n| what | must be | measured | verdict | why |\n| --- | --- | --- | --- | --- |\n")
	for _, g := range goals {
		v := g.of(r)
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
	var tables strings.Builder
	p.WriteString("\n| part | measured | minutes | commit | cores | stolen by the host | |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, part := range parts {
		got, ok := r.Pieces[part.name]
		if !ok {
			if !part.soak {
				fmt.Fprintf(&p, "| %s | not measured | | | | | |\n", part.name)
			}
			continue
		}
		said := ""
		if got.Cut != "" {
			said = "cut off: " + stats.Cell(got.Cut)
		}
		m := got.Machine
		fmt.Fprintf(&p, "| %s | %s | %s | %s | %d of %s | %s %% | %s |\n", part.name, m.Date.UTC().Format("2006-01-02 15:04 UTC"), stats.Round(got.Took.Minutes(), 1),
			m.Commit, len(m.Cores), m.CPU, stats.Number(100*m.Steal), said)
		if got.Table != "" {
			fmt.Fprintf(&tables, "\n### %s\n\n`%s`\n\n%s", part.title, got.How, strings.TrimRight(got.Table, "\n")+"\n")
		}
	}
	p.WriteString(tables.String())
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
