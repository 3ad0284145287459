package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

// Build says what there is to say about a drill. A drill without a run gives a document that says so.
func Build(d Drill) Document {
	doc := Document{
		Format:           DocumentFormat,
		Scenario:         d.Scenario.Name,
		Title:            cmp.Or(d.Scenario.Title, d.Scenario.Name),
		Verdict:          d.Verdict(),
		Seed:             d.Scenario.Seed,
		DeclaredCapacity: d.Declared,
		GoodWithin:       Number(d.Scenario.GoodWithin.Seconds()),
		SameArrivals:     len(d.Variants) > 0,
		Runs:             []RunFacts{},
		Capacity:         d.Capacity,
		Sizing:           d.Plan,
		Warnings:         append([]string{}, d.Warnings...),
	}
	doc.ExitCode = gate.ExitCode(doc.Verdict)
	for i, v := range d.Variants {
		facts := runFacts(v, d.Scenario)
		facts.Decides = v.Decides && len(d.NotRun) == 0
		doc.Runs = append(doc.Runs, facts)
		doc.Partial = doc.Partial || facts.Partial
		header := v.Run.Header
		if i == 0 {
			doc.Seed, doc.Started, doc.Target, doc.Machine = header.Seed, header.Started, header.Target, header.Machine
		}
		doc.SameArrivals = doc.SameArrivals && (i == 0 || sameArrivals(v.Run, d.Variants[0].Run))
	}
	if len(d.Variants) > 1 && !doc.SameArrivals {
		doc.Warnings = append(doc.Warnings, "the runs did not have the same arrivals: compare them with care")
	}
	if len(doc.Runs) > 0 {
		if with, without, harm := harmed(d.Scenario, doc); harm {
			doc.Warnings = append(doc.Warnings, fmt.Sprintf("Protection did harm here: %s were served within %s with it, %s without.",
				people(with), given(doc.GoodWithin, "s"), count(without)))
		}
	}
	doc.Forecast = forecastFacts(d)
	doc.Head = head(d, doc)
	doc.Sentence = sentence(d, doc)
	doc.Sections = sections(d, doc)
	return doc
}

func runFacts(v Variant, s scenarios.Scenario) RunFacts {
	run := v.Run
	all, windows := run.All(), run.Windows()
	f := RunFacts{
		Variant: run.Header.Variant, Verdict: v.Budgets.Verdict, Partial: run.End == nil,
		ArrivalHash: run.Header.ArrivalHash,
		Measurement: measurement(run, all),
		Kinds:       []Kind{},
		Judged:      judged(v),
		LatenessP99: quantile(&run.Lateness, 0.99),
		Budgets:     budgetFacts(v.Budgets), Oracles: budgetFacts(v.Oracles),
		Processes: []result.Process{}, Warnings: []string{}, Failures: []result.Failure{}, Proofs: []string{},
		Notes:      append([]string{}, run.Header.Notes...),
		Operations: operations(run),
		Steps:      steps(run),
		Phases:     phases(run, s),
		Plateaus:   plateaus(run, windows, s),
		Timeline:   timeline(run, windows),
	}
	validity, reasons := gate.Validity(run)
	f.Validity, f.Reasons = validity, append([]string{}, reasons...)
	f.Seconds = float64(len(windows))
	for kind, n := range all.Kinds {
		f.Kinds = append(f.Kinds, Kind{kind, n})
	}
	slices.SortFunc(f.Kinds, func(a, b Kind) int { return strings.Compare(a.Kind, b.Kind) })
	if end := run.End; end != nil {
		f.Interrupted = end.Interrupted
		f.People = &PeopleFacts{
			Served: end.People.Served, InTime: inTime(&end.People, all, s.GoodWithin), GaveUp: end.People.GaveUp,
			Waiting: end.People.Waiting, NeverSent: end.Dropped + end.Lost, DroppedLater: end.DroppedRetries + end.DroppedFollowUps, Attempts: end.People.Attempts,
			TimeToSuccessP50: quantile(&end.People.TimeToSuccess, 0.5), TimeToSuccessP95: quantile(&end.People.TimeToSuccess, 0.95),
		}
		f.Processes = append(f.Processes, end.Processes...)
		f.Warnings = append(f.Warnings, end.Warnings...)
		f.Failures = append(f.Failures, end.Failures...)
		f.Proofs = append(f.Proofs, end.Proofs...)
	}
	return f
}

func judged(v Variant) Judged {
	from, to := v.Budgets.From, v.Budgets.To
	s := v.Run.Within(from, to, "")
	length := result.Length(from, to).Seconds()
	perSecond := func(n uint64) Number {
		if s.Offered() == 0 || v.Run.End == nil { // of a run that was cut off only what was quick is known
			return Number(math.NaN())
		}
		return Number(float64(n) / length)
	}
	j := Judged{
		From: from.Seconds(), To: to.Seconds(),
		Offered: perSecond(s.Offered()), Goodput: perSecond(s.Good), Answered: perSecond(s.Good + s.Late),
		AdmittedP50: quantile(&s.Admitted, 0.5), AdmittedP95: quantile(&s.Admitted, 0.95), AdmittedP99: quantile(&s.Admitted, 0.99),
		AnsweredMean: Number(math.NaN()),
	}
	if v.Run.End == nil && length > 0 {
		j.Offered = 0
		for _, e := range v.Run.Ends {
			if at := time.Duration(e.At) * time.Second; at >= from && at < to {
				j.Offered += Number(float64(e.Sent) / length)
			}
		}
	}
	if s.Answered.Count() > 0 {
		j.AnsweredMean = Number(s.Answered.Mean().Seconds())
	}
	return j
}

// inTime counts the people who were served in time. Where everybody sends one request, they are the good
// answers exactly; with retries and later steps they are counted from the histogram of whole waits, to its precision.
func inTime(people *result.People, all *result.Summary, limit time.Duration) (n uint64) {
	if all.Retries+all.FollowUps == 0 {
		return all.Good
	}
	people.TimeToSuccess.Buckets(func(upTo time.Duration, count uint64) bool {
		if upTo <= limit {
			n += count
		}
		return upTo <= limit
	})
	return n
}

func quantile(h *hist.Histogram, q float64) Number {
	if h.Count() == 0 {
		return Number(math.NaN())
	}
	return Number(h.Quantile(q).Seconds())
}

func budgetFacts(r gate.Report) []BudgetFacts {
	facts := []BudgetFacts{}
	for _, j := range r.Judgements {
		f := BudgetFacts{
			Budget: j.Budget.Text, Verdict: j.Verdict, Unit: j.Budget.Metric.Unit(),
			Value: Number(j.Value), Limit: Number(j.Limit), Missed: Number(j.Missed), MissedShare: Number(j.MissedShare()),
			Samples: j.N, WholeRun: j.Budget.Metric == scenarios.Lateness, Reason: j.Reason,
		}
		if j.N == 0 {
			f.Value = Number(math.NaN())
		}
		if j.Budget.OfCapacity && j.Limit == 0 {
			f.Limit = Number(math.NaN())
		}
		facts = append(facts, f)
	}
	return facts
}

// timeline joins what was due in each second with what ended in it.
func timeline(run *result.Run, windows []result.Window) []Second {
	line := []Second{}
	nan := Number(math.NaN())
	at := func(i int) *Second {
		for len(line) <= i {
			line = append(line, Second{At: len(line), AdmittedP50: nan, AdmittedP95: nan, AdmittedP99: nan})
		}
		return &line[i]
	}
	for _, w := range windows {
		s := at(w.At)
		s.Offered = w.Offered()
		s.AdmittedP50, s.AdmittedP95, s.AdmittedP99 = quantile(&w.Admitted, 0.5), quantile(&w.Admitted, 0.95), quantile(&w.Admitted, 0.99)
	}
	for _, e := range run.Ends {
		s := at(e.At)
		if run.End == nil {
			s.Offered = e.Sent // what is in flight has no cell yet
		}
		s.Good, s.Late, s.Shed, s.Failed = e.Good, e.Late, e.Shed, e.Failed
	}
	return line
}

func forecastFacts(d Drill) *ForecastFacts {
	f := d.Forecast
	if f == nil {
		return nil
	}
	facts := &ForecastFacts{
		History: f.History, Start: f.Start, Seconds: float64(len(f.Point)) * f.StepSeconds, StepSeconds: f.StepSeconds, Seasons: f.Seasons,
		Peaks: f.Peaks, PeakHours: f.PeakHours, Components: []forecast.Share{}, Models: f.Models, Rehearsal: f.Rehearsal,
		Warnings: append([]string{}, f.Warnings...),
	}
	for _, c := range f.Components {
		facts.Components = append(facts.Components, forecast.Share{Name: c.Name, Share: c.AtPeak})
	}
	if day := d.Day; day != nil {
		facts.Drilled = &DrilledDay{Quantile: day.P, MedianRate: day.MedianRate, PeakRate: day.PeakRate, Event: d.Scenario.Shape.Event(),
			DaySeconds: 24 * 3600 / cmp.Or(d.Scenario.Shape.Compress, 1)}
		if base := d.Scenario.Shape.Base; base > 0 {
			facts.Drilled.Scale = day.Scale(base)
		}
	}
	return facts
}

// sameArrivals reports whether two runs had the same first attempts. In the closed model the answers decide when users
// send, so no two runs have; nor have those that ended at different instants because they had told enough.
func sameArrivals(a, b *result.Run) bool {
	ended := func(r *result.Run) float64 {
		if r.End == nil {
			return 0
		}
		return r.End.Converged
	}
	closed := a.Header.Model == result.Closed || b.Header.Model == result.Closed
	return !closed && arrivals(a) == arrivals(b) && ended(a) == ended(b)
}

// arrivals is the hash of the first attempts: of those that a whole run prepared, else of those that were planned.
func arrivals(run *result.Run) string {
	if run.End != nil && run.End.ArrivalHash != "" && !run.End.Interrupted {
		return run.End.ArrivalHash
	}
	return run.Header.ArrivalHash
}
