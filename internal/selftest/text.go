package selftest

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/chart"
)

// Write writes the report for a terminal. Its sentence comes last, where a person looks first.
func Write(w io.Writer, r *Report) error {
	d := reports.Document{Verdict: r.Verdict, Title: "self-test", Sentence: "Requests are stamped by three clocks: the plan's, the tool's and that of " + r.StampedBy + "."}
	for _, c := range r.Checks {
		heading := c.Driver + ": " + title(c.Step)
		if last := len(d.Sections) - 1; last < 0 || d.Sections[last].Title != heading {
			d.Sections = append(d.Sections, reports.Section{Title: heading, Tables: []reports.Table{{Head: []string{"What", "Measured", "Want", "Verdict"}}}})
		}
		table := &d.Sections[len(d.Sections)-1].Tables[0]
		table.Rows = append(table.Rows, []string{c.What, c.show(c.Measured), c.want(), string(c.Verdict)})
	}
	for _, l := range r.Ladders {
		d.Sections = append(d.Sections, l.section())
	}
	if len(r.Notes) > 0 {
		d.Sections = append(d.Sections, reports.Section{Title: "Notes", Text: r.Notes})
	}
	d.Sections = append(d.Sections, reports.Section{Title: "Verdict", Text: []string{r.Sentence}})
	return reports.Write(w, "text", d)
}

// title says what a step does.
func title(step string) string {
	switch step {
	case "stall":
		return "even arrivals, and a stall in which nothing is answered"
	case "behind":
		return fmt.Sprintf("the same behind %d connections, for which requests wait", few)
	}
	return "random arrivals"
}

func (l Ladder) section() reports.Section {
	table := reports.Table{Head: []string{"Requests a second", "Lateness p50", "p99", "p99.9", "Not sent", "CPU a request", "Kept"}}
	for _, r := range l.Rungs {
		kept := "no"
		if r.Kept {
			kept = "yes"
		}
		table.Rows = append(table.Rows, []string{
			chart.Number(float64(r.Rate)), seconds(r.LatenessP50), seconds(r.LatenessP99), seconds(r.LatenessP999),
			strconv.FormatUint(r.Planned-r.Sent, 10), seconds(r.CPUPerRequest), kept,
		})
	}
	return reports.Section{Title: l.Driver + ": lateness at rising rates, " + wakes(l.Precision), Tables: []reports.Table{table}}
}

func wakes(precision reports.Number) string {
	if precision > 0 {
		return "sends within " + seconds(precision) + " leave together"
	}
	return "each send has its own wake-up"
}

// want is the bound of a check for people.
func (c Check) want() string {
	switch {
	case c.Verdict == "":
		return "-"
	case c.Most == 0:
		return "0"
	case isNone(c.Least):
		return "≤ " + c.show(c.Most)
	case c.Truth > 0:
		return fmt.Sprintf("%s ± %.3g %%", c.show(c.Truth), 100*float64(c.Most-c.Truth)/float64(c.Truth))
	}
	return c.show(c.Least) + " to " + c.show(c.Most)
}

// show is a value in the unit of the check.
func (c Check) show(n reports.Number) string {
	switch {
	case isNone(n):
		return "not measured"
	case c.Unit == "s":
		return seconds(n)
	}
	return strconv.FormatFloat(float64(n), 'g', 3, 64)
}

// seconds is a time with three digits.
func seconds(n reports.Number) string {
	d := time.Duration(float64(n) * 1e9)
	for unit := time.Nanosecond; ; unit *= 10 {
		if d.Abs() < 1000*unit {
			return d.Round(unit).String()
		}
	}
}
