package reports

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
)

// PhaseFacts are the account of what was due in one phase, by whole seconds: a second in which one phase ends and the next
// begins counts in the one that ends, so a phase within one second may have none. The accounts of all phases add up to that
// of the run, except for what was in flight when a run was cut off.
type PhaseFacts struct {
	Phase    string  `json:"phase"`    // its number and kind, such as "1 ramp"; "day" before the first and after the last; "drain" after the plan
	From     float64 `json:"from"`     // seconds of the run
	To       float64 `json:"to"`       // of the drain the end of the last second in which anything was due
	Overload string  `json:"overload"` // its policy: "drop", "queue: 100", "late: 300ms" or "spawn: 200"

	Account

	Latency     Quantiles `json:"latency"` // done - due of all that ended
	AdmittedP50 Number    `json:"admitted_p50"`
	AdmittedP95 Number    `json:"admitted_p95"`
	AdmittedP99 Number    `json:"admitted_p99"`
}

// phases sums a run up by the phases of its scenario; a shape that nobody can draw has none. In the drain only retries and
// later steps are due, and recorded instants that the shape does not reach.
func phases(run *result.Run, s scenarios.Scenario) []PhaseFacts {
	all := []PhaseFacts{}
	curve, marks, err := profile.Of(s.Shape)
	if err != nil {
		return all
	}
	at := time.Duration(0)
	add := func(name string, to time.Duration, policy scenarios.Overload) {
		if to <= at {
			return
		}
		due := run.Within(wholeSecond(at), wholeSecond(to), "")
		all = append(all, PhaseFacts{
			Phase: name, From: at.Seconds(), To: to.Seconds(), Overload: written(policy), Account: accountOf(due), Latency: quantilesOf(&due.Latency),
			AdmittedP50: quantile(&due.Admitted, 0.5), AdmittedP95: quantile(&due.Admitted, 0.95), AdmittedP99: quantile(&due.Admitted, 0.99),
		})
		at = to
	}
	add("day", marks.PhasesFrom, s.Overload)
	for i, phase := range s.Shape.Phases {
		add(fmt.Sprintf("%d %s", i+1, phase.Kind), at+phase.Length, cmp.Or(phase.Overload, s.Overload))
	}
	add("day", curve.Length(), s.Overload)
	if n := len(run.Cells); n > 0 && time.Duration(run.Cells[n-1].Due)*time.Second >= wholeSecond(at) { // sorted by second due
		add("drain", time.Duration(run.Cells[n-1].Due+1)*time.Second, s.Overload)
	}
	return all
}

// wholeSecond is the first that begins at or after t.
func wholeSecond(t time.Duration) time.Duration {
	return (t + time.Second - 1).Truncate(time.Second)
}

// written is a policy as a scenario has it.
func written(o scenarios.Overload) string {
	switch o.Policy {
	case scenarios.Queue, scenarios.Spawn:
		return fmt.Sprintf("%s: %d", o.Policy, o.Most)
	case scenarios.LateBy:
		return fmt.Sprintf("%s: %s", o.Policy, o.Late)
	}
	return string(scenarios.Drop)
}

// phaseSection shows runs of several phases, and those that dropped anything in their only one.
func phaseSection(doc Document) Section {
	s := Section{Title: "By phase"}
	for _, r := range doc.Runs {
		if len(r.Phases) == 0 || len(r.Phases) == 1 && r.Dropped+r.DroppedRetries+r.DroppedFollowUps == 0 {
			continue
		}
		name := column[PhaseFacts]{"phase", true, func(p PhaseFacts) string { return p.Phase }}
		s.Tables = append(s.Tables, tableOf("Outcomes"+ofVariant(doc, r), r.Phases, []column[PhaseFacts]{
			name,
			{"due", true, func(p PhaseFacts) string { return span(p.From, p.To) }},
			{"planned", true, func(p PhaseFacts) string { return count(p.Planned) }},
			{"good", true, func(p PhaseFacts) string { return count(p.Good) }},
			{"late", false, func(p PhaseFacts) string { return count(p.Late) }},
			{"shed", false, func(p PhaseFacts) string { return count(p.Shed) }},
			{"failed", true, func(p PhaseFacts) string { return count(p.Failed) }},
			{"unfinished", false, func(p PhaseFacts) string { return count(p.Unfinished) }},
			{"p50", true, func(p PhaseFacts) string { return measured(p.AdmittedP50, "s") }},
			{"p99", true, func(p PhaseFacts) string { return measured(p.AdmittedP99, "s") }},
		}))
		if !slices.ContainsFunc(r.Phases, func(p PhaseFacts) bool {
			return p.Overload != string(scenarios.Drop) || p.Sent != p.Planned || p.DroppedRetries+p.DroppedFollowUps > 0
		}) {
			continue
		}
		s.Tables = append(s.Tables, tableOf("Sent and not sent"+ofVariant(doc, r), r.Phases, []column[PhaseFacts]{
			name,
			{"overload", true, func(p PhaseFacts) string { return p.Overload }},
			{"sent", true, func(p PhaseFacts) string { return count(p.Sent) }},
			{"dropped", true, func(p PhaseFacts) string { return count(p.Dropped) }},
			{"lost", false, func(p PhaseFacts) string { return count(p.Lost) }},
			{"retries", false, func(p PhaseFacts) string { return count(p.Retries) }},
			{"dropped ones", false, func(p PhaseFacts) string { return count(p.DroppedRetries) }},
			{"later steps", false, func(p PhaseFacts) string { return count(p.FollowUps) }},
			{"dropped ones", false, func(p PhaseFacts) string { return count(p.DroppedFollowUps) }},
		}))
	}
	if len(s.Tables) > 0 {
		s.Text = []string{"By the second in which requests were due; one in which a phase ends counts in that phase. p50 and p99 are of admitted requests."}
	}
	return s
}
