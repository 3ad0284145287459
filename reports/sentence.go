package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/scenarios"
)

// sentence says how it went: what decided, unless all is well, and then what became of people and service in each variant.
func sentence(d Drill, doc Document) string {
	if len(doc.Runs) == 0 {
		return "Nothing was run, so there is nothing to judge."
	}
	parts := []string{}
	for _, r := range doc.Runs {
		if r.Partial {
			parts = append(parts, fmt.Sprintf("the run %s is partial: it was cut off, and %s of it were recorded", r.Variant, given(Number(r.Seconds), "s")))
		}
	}
	if ground := ground(d, doc); ground != "" && doc.Head != measuredHead {
		parts = append(parts, ground)
	}
	_, _, harm := harmed(d.Scenario, doc)
	switch {
	case doc.Verdict == scenarios.Invalid: // its numbers are not to be quoted
	case harm:
		parts = append(parts, "protection did harm here: "+comparison(doc))
	default:
		parts = append(parts, comparison(doc))
	}
	if doc.Head == measuredHead {
		parts = append(parts, "no budget was given, so nothing is judged")
	}
	text := strings.Join(parts, "; ")
	if r := doc.Runs[doc.foremost()]; r.Interrupted {
		text = fmt.Sprintf("interrupted after %.0f s: ", r.Seconds) + text
	}
	return capital(text) + "."
}

// measuredHead stands over a document that no verdict was asked of.
const measuredHead = "measured"

// head is the verdict, unless the runs are sound and there is neither a budget nor an oracle to hold them against.
func head(d Drill, doc Document) string {
	judged := func(r RunFacts) bool {
		return r.Validity != scenarios.Pass || r.Aborted != "" || len(r.Budgets)+len(r.Oracles) > 0
	}
	if len(doc.Runs) == 0 || len(d.NotRun) > 0 || slices.ContainsFunc(doc.Runs, judged) {
		return string(doc.Verdict)
	}
	return measuredHead
}

// ground is why the verdict is not pass: empty for a pass, and for a run that was cut off.
func ground(d Drill, doc Document) string {
	for i, v := range d.Variants {
		facts := doc.Runs[i]
		switch {
		case facts.Validity == scenarios.Invalid:
			return "the measurement is invalid: " + inShort(facts.Reasons[0])
		case doc.Verdict == scenarios.Invalid && v.Oracles.Verdict == scenarios.Invalid:
			return "the instrument is off: " + first(facts.Oracles, scenarios.Invalid)
		case doc.Verdict == scenarios.Inconclusive && facts.Partial && len(d.NotRun) == 0:
			return "" // which has been said
		}
	}
	if doc.Verdict == scenarios.Inconclusive && len(d.NotRun) > 0 {
		return "no verdict: " + strings.Join(d.NotRun, ", ") + " was not run"
	}
	for i, v := range d.Variants {
		facts := doc.Runs[i]
		switch {
		case v.Decides && doc.Verdict == scenarios.Fail && facts.Aborted != "":
			return "sending was stopped: " + facts.Aborted
		case v.Decides && doc.Verdict == scenarios.Fail:
			return first(facts.Budgets, scenarios.Fail)
		case doc.Verdict == scenarios.Inconclusive && v.Oracles.Verdict == scenarios.Inconclusive:
			return "no verdict: " + first(facts.Oracles, scenarios.Inconclusive)
		case v.Decides && doc.Verdict == scenarios.Inconclusive && facts.Interrupted:
			return "no verdict" // why has been said
		case v.Decides && doc.Verdict == scenarios.Inconclusive && len(v.Budgets.Reasons) > 0:
			return "no verdict: " + v.Budgets.Reasons[0]
		case v.Decides && doc.Verdict == scenarios.Inconclusive:
			return "no verdict: " + first(facts.Budgets, scenarios.Inconclusive)
		}
	}
	return ""
}

// inShort is a reason up to its limit, or up to the advice that follows: "lateness p99 is 9ms, limit 5ms".
func inShort(reason string) string {
	value, rest, found := strings.Cut(reason, ", limit ")
	if !found {
		value, _, _ = strings.Cut(reason, "; ")
		return value
	}
	limit, _, _ := strings.Cut(rest, ": ")
	return value + ", limit " + limit
}

// first describes the first of the budgets with that verdict.
func first(budgets []BudgetFacts, verdict scenarios.Verdict) string {
	for _, b := range budgets {
		if b.Verdict == verdict {
			return describe(b)
		}
	}
	return ""
}

// describe says what became of a budget: "admitted p95 <= 1ms: 884 ms, missed by 883 ms".
func describe(b BudgetFacts) string {
	var parts []string
	if value := measured(b.Value, b.Unit); value != unknown {
		parts = append(parts, value)
	}
	if b.Missed > 0 {
		parts = append(parts, "missed by "+missedBy(b))
	}
	if b.Reason != "" {
		parts = append(parts, b.Reason)
	}
	return b.Budget + ": " + strings.Join(parts, ", ")
}

// missedBy says by how much a budget was missed, and what part of the limit that is, up to
// ten times the limit: beyond, it tells no more. A share is missed by points: percent of percent would be read as percent.
func missedBy(b BudgetFacts) string {
	switch {
	case b.Missed <= 0:
		return unknown
	case b.Unit == "share":
		return chart.Measured(100*float64(b.Missed)) + " points"
	case b.MissedShare > 0 && b.MissedShare <= 10:
		return measured(b.Missed, b.Unit) + " (" + chart.Measured(100*float64(b.MissedShare)) + " %)"
	}
	return measured(b.Missed, b.Unit)
}

// leastHarm is the part of the people that protection must have cost to be called harm: two runs of one plan never serve
// exactly the same.
const leastHarm = 0.01

// harmed says that the variant that decides has a guard and served fewer people in time than the same arrivals got
// without one; with and without are those numbers.
func harmed(s scenarios.Scenario, doc Document) (with, without uint64, harm bool) {
	guarded := func(r RunFacts) bool {
		return slices.ContainsFunc(s.Variants, func(v scenarios.Variant) bool { return v.Name == r.Variant && v.Guard })
	}
	whole := func(r RunFacts) bool { return r.Validity == scenarios.Pass && r.People != nil && r.Aborted == "" }
	foremost := doc.Runs[doc.foremost()]
	if !doc.SameArrivals || !foremost.Decides || !guarded(foremost) || !whole(foremost) {
		return 0, 0, false
	}
	for _, r := range doc.Runs {
		if !guarded(r) && whole(r) {
			without = max(without, r.People.InTime)
		}
	}
	with = foremost.People.InTime
	return with, without, float64(without) > float64(with)+leastHarm*float64(foremost.Planned)
}

// comparison says what people and the service got in the variant that decides, and then in the others. Rates are left
// out where nothing was judged.
func comparison(doc Document) string {
	foremost := doc.Runs[doc.foremost()]
	if foremost.Partial {
		return fmt.Sprintf("by then it had sent %s requests, of which %s were answered within %s, %s later, %s were shed and %s failed",
			count(foremost.attempts()), count(foremost.Good), given(doc.GoodWithin, "s"), count(foremost.Late), count(foremost.Shed), count(foremost.Failed))
	}
	text := people(foremost.People.InTime) + " were served within " + given(doc.GoodWithin, "s")
	if foremost.People.InTime == 1 {
		text = strings.Replace(text, "were", "was", 1)
	}
	if len(doc.Runs) > 1 {
		text = foremost.Variant + ", " + text
	}
	if foremost.Judged.known() {
		text += " and the service answered " + measured(foremost.Judged.Goodput, "/s")
		if doc.DeclaredCapacity > 0 {
			text += " of its " + given(Number(doc.DeclaredCapacity), "/s")
		}
		text += " in time while " + measured(foremost.Judged.Offered, "/s") + " " + cameIn(foremost)
	}
	for i, r := range doc.Runs {
		if i == doc.foremost() || r.Partial {
			continue
		}
		text += "; " + r.Variant + ", " + people(r.People.InTime)
		if foremost.Judged.known() && r.Judged.known() {
			text += " and " + measured(r.Judged.Goodput, "/s")
		}
		if r.Judged.AdmittedP50 > doc.GoodWithin {
			text += ": half of those it let in waited " + measured(r.Judged.AdmittedP50, "s") + " or more"
		}
	}
	return text
}

// cameIn is what the load of the runs is called: what is offered has retries in it, and later steps of sessions.
func cameIn(runs ...RunFacts) string {
	retries := slices.ContainsFunc(runs, func(r RunFacts) bool { return r.Retries > 0 })
	steps := slices.ContainsFunc(runs, func(r RunFacts) bool { return r.FollowUps > 0 })
	switch {
	case retries && steps:
		return "came in, retries and later steps included"
	case retries:
		return "came in, retries included"
	case steps:
		return "came in, later steps included"
	}
	return "came in"
}

// known says that the run reached the judged span.
func (j Judged) known() bool { return !math.IsNaN(float64(j.Goodput)) }

func people(n uint64) string {
	if n == 1 {
		return "1 person"
	}
	return count(n) + " people"
}
