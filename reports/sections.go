package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/reports/chart"
)

// sections put the facts in reading order. A section without anything to say is left out.
func sections(d Drill, doc Document) []Section {
	var out []Section
	for _, s := range []Section{comparisonSection(d, doc), budgetSection(doc), forecastSection(d, doc), sizingSection(doc), measuredSection(doc), failureSection(doc)} {
		if len(s.Text)+len(s.Tables)+len(s.Pictures) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func comparisonSection(d Drill, doc Document) Section {
	if len(doc.Runs) == 0 {
		return Section{}
	}
	return Section{
		Title:    capital(strings.Join(variantNames(doc), " against ")),
		Tables:   pairedTables(doc),
		Pictures: runPictures(d, doc),
	}
}

func variantNames(doc Document) []string {
	var names []string
	for _, r := range doc.Runs {
		names = append(names, r.Variant)
	}
	return names
}

// pairedTables have a column for each run: what became of everybody, and how the judged span went.
func pairedTables(doc Document) []Table {
	counts := pairedTable{Table{Title: "The whole run", Head: append([]string{""}, variantNames(doc)...)}, doc.Runs}
	if doc.Partial {
		counts.row("recorded", func(r RunFacts) string {
			if r.Partial {
				return given(Number(r.Seconds), "s") + ", partial"
			}
			return given(Number(r.Seconds), "s") + ", whole"
		})
	}
	counts.people("people served within "+given(doc.GoodWithin, "s"), func(p PeopleFacts) uint64 { return p.InTime })
	counts.people("people served later", PeopleFacts.Later)
	counts.people("people who gave up", func(p PeopleFacts) uint64 { return p.GaveUp })
	counts.people("people still waiting", func(p PeopleFacts) uint64 { return p.Waiting })
	counts.count("requests planned", func(r RunFacts) uint64 { return r.Planned })
	counts.some("retries", func(r RunFacts) uint64 { return r.Retries })
	counts.count("requests sent", func(r RunFacts) uint64 { return r.Sent })
	counts.count("good", func(r RunFacts) uint64 { return r.Good })
	counts.count("late", func(r RunFacts) uint64 { return r.Late })
	counts.count("shed", func(r RunFacts) uint64 { return r.Shed })
	counts.count("failed", func(r RunFacts) uint64 { return r.Failed })
	for _, kind := range kindsOf(doc) {
		counts.count("failed: "+kind, func(r RunFacts) uint64 { return r.of(kind) })
	}
	counts.some("unfinished", func(r RunFacts) uint64 { return r.Unfinished })
	counts.some("dropped, never sent", func(r RunFacts) uint64 { return r.Dropped })
	counts.some("lost, never sent", func(r RunFacts) uint64 { return r.Lost })
	counts.row("generator lateness p99", func(r RunFacts) string { return measured(r.LatenessP99, "s") })
	for _, process := range processesOf(doc) {
		counts.row("CPU of "+process, func(r RunFacts) string {
			for _, p := range r.Processes {
				if p.Name == process {
					return measured(Number(p.CPUSeconds), "s")
				}
			}
			return unknown
		})
	}

	judged := pairedTable{Table{Title: "What was due in the judged span", Head: counts.Head}, doc.Runs}
	judged.row("judged span", func(r RunFacts) string {
		if r.Judged.From >= r.Judged.To {
			return unknown
		}
		return span(r.Judged.From, r.Judged.To)
	})
	judged.row("came in", func(r RunFacts) string { return measured(r.Judged.Offered, "/s") })
	judged.row("good", func(r RunFacts) string { return measured(r.Judged.Goodput, "/s") })
	judged.row("answered, good or late", func(r RunFacts) string { return measured(r.Judged.Answered, "/s") })
	judged.row("admitted p50", func(r RunFacts) string { return measured(r.Judged.AdmittedP50, "s") })
	judged.row("admitted p95", func(r RunFacts) string { return measured(r.Judged.AdmittedP95, "s") })
	judged.row("admitted p99", func(r RunFacts) string { return measured(r.Judged.AdmittedP99, "s") })
	judged.row("answered, mean", func(r RunFacts) string { return measured(r.Judged.AnsweredMean, "s") })
	return []Table{counts.Table, judged.Table}
}

// A pairedTable has a column for each run.
type pairedTable struct {
	Table
	runs []RunFacts
}

func (t *pairedTable) row(name string, cell func(RunFacts) string) {
	cells := []string{name}
	for _, r := range t.runs {
		cells = append(cells, cell(r))
	}
	t.Rows = append(t.Rows, cells)
}

func (t *pairedTable) count(name string, of func(RunFacts) uint64) {
	t.row(name, func(r RunFacts) string { return count(of(r)) })
}

// some leaves the row out when there is none in any run.
func (t *pairedTable) some(name string, of func(RunFacts) uint64) {
	if slices.ContainsFunc(t.runs, func(r RunFacts) bool { return of(r) > 0 }) {
		t.count(name, of)
	}
}

func (t *pairedTable) people(name string, of func(PeopleFacts) uint64) {
	t.row(name, func(r RunFacts) string {
		if r.People == nil {
			return unknown
		}
		return count(of(*r.People))
	})
}

// kindsOf are the kinds of failures of any run, in the order in which they are met.
func kindsOf(doc Document) []string {
	return namesOf(doc, func(r RunFacts) (names []string) {
		for _, k := range r.Kinds {
			names = append(names, k.Kind)
		}
		return names
	})
}

func processesOf(doc Document) []string {
	return namesOf(doc, func(r RunFacts) (names []string) {
		for _, p := range r.Processes {
			names = append(names, p.Name)
		}
		return names
	})
}

func namesOf(doc Document, of func(RunFacts) []string) (names []string) {
	seen := map[string]bool{}
	for _, r := range doc.Runs {
		for _, name := range of(r) {
			if !seen[name] {
				seen[name], names = true, append(names, name)
			}
		}
	}
	return names
}

func (r RunFacts) of(kind string) uint64 {
	for _, k := range r.Kinds {
		if k.Kind == kind {
			return k.Count
		}
	}
	return 0
}

func budgetSection(doc Document) Section {
	s := Section{Title: "Budgets"}
	budgets := Table{Head: []string{"budget", "variant", "measured", "limit", "missed by", "samples", "verdict"}}
	oracles := Table{Title: "Oracles: what is known of the service beforehand", Head: []string{"oracle", "variant", "measured", "limit", "missed by", "samples", "verdict"}}
	if len(doc.Runs) == 0 {
		return Section{}
	}
	foremost := doc.Runs[doc.foremost()]
	for i := range foremost.Budgets { // variants of one budget under each other
		for _, r := range doc.Runs {
			b := r.Budgets[i]
			verdict := string(b.Verdict)
			if !r.Decides {
				verdict = "(" + verdict + ")"
			}
			budgets.add(b, r.Variant, verdict)
			if b.Reason != "" && r.Decides {
				s.Text = append(s.Text, b.Budget+": "+b.Reason+".")
			}
		}
	}
	for _, r := range doc.Runs {
		for _, b := range r.Oracles {
			oracles.add(b, r.Variant, string(b.Verdict))
			if b.Reason != "" {
				s.Text = append(s.Text, b.Budget+": "+b.Reason+".")
			}
		}
	}
	switch {
	case len(budgets.Rows) == 0:
	case !foremost.Decides:
		s.Text = append(s.Text, "Verdicts in brackets are for comparison: the variant that decides was not run.")
	case len(doc.Runs) > 1:
		s.Text = append(s.Text, "Verdicts in brackets are for comparison: "+foremost.Variant+" decides.")
	}
	for _, t := range []Table{budgets, oracles} {
		if len(t.Rows) > 0 {
			s.Tables = append(s.Tables, t)
		}
	}
	return s
}

// add adds a row to a table of budgets.
func (t *Table) add(b BudgetFacts, variant, verdict string) {
	if b.WholeRun {
		t.Note = "Lateness is the generator's own, and its samples are of the whole run."
	}
	missed := unknown
	if b.Missed > 0 {
		missed = measured(b.Missed, b.Unit)
		if b.MissedShare > 0 {
			missed += " (" + chart.Measured(100*float64(b.MissedShare)) + " %)"
		}
	}
	t.Rows = append(t.Rows, []string{b.Budget, variant, measured(b.Value, b.Unit), given(b.Limit, b.Unit), missed, count(b.Samples), verdict})
}

func forecastSection(d Drill, doc Document) Section {
	f := doc.Forecast
	if f == nil {
		return Section{}
	}
	s := Section{Title: "Forecast"}
	h := f.History
	s.Text = append(s.Text, fmt.Sprintf("From %s: %s bins of %s over %s days, %s to %s; gaps: %s with %s bins, duplicate stamps: %s, lines without a value: %s. Model: %s.",
		h.Name, count(uint64(h.Bins)), lasting(f.StepSeconds), chart.Number(float64(h.Bins)*f.StepSeconds/(24*3600)), h.First.Format(time.DateOnly), h.Last.Format(time.DateOnly),
		count(uint64(h.Gaps)), count(uint64(h.GapBins)), count(uint64(h.Duplicates)), count(uint64(h.Missing)), f.Model))
	if h.Largest.PerBin > 0 {
		s.Text = append(s.Text, fmt.Sprintf("The largest bin that was ever counted: %s, which is %s, on %s.",
			chart.Number(h.Largest.PerBin), measured(Number(h.Largest.PerSecond), "/s"), h.Largest.At.Format("2006-01-02 at 15:04")))
	}
	if day := f.Drilled; day != nil {
		text := "Driven: the day at the " + chart.Percent(day.Quantile) + " quantile"
		if day.DaySeconds != 24*3600 {
			text += ", its 24 h in " + lasting(day.DaySeconds)
		}
		text += fmt.Sprintf(", its rates at a scale of 1 : %s: 1/s in the drill stands for %s/s in reality.", chart.Measured(day.Scale), chart.Measured(day.Scale))
		if day.Event > 0 {
			text += fmt.Sprintf(" The event takes its own time and lifts the peak to %s times the day's median quarter of an hour, %s in reality.",
				chart.Number(day.Event), measured(Number(day.Event*day.MedianRate), "/s"))
		}
		s.Text = append(s.Text, text)
	}
	s.Text = append(s.Text, f.Warnings...)
	peaks := Table{Title: "The coming day's peak, " + f.Start.Format(time.DateOnly), Head: []string{"quantile", "peak", "in a bin", "at"}}
	var notes []string
	for _, p := range f.Peaks {
		peaks.Rows = append(peaks.Rows, []string{quantileLabel(p.P, p.Supported), measured(Number(p.PerSecond), "/s"), chart.Measured(p.PerBin), p.At.Format("15:04")})
		if p.Note != "" {
			notes = append(notes, "At "+chart.Percent(p.P)+" stands the "+p.Note+".")
		}
	}
	peaks.Note = strings.Join(notes, " ")
	s.Tables = append(s.Tables, peaks)
	if len(f.Backtest) > 0 {
		s.Tables = append(s.Tables, backtestTable(f.Model, f.Backtest))
	}
	if p, ok := fanPicture(d); ok {
		s.Pictures = append(s.Pictures, p)
	}
	return s
}

func backtestTable(model string, scores []backtest.Score) Table {
	t := Table{Title: "How the method did on past days; of the peak error the median", Head: []string{"method", "days", "MASE", "WAPE", "peak error", "peak bound held"}, Note: beaten(model, scores)}
	for _, b := range scores {
		held := unknown
		if b.Bounded > 0 {
			held = fmt.Sprintf("%d of %d", b.Covered, b.Bounded)
		}
		t.Rows = append(t.Rows, []string{b.Method, fmt.Sprint(b.Origins), chart.Measured(b.MASE), chart.Measured(100*b.WAPE) + " %", chart.Measured(100*b.PeakAPEMedian) + " %", held})
	}
	return t
}

// beaten says in words where another method did better than the model; empty where none did.
func beaten(model string, scores []backtest.Score) string {
	own := slices.IndexFunc(scores, func(b backtest.Score) bool { return b.Method == model })
	if own < 0 {
		return ""
	}
	var texts []string
	for _, b := range scores {
		var better []string
		for _, column := range []struct {
			name         string
			score, model float64
		}{{"MASE", b.MASE, scores[own].MASE}, {"WAPE", b.WAPE, scores[own].WAPE}, {"median peak error", b.PeakAPEMedian, scores[own].PeakAPEMedian}} {
			if column.score < column.model {
				better = append(better, column.name)
			}
		}
		if len(better) > 0 {
			texts = append(texts, b.Method+" has the smaller "+list(better))
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return capital(strings.Join(texts, "; ")) + "."
}

func sizingSection(doc Document) Section {
	s := Section{Title: "Sizing"}
	if c := doc.Capacity; c != nil {
		text := fmt.Sprintf("Measured capacity of one instance: %s, kept up from %s", measured(Number(c.PerSecond), "/s"), span(c.From, c.To))
		if len(c.Budgets) > 0 {
			text += " while " + list(c.Budgets) + " held"
		} else {
			text += ", where no latency budget was judged"
		}
		if ratio, ok := c.OfDeclared(); ok {
			text += fmt.Sprintf("; %s of the declared %s", measured(Number(ratio), "share"), given(Number(c.Declared), "/s"))
		}
		s.Text = append(s.Text, text+".")
		for _, w := range c.Warnings {
			s.Text = append(s.Text, capital(w)+".")
		}
	}
	p := doc.Sizing
	if p == nil {
		return s
	}
	t := Table{Title: "Replicas that the day needs", Head: []string{"quantile", "event", "peak", "needed", fmt.Sprintf("with %d spare", p.Spare), "utilization", "spare lost"}}
	for _, n := range p.Needs {
		event := "without"
		if n.Event {
			event = "× " + chart.Number(p.Lift)
		}
		t.Rows = append(t.Rows, []string{quantileLabel(n.P, n.Supported), event, measured(Number(n.Peak), "/s"), count(uint64(n.Needed)), count(uint64(n.Replicas)),
			chart.Measured(100*n.Utilization) + " %", chart.Measured(100*n.Degraded) + " %"})
	}
	s.Tables = append(s.Tables, t)
	if now := p.Now; now != nil {
		s.Tables = append(s.Tables, Table{
			Title: fmt.Sprintf("Risk that the peak is more than %s replicas can do", count(uint64(now.Replicas))),
			Head:  []string{"", "without the event", "with it"},
			Rows: [][]string{
				{"all up", now.Risk.String(), now.RiskEvent.String()},
				{fmt.Sprintf("%d lost", p.Spare), now.Lost.String(), now.LostEvent.String()},
			},
		})
	}
	s.Text = append(s.Text, p.Assumption)
	if picture, ok := riskPicture(p); ok {
		s.Pictures = append(s.Pictures, picture)
	}
	return s
}

func measuredSection(doc Document) Section {
	if len(doc.Runs) == 0 {
		return Section{}
	}
	m := doc.Machine
	facts := Table{Title: "On what, with what", Head: []string{"", ""}, Rows: [][]string{
		{"scenario", doc.Scenario},
		{"started", doc.Started.Format(time.RFC3339)},
		{"target", doc.Target},
		{"seed", fmt.Sprint(doc.Seed)},
		{"machine", fmt.Sprintf("%s, %d cores, %s, %s", m.CPU, m.Cores, bytesIn(m.MemoryByte), m.OS)},
		{"built with", fmt.Sprintf("%s, peakday %s", m.Go, m.Version)},
	}}
	for _, r := range doc.Runs {
		facts.Rows = append(facts.Rows, []string{"arrivals, " + r.Variant, r.ArrivalHash})
	}
	processes := Table{Title: "Processes", Head: []string{"", "process", "CPU", "memory, most"}}
	for _, r := range doc.Runs {
		for _, p := range r.Processes {
			processes.Rows = append(processes.Rows, []string{r.Variant, p.Name, measured(Number(p.CPUSeconds), "s"), bytesIn(p.MaxRSS)})
		}
	}
	s := Section{Title: "How it was measured", Tables: []Table{facts}}
	if len(processes.Rows) > 0 {
		s.Tables = append(s.Tables, processes)
	}
	s.Text = append(s.Text, doc.Warnings...)
	for _, r := range doc.Runs {
		s.Text = append(s.Text, capital(r.Variant)+": "+books(r)+".")
	}
	s.Text = append(s.Text, remarks(doc)...)
	return s
}

// remarks are what the runs have to say about themselves, once where all of them say it.
func remarks(doc Document) (texts []string) {
	said := map[string][]string{}
	var order []string
	for _, r := range doc.Runs {
		for _, text := range slices.Concat(proofs(r), r.Reasons, r.Warnings, r.Notes) {
			if said[text] == nil {
				order = append(order, text)
			}
			if !slices.Contains(said[text], r.Variant) {
				said[text] = append(said[text], r.Variant)
			}
		}
	}
	for _, text := range order {
		if len(said[text]) < len(doc.Runs) {
			text = strings.Join(said[text], ", ") + ": " + text
		}
		texts = append(texts, capital(text))
	}
	return texts
}

// proofs say in one line what was checked of the bundled service after the run: of "I1 holds: …" the name.
func proofs(r RunFacts) []string {
	if len(r.Proofs) == 0 {
		return nil
	}
	var names []string
	for _, p := range r.Proofs {
		name, _, _ := strings.Cut(p, " ")
		names = append(names, name)
	}
	return []string{fmt.Sprintf("the service's ledger after the run: %d checks hold: %s", len(names), strings.Join(names, ", "))}
}

// books are the two sums that every run must satisfy, written out.
func books(r RunFacts) string {
	ended := sum(r.Sent, "sent, retries included,", []uint64{r.Good, r.Late, r.Shed, r.Failed, r.Unfinished}, []string{"good", "late", "shed", "failed", "unfinished"})
	if r.Partial {
		return ended + "; what was planned is not accounted for, because the run is partial"
	}
	return sum(r.Planned, "planned", []uint64{r.Sent - min(r.Sent, r.Retries), r.Dropped, r.Lost}, []string{"sent", "dropped", "lost"}) + "; " + ended
}

// sum writes a total and its parts, and says when they do not add up.
func sum(total uint64, name string, parts []uint64, names []string) string {
	var texts []string
	left := total
	for i, p := range parts {
		left -= p
		texts = append(texts, count(p)+" "+names[i])
	}
	text := count(total) + " " + name + " = " + strings.Join(texts, " + ")
	if left != 0 {
		return strings.Replace(text, " = ", " ≠ ", 1) + ": the books do not balance"
	}
	return text
}

// examples is how many failures of one kind are shown; the JSON has all that were kept.
const examples = 3

func failureSection(doc Document) Section {
	t := Table{Head: []string{"variant", "kind", "operation", "due", "status", "what came back"}}
	for _, r := range doc.Runs {
		shown := map[string]int{}
		for _, f := range r.Failures {
			if shown[f.Kind]++; shown[f.Kind] > examples {
				continue
			}
			status := unknown
			if f.Status != 0 {
				status = fmt.Sprint(f.Status)
			}
			t.Rows = append(t.Rows, []string{r.Variant, f.Kind, f.Op, measured(Number(f.Due), "s"), status, strings.TrimSpace(f.Body + " " + f.Error)})
		}
	}
	if len(t.Rows) == 0 {
		return Section{}
	}
	return Section{Title: "Examples of failures", Text: []string{fmt.Sprintf("The first %d of each kind, secrets taken out.", examples)}, Tables: []Table{t}}
}
