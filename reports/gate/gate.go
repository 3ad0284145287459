package gate

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// LeastOverload is the shortest overload over which an oracle is judged: the bundled service is a queue of tens of
// seconds, and a shorter stretch would measure how it fills instead of how it runs.
const LeastOverload = 16 * time.Second

// A Judgement is one budget held against one run.
type Judgement struct {
	Budget  scenarios.Budget
	Verdict scenarios.Verdict
	Value   float64 // measured, in the metric's unit; meaningless when N is 0
	N       uint64  // samples behind Value
	Limit   float64 // in the metric's unit; meaningless when the budget needs a capacity that nobody declared
	Missed  float64 // by how much Value is on the wrong side of Limit, in the metric's unit; 0 unless it is
	Reason  string  // why there is no pass or fail, or what a miss means; may be empty
}

// MissedShare is Missed as a share of the limit; 0 when the limit is 0.
func (j Judgement) MissedShare() float64 {
	if j.Limit == 0 {
		return 0
	}
	return j.Missed / j.Limit
}

// A Report is all budgets, or all oracles, of one run.
type Report struct {
	Verdict    scenarios.Verdict
	From, To   time.Duration // whole seconds; requests due in [From, To) were looked at, which is nothing in a run that ended before
	Judgements []Judgement   // in the order of the scenario
	Reasons    []string      // what decided beside the judgements: an invalid or a cut-off run, nothing to judge
}

// Judge holds a run against budgets, over its judged span. Capacity is what the scenario declares, answers per second;
// 0 means not declared. A run that broke an abort rule has failed, whatever its budgets say.
func Judge(run *result.Run, budgets []scenarios.Budget, capacity float64) Report {
	from, to := run.JudgedSpan()
	report, short := span(run, from, to)
	for _, b := range budgets {
		report.Judgements = append(report.Judgements, judge(run, b, report, short, capacity))
	}
	switch {
	case aborted(run):
		report.Verdict, report.Reasons = scenarios.Fail, []string{run.End.Aborted}
	case len(budgets) == 0:
		report.Verdict = scenarios.Inconclusive
		report.Reasons = append(report.Reasons, "there is no budget to judge: add one to the scenario or with --budget")
	}
	report.conclude(run)
	return report
}

// Oracles holds a run against what is known of its service beforehand. Without oracles the verdict is pass.
func Oracles(run *result.Run, oracles []scenarios.Budget, capacity float64) Report {
	from, to, refused := run.OverloadSpan()
	report, short := span(run, from, to)
	length := report.To - report.From
	for _, b := range oracles {
		j := judge(run, b, report, short, capacity)
		switch {
		case !refused:
			j.Verdict, j.Missed, j.Reason = scenarios.Inconclusive, 0, "nothing was refused, so there was no overload to look at"
		case length < LeastOverload && short:
			j.Verdict, j.Missed = scenarios.Inconclusive, 0
			j.Reason = fmt.Sprintf("the run ended after %.0f s of the overload, want at least %.0f s", length.Seconds(), LeastOverload.Seconds())
		case length < LeastOverload:
			j.Verdict, j.Missed = scenarios.Inconclusive, 0
			j.Reason = fmt.Sprintf("the overload lasted %.0f s, want at least %.0f s: lengthen the hold", length.Seconds(), LeastOverload.Seconds())
		case j.Verdict == scenarios.Fail:
			j.Verdict, j.Reason = scenarios.Invalid, "the instrument is off"
		}
		report.Judgements = append(report.Judgements, j)
	}
	if len(oracles) == 0 {
		report.Verdict = scenarios.Pass
		return report
	}
	report.conclude(run)
	return report
}

// span is a report over those whole seconds of [from, to) of which the run can tell; short says that some are missing.
func span(run *result.Run, from, to time.Duration) (r Report, short bool) {
	from, to = (from + time.Second - 1).Truncate(time.Second), to.Truncate(time.Second)
	told := Told(run, to)
	return Report{From: from, To: max(from, told)}, told < to
}

func judge(run *result.Run, b scenarios.Budget, r Report, short bool, capacity float64) Judgement {
	j := Judgement{Budget: b}
	j.Value, j.N = run.Value(b, r.From, r.To)
	limit, declared := b.Limit(capacity)
	j.Limit = limit
	j.Verdict = b.Evaluate(j.Value, j.N, capacity)
	latency := b.Metric == scenarios.Latency || b.Metric == scenarios.Mean
	switch {
	case !declared:
		j.Reason = "no capacity is declared: add one to the scenario or with --capacity"
	case run.End == nil && !latency:
		// Slow requests are missing: shares and rates lean either way.
		j.Value, j.N, j.Verdict = 0, 0, scenarios.Inconclusive
		j.Reason = unknownFlight
	case j.N == 0:
		j.Reason = noSample(run, b, r)
	case run.End == nil && !(b.AtMost && j.Verdict == scenarios.Fail):
		// Latencies lean to the better: what was in flight was slow. So only a promise not to be slow can be broken already.
		j.Verdict, j.Reason = scenarios.Inconclusive, unknownFlight
	case latency && b.AtMost && j.Verdict == scenarios.Pass && nothingAnswered(run, b, r):
		// A dead target refuses quickly. That is no fast service.
		j.Verdict, j.Reason = scenarios.Inconclusive, "nothing was answered"
	case b.Metric.Unit() == "/s" && short && aborted(run):
		j.Verdict, j.Reason = scenarios.Inconclusive, "an abort rule stopped the sending before the end of the judged span"
	case b.Metric.Unit() == "/s" && short:
		j.Verdict, j.Reason = scenarios.Inconclusive, "the run was interrupted before the end of the judged span"
	case j.Verdict == scenarios.Fail && b.AtMost:
		j.Missed = j.Value - limit
	case j.Verdict == scenarios.Fail:
		j.Missed = limit - j.Value
	}
	return j
}

// noSample says why there is nothing to hold against a budget.
func noSample(run *result.Run, b scenarios.Budget, r Report) string {
	if r.From >= r.To && b.Metric != scenarios.Lateness {
		return "the run has no whole second of the judged span"
	}
	sent := run.Within(r.From, r.To, b.Scope).Sent()
	switch {
	case b.Metric == scenarios.Lateness:
		return "no request was sent"
	case sent > 0:
		return "nothing was answered"
	case b.Scope != "":
		return "no request of " + b.Scope + " in the span"
	}
	return "no request in the span"
}

func nothingAnswered(run *result.Run, b scenarios.Budget, r Report) bool {
	s := run.Within(r.From, r.To, b.Scope)
	return s.Good+s.Late == 0
}

const unknownFlight = "the run was cut off, and what was in flight then is not known"

// conclude weighs the judgements with what is known of the run as a whole. What an invalid run measured is no miss.
func (r *Report) conclude(run *result.Run) {
	validity, reasons := Validity(run)
	verdicts := []scenarios.Verdict{r.Verdict, validity}
	for i := range r.Judgements {
		j := &r.Judgements[i]
		if validity == scenarios.Invalid {
			j.Verdict, j.Missed, j.Reason = scenarios.Invalid, 0, ""
		}
		verdicts = append(verdicts, j.Verdict)
	}
	r.Verdict = Worst(verdicts...)
	r.Reasons = append(r.Reasons, reasons...)
}

// Validity says whether a run can be judged at all: pass for one that can be trusted, inconclusive for one that was cut off
// or interrupted, invalid for one that cannot be trusted; and why. A run that was stopped by an abort rule, or because it
// had told enough, is whole.
func Validity(run *result.Run) (scenarios.Verdict, []string) {
	switch {
	case run.End == nil:
		return scenarios.Inconclusive, []string{fmt.Sprintf("the run is partial: it was cut off, and %.0f s of it were recorded", recorded(run).Seconds())}
	case len(run.End.Invalid) > 0:
		return scenarios.Invalid, run.End.Invalid
	case run.End.Interrupted:
		return scenarios.Inconclusive, []string{fmt.Sprintf("the run was interrupted after %.0f s", recorded(run).Seconds())}
	}
	return scenarios.Pass, nil
}

// Told is how much of a span that ends at to a run can tell of: all, unless its sending ended before. The second in which
// it was interrupted, or stopped by an abort rule, is not whole.
func Told(run *result.Run, to time.Duration) time.Duration {
	closed := run.Header.Model == result.Closed // nobody knows beforehand how much is planned
	switch end := run.End; {
	case end == nil:
		return min(to, recorded(run))
	case aborted(run) || end.Interrupted && (closed || end.Planned < run.Header.Planned):
		return min(to, max(0, recorded(run)-time.Second))
	case end.Converged > 0:
		return min(to, time.Duration(end.Converged*float64(time.Second)))
	}
	return to
}

func aborted(run *result.Run) bool { return run.End != nil && run.End.Aborted != "" }

// recorded is the end of the last second in which anything was due that the run knows of. What was lost was due when
// nobody sent any longer.
func recorded(run *result.Run) time.Duration {
	for i := len(run.Cells) - 1; i >= 0; i-- { // sorted by second due
		if c := &run.Cells[i]; c.Outcome != result.Lost {
			return time.Duration(c.Due+1) * time.Second
		}
	}
	return 0
}
