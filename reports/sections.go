package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/engine/result"
)

// sections put the facts in reading order. A section without anything to say is left out.
func sections(d Drill, doc Document) []Section {
	var out []Section
	for _, s := range []Section{comparisonSection(d, doc), budgetSection(doc), trustSection(doc), plateauSection(doc), phaseSection(doc), partSection(doc), forecastSection(d, doc), sizingSection(doc), measuredSection(doc), failureSection(doc)} {
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
		Text:     saidOnce(doc, manner),
		Tables:   slices.Concat(timesTables(doc), pairedTables(doc)),
		Pictures: runPictures(d, doc),
	}
}

// manner says how the requests came and what sent them.
func manner(r RunFacts) (texts []string) {
	switch r.Model {
	case result.Open:
		texts = append(texts, "Open model: requests come whether or not those before were answered.")
	case result.PartlyOpen:
		texts = append(texts, "Partly open model: sessions come whether or not those before were answered, and their steps follow the answers.")
	case result.Closed:
		texts = append(texts, "Closed model: each user waits for an answer before the next request, so a slow service is asked less.")
	}
	if r.Driver == "" {
		return texts
	}
	text := "sent by " + r.Driver
	if r.Loops > 0 {
		text += " on " + plural(uint64(r.Loops), "loop")
	}
	if r.Precision > 0 {
		text += ", those due within " + given(Number(r.Precision), "s") + " of each other together"
	}
	if r.DriverReason != "" {
		text += ": " + r.DriverReason
	}
	return append(texts, text+".")
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
	counts.people("people still waiting", PeopleFacts.StillWaiting)
	counts.somePeople("people never sent: dropped or lost", func(p PeopleFacts) uint64 { return p.NeverSent })
	counts.somePeople("people dropped on the way", func(p PeopleFacts) uint64 { return p.DroppedLater })
	planned := "requests planned"
	if slices.ContainsFunc(doc.Runs, func(r RunFacts) bool { return len(r.Steps) > 0 }) {
		planned = "sessions and requests planned"
	}
	if doc.Runs[0].Model == result.Closed {
		planned = "begun by users"
	}
	counts.count(planned, func(r RunFacts) uint64 { return r.Planned })
	counts.some("dropped, never sent", func(r RunFacts) uint64 { return r.Dropped })
	counts.some("lost, never sent", func(r RunFacts) uint64 { return r.Lost })
	counts.count("requests sent", func(r RunFacts) uint64 { return r.Sent })
	counts.some("retries", func(r RunFacts) uint64 { return r.Retries })
	counts.some("retries dropped", func(r RunFacts) uint64 { return r.DroppedRetries })
	counts.some("later steps of sessions", func(r RunFacts) uint64 { return r.FollowUps })
	counts.some("later steps dropped", func(r RunFacts) uint64 { return r.DroppedFollowUps })
	counts.count("good", func(r RunFacts) uint64 { return r.Good })
	counts.count("late", func(r RunFacts) uint64 { return r.Late })
	counts.count("shed", func(r RunFacts) uint64 { return r.Shed })
	counts.count("failed", func(r RunFacts) uint64 { return r.Failed })
	for _, kind := range kindsOf(doc) {
		counts.count("failed: "+kind, func(r RunFacts) uint64 { return r.of(kind) })
	}
	counts.some("unfinished", func(r RunFacts) uint64 { return r.Unfinished })
	counts.some("sessions begun", func(r RunFacts) uint64 { return r.Sessions.Begun })
	counts.some("sessions completed", func(r RunFacts) uint64 { return r.Sessions.Completed })
	counts.some("sessions broken", func(r RunFacts) uint64 { return r.Sessions.Broken })
	counts.some("sessions unfinished", func(r RunFacts) uint64 { return r.Sessions.Unfinished })
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
	judged.row(cameIn(doc.Runs...), func(r RunFacts) string { return measured(r.Judged.Offered, "/s") })
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

func (t *pairedTable) somePeople(name string, of func(PeopleFacts) uint64) {
	if slices.ContainsFunc(t.runs, func(r RunFacts) bool { return r.People != nil && of(*r.People) > 0 }) {
		t.people(name, of)
	}
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
		if r.ArrivalHash != "" { // the closed model has no plan of them
			facts.Rows = append(facts.Rows, []string{"arrivals, " + r.Variant, r.ArrivalHash})
		}
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
	for _, warning := range doc.Warnings {
		s.Text = append(s.Text, capital(warning))
	}
	for _, r := range doc.Runs {
		s.Text = append(s.Text, capital(r.Variant)+": "+books(r)+".")
	}
	s.Text = append(s.Text, remarks(doc)...)
	return s
}

// remarks are what the runs have to say about themselves.
func remarks(doc Document) []string {
	return saidOnce(doc, func(r RunFacts) []string { return slices.Concat(proofs(r), r.Warnings, r.Notes) })
}

// saidOnce gathers what the runs say: once and without a name where all of them say it.
func saidOnce(doc Document, of func(RunFacts) []string) (texts []string) {
	said := map[string][]string{}
	var order []string
	for _, r := range doc.Runs {
		for _, text := range of(r) {
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
	left := sum{{r.Sent, "sent"}}
	for _, more := range (sum{{r.Retries, "retries"}, {r.FollowUps, "later steps"}}) {
		if more.n > 0 {
			left = append(left, more)
		}
	}
	ended := equation(left, sum{{r.Good, "good"}, {r.Late, "late"}, {r.Shed, "shed"}, {r.Failed, "failed"}, {r.Unfinished, "unfinished"}})
	if r.Partial {
		return ended + "; what was planned is not accounted for, because the run is partial"
	}
	planned := "planned"
	if r.Model == result.Closed {
		planned = "begun"
	}
	return equation(sum{{r.Planned, planned}}, sum{{r.Sent, "sent"}, {r.Dropped, "dropped"}, {r.Lost, "lost"}}) + "; " + ended
}

// A sum is written as its terms.
type sum []struct {
	n    uint64
	name string
}

func (s sum) total() (n uint64) {
	for _, term := range s {
		n += term.n
	}
	return n
}

func (s sum) String() string {
	var terms []string
	for _, term := range s {
		terms = append(terms, count(term.n)+" "+term.name)
	}
	return strings.Join(terms, " + ")
}

// equation writes two sums, and says when they are not the same.
func equation(left, right sum) string {
	if left.total() != right.total() {
		return left.String() + " ≠ " + right.String() + ": the books do not balance"
	}
	return left.String() + " = " + right.String()
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
