package main

import (
	"math"
	"strings"
	"testing"

	"github.com/peakday/peakday/internal/bench/stats"
)

func share(v float64) *float64 { return &v }

func TestTheWorstLoadCountsAndTheMedianSeed(t *testing.T) {
	cells := []cell{
		{Variant: "elastic", Multiple: 5, Change: 1, OracleShare: share(0.99)},
		{Variant: "elastic", Multiple: 30, Change: 1, OracleShare: share(0.9)},
		{Variant: "elastic", Multiple: 30, Change: 1, OracleShare: share(0.98)},
		{Variant: "elastic", Multiple: 30, Change: 1, OracleShare: share(0.97)},
		{Variant: "elastic", Multiple: 30, Change: 1, OracleShare: share(0.1), Void: "late"},
		{Variant: "elastic", Multiple: 300, Change: 1, OracleShare: share(0.5)},
		{Variant: "elastic", Multiple: 300, Change: 1}, // the oracle's storm is void
		{Variant: "elastic", Multiple: 30, Change: 2.5, OracleShare: share(0.4)},
		{Variant: "none", Multiple: 30, Change: 1, OracleShare: share(0)},
	}
	f := &record{Law: "elastic", Pieces: map[string]piece{onSQLite: {Cells: cells}}}
	for _, c := range []struct {
		name string
		of   func(*record) float64
		want float64
	}{
		{"up to 30 times", storms(onSQLite, 1.05, 30, false, true, oracleShare), 0.97},
		{"at 300 times", storms(onSQLite, 300, 300, false, true, oracleShare), 0.5},
		{"changed on the way", storms(onSQLite, 30, 30, true, true, oracleShare), 0.4},
		{"a recovery that never was", storms(onSQLite, 30, 30, false, false, recovery), math.Inf(1)},
		{"a sweep that was not made", storms(slow, 300, 300, false, false, p99), math.NaN()},
	} {
		if got := c.of(f); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestThePageStandsBetweenItsMarks(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an old page is replaced", "# Laws\n" + begin + "old\n" + end + "the end\n", "# Laws\n" + begin + "new\n" + end + "the end\n"},
		{"without marks it comes last", "# Laws\n", "# Laws\n\n## For real\n\n" + begin + "new\n" + end},
	} {
		if got, err := between([]byte(c.text), "new\n"); err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	if _, err := between([]byte("# Laws\n"+begin+"old\n"), "new\n"); err == nil {
		t.Error("a page without an end was cut off at its beginning")
	}
}

func TestAPartialRecordIsAPageWithAReasonBesideEachMiss(t *testing.T) {
	f := &record{Law: "elastic", Pieces: map[string]piece{decisions: {Cut: "a late start", Figures: []stats.GoFigure{
		{Package: brain, Bench: "Refuses", Metrics: map[string]float64{"ns/refusal": 1.5}},
		{Package: brain, Bench: "AdmitAndDone/elastic", Metrics: map[string]float64{"ns/op": 140}},
	}}}}
	got := page(f, map[string]string{"admit": "a slow clock"})
	for _, want := range []string{
		"| decision: refusal by the threshold | ≤ 2.00 ns | 1.50 ns | reached |  |",
		"| decision: admit and done | ≤ 70.0 ns | 140 ns | missed by 100.0 % | a slow clock |",
		"| its size | ≤ 600 B | - | not measured |  |",
		"| sqlite | not measured |",
		"cut off: a late start |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
}

func TestEveryGoalHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range goals {
		if seen[g.key] {
			t.Errorf("goal %s twice", g.key)
		}
		seen[g.key] = true
	}
	reasons, err := stats.ReadReasons("reasons.txt")
	if err != nil {
		t.Fatal(err)
	}
	for key := range reasons {
		if !seen[key] {
			t.Errorf("a reason for %s, which is no goal", key)
		}
	}
}
