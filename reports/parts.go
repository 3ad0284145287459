package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/peakday/peakday/engine/result"
)

// PartFacts are what one operation came to over the whole run, or one step of a journey.
type PartFacts struct {
	Operation   string `json:"operation"`
	Step        string `json:"step,omitempty"` // journey/number; a step that branches has a row for each request
	Sent        uint64 `json:"sent"`           // all attempts: good + late + shed + failed + unfinished
	Good        uint64 `json:"good"`
	Late        uint64 `json:"late"`
	Shed        uint64 `json:"shed"`
	Failed      uint64 `json:"failed"`
	Unfinished  uint64 `json:"unfinished"`
	AdmittedP50 Number `json:"admitted_p50"`
	AdmittedP95 Number `json:"admitted_p95"`
	AdmittedP99 Number `json:"admitted_p99"`
}

// operations sums a run up by operation.
func operations(run *result.Run) []PartFacts {
	return parts(run, func(c *result.Cell) (PartFacts, bool) { return PartFacts{Operation: c.Op}, true })
}

// steps sums a run up by the steps of its journeys.
func steps(run *result.Run) []PartFacts {
	return parts(run, func(c *result.Cell) (PartFacts, bool) {
		return PartFacts{Operation: c.Op, Step: c.Step}, c.Step != ""
	})
}

// parts sums up by what of names, in the order of names.
func parts(run *result.Run, of func(*result.Cell) (name PartFacts, ok bool)) []PartFacts {
	sums := map[PartFacts]*result.Summary{}
	for i := range run.Cells {
		name, ok := of(&run.Cells[i])
		if !ok {
			continue
		}
		if sums[name] == nil {
			sums[name] = &result.Summary{}
		}
		sums[name].Add(&run.Cells[i])
	}
	all := []PartFacts{}
	for part, s := range sums {
		part.Sent, part.Good, part.Late, part.Shed, part.Failed, part.Unfinished = s.Sent(), s.Good, s.Late, s.Shed, s.Failed, s.Unfinished
		part.AdmittedP50, part.AdmittedP95, part.AdmittedP99 = quantile(&s.Admitted, 0.5), quantile(&s.Admitted, 0.95), quantile(&s.Admitted, 0.99)
		all = append(all, part)
	}
	slices.SortFunc(all, func(a, b PartFacts) int {
		inA, atA := placeOf(a.Step)
		inB, atB := placeOf(b.Step)
		return cmp.Or(cmp.Compare(inA, inB), cmp.Compare(atA, atB), cmp.Compare(a.Operation, b.Operation))
	})
	return all
}

// partSection has the operations of each run where there are several, and the steps of its journeys.
func partSection(doc Document) Section {
	s := Section{Title: "By operation"}
	for _, r := range doc.Runs {
		if len(r.Operations) > 1 {
			s.Tables = append(s.Tables, partTable("Operations"+ofVariant(doc, r), r.Operations))
		}
		if len(r.Steps) > 0 {
			s.Tables = append(s.Tables, partTable("Steps of journeys"+ofVariant(doc, r), r.Steps))
		}
	}
	return s
}

// shownParts is how many rows a table of operations has at most; the JSON has all of them.
const shownParts = 40

func partTable(title string, all []PartFacts) Table {
	note := ""
	if more := len(all) - shownParts; more > 0 {
		all = slices.SortedStableFunc(slices.Values(all), func(a, b PartFacts) int { return cmp.Compare(b.Sent, a.Sent) })[:shownParts]
		note = fmt.Sprintf("The %d most sent; the JSON has the other %d as well.", shownParts, more)
	}
	t := tableOf(title, all, []column[PartFacts]{
		{"step", false, func(p PartFacts) string { return p.Step }},
		{"operation", true, func(p PartFacts) string { return p.Operation }},
		{"sent", true, func(p PartFacts) string { return count(p.Sent) }},
		{"good", true, func(p PartFacts) string { return count(p.Good) }},
		{"late", false, func(p PartFacts) string { return count(p.Late) }},
		{"shed", false, func(p PartFacts) string { return count(p.Shed) }},
		{"failed", true, func(p PartFacts) string { return count(p.Failed) }},
		{"unfinished", false, func(p PartFacts) string { return count(p.Unfinished) }},
		{"p50", true, func(p PartFacts) string { return measured(p.AdmittedP50, "s") }},
		{"p95", true, func(p PartFacts) string { return measured(p.AdmittedP95, "s") }},
		{"p99", true, func(p PartFacts) string { return measured(p.AdmittedP99, "s") }},
	})
	t.Note = note
	return t
}

// ofVariant names the run in the title of a table where there are several.
func ofVariant(doc Document, r RunFacts) string {
	if len(doc.Runs) > 1 {
		return ", " + r.Variant
	}
	return ""
}

// A column of a table that has a row for each F.
type column[F any] struct {
	name   string
	always bool // else it is left out where there is nothing in it: "0", or no text
	cell   func(F) string
}

func tableOf[F any](title string, all []F, columns []column[F]) Table {
	t := Table{Title: title, Rows: make([][]string, len(all))}
	for _, c := range columns {
		if !c.always && !slices.ContainsFunc(all, func(f F) bool { return c.cell(f) != "0" && c.cell(f) != "" }) {
			continue
		}
		t.Head = append(t.Head, c.name)
		for i, f := range all {
			t.Rows[i] = append(t.Rows[i], c.cell(f))
		}
	}
	return t
}

// placeOf takes a step apart: claim/12 is the twelfth of claim.
func placeOf(step string) (journey string, at int) {
	i := strings.LastIndexByte(step, '/')
	if i < 0 {
		return step, 0
	}
	at, _ = strconv.Atoi(step[i+1:])
	return step[:i], at
}
