package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// trustSection says whether the generator could have spoilt what it measured, and shows what was watched of it.
func trustSection(doc Document) Section {
	s := Section{Title: "Can this measurement be trusted"}
	s.Text = saidOnce(doc, trust)
	for _, r := range doc.Runs {
		if len(r.Checks) == 0 {
			continue
		}
		t := Table{Head: []string{"what was watched", "value", "limit", "verdict", "note"}}
		if len(doc.Runs) > 1 {
			t.Title = capital(r.Variant)
		}
		shown, quiet := foremostChecks(r.Checks)
		for _, c := range slices.Concat(shown, quiet) {
			t.Rows = append(t.Rows, checkRow(c))
		}
		if t.Rest = len(quiet); t.Rest > 0 {
			t.Left = fmt.Sprintf("… and %d more within their limits", t.Rest)
		}
		s.Tables = append(s.Tables, t)
	}
	return s
}

// judges says that a check of that name can make a run invalid by itself; the others only explain (package watch).
func judges(name string) bool {
	switch name {
	case "lateness p99", "stood still", "clock step", "out of resources", "throttled":
		return true
	}
	return false
}

// foremostChecks tells those that are always shown from those that are within their limits in a run that can be trusted,
// and explain nothing there.
func foremostChecks(all []result.Check) (shown, quiet []result.Check) {
	if slices.ContainsFunc(all, func(c result.Check) bool { return !c.OK }) {
		return all, nil
	}
	for _, c := range all {
		if c.Note == "" && !beyond(c) && !judges(c.Name) {
			quiet = append(quiet, c)
		} else {
			shown = append(shown, c)
		}
	}
	return shown, quiet
}

// beyond says that the value of a check is above its limit, if there is one.
func beyond(c result.Check) bool { return c.Limit > 0 && c.Value > c.Limit }

// trust is the answer, with its reasons.
func trust(r RunFacts) (texts []string) {
	switch {
	case r.Validity == scenarios.Invalid:
		texts = append(texts, "No: "+strings.Join(r.Reasons, "; ")+".")
	case len(r.Reasons) > 0:
		texts = append(texts, capital(strings.Join(r.Reasons, "; "))+".")
	case len(r.Checks) > 0:
		texts = append(texts, "Yes: nothing that was watched of the generator can have spoilt it.")
	}
	if r.Aborted != "" {
		texts = append(texts, fmt.Sprintf("An abort rule stopped the sending: %s. That judges the service, and what was lost after it voids nothing.", r.Aborted))
	}
	if r.Converged > 0 {
		texts = append(texts, fmt.Sprintf("The plan ended at %s, when its last plateau had told enough, and budgets are judged up to there.", given(Number(r.Converged), "s")))
	}
	return texts
}

// noted is the word for a check over its limit that explains nothing, since nothing was spoilt.
const noted = "noted"

// notKnown begins the note of a check whose value nobody could read.
const notKnown = "not known"

func checkRow(c result.Check) []string {
	amount := func(v float64, write func(Number, string) string) string {
		switch {
		case c.Unit == "s":
			return write(Number(v), "s")
		case strings.HasPrefix(c.Unit, "share"):
			return write(Number(v), "share")
		}
		return count(uint64(v))
	}
	row := []string{c.Name, amount(c.Value, measured), amount(c.Limit, given), string(scenarios.Pass), c.Note}
	switch {
	case !c.OK:
		row[3], row[4] = string(scenarios.Invalid), "" // it is a reason, and stands above
	case strings.HasPrefix(c.Note, notKnown):
		row[1], row[3] = unknown, notKnown
	case beyond(c):
		row[3] = noted
	case c.Limit <= 0 && c.Note != "":
		row[2] = unknown
	}
	return row
}
