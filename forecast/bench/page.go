package main

import (
	"fmt"
	"io"
	"math"
	"slices"
)

// A Goal is a figure to reach, as the project set it before anything was measured.
type Goal struct {
	What           string
	Must, Ambition Range
	Value, Wide    float64 // measured, and half its 95 % confidence interval, 0 if there is none
	Format         string  // of a number, with its unit
}

// A Range is where a figure must lie, both ends included.
type Range struct{ From, To float64 }

func atMost(v float64) Range  { return Range{math.Inf(-1), v} }
func atLeast(v float64) Range { return Range{v, math.Inf(1)} }

func (r Range) holds(v float64) bool { return v >= r.From && v <= r.To }

func (r Range) text(format string) string {
	switch {
	case math.IsInf(r.From, -1):
		return "≤ " + fmt.Sprintf(format, r.To)
	case math.IsInf(r.To, 1):
		return "≥ " + fmt.Sprintf(format, r.From)
	}
	return fmt.Sprintf(format+" to "+format, r.From, r.To)
}

func (g Goal) measured() string {
	if g.Wide > 0 {
		return fmt.Sprintf(g.Format+" ± "+g.Format, g.Value, g.Wide)
	}
	return fmt.Sprintf(g.Format, g.Value)
}

func (g Goal) verdict() string {
	switch {
	case g.Ambition.holds(g.Value):
		return "ambition"
	case g.Must.holds(g.Value):
		return "reached"
	}
	return "**missed**"
}

// write the page.
func (r Record) write(w io.Writer) {
	fmt.Fprint(w, `<!-- Written by make bench-forecast; nothing here is written by hand. -->

# How good the forecasts are, and how fast

What the parts measure: `+"`go doc ./forecast/bench`"+`. A ± is half of a 95 % confidence interval.

| goal | must be | ambition | measured | verdict |
|---|---|---|---|---|
`)
	for _, p := range parts() {
		for _, g := range r.Parts[p.name].Goals {
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", g.What, g.Must.text(g.Format), g.Ambition.text(g.Format), g.measured(), g.verdict())
		}
	}
	for _, p := range parts() {
		part := r.Parts[p.name]
		if part.Why != "" && slices.ContainsFunc(part.Goals, func(g Goal) bool { return !g.Must.holds(g.Value) }) {
			fmt.Fprintf(w, "\nWhy %s misses: %s\n", p.name, part.Why)
		}
	}
	for _, p := range parts() {
		part, ok := r.Parts[p.name]
		if !ok {
			fmt.Fprintf(w, "\n## %s\n\nNot measured yet.\n", p.name)
			continue
		}
		fmt.Fprintf(w, "\n## %s\n\n%s\nMeasured %s in %.0f s by `%s` on %s.\n", p.name, part.Tables,
			part.When.UTC().Format("2006-01-02 15:04 UTC"), part.Took.Seconds(), part.Command, part.Machine)
	}
}
