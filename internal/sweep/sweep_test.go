package sweep

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
)

func small() *Sweep {
	return &Sweep{
		Service: Reference(), Scenario: scenarios.Scenario{MixName: "R", Mix: []scenarios.Weight{{Op: "policies.search", Share: 1}}},
		Variants:  []Variant{None(), {Name: "fixed", Law: "fixed"}, {Name: "vegas", Law: "vegas"}},
		Multiples: []float64{5, 300}, Seeds: []uint64{100, 101}, For: 20 * time.Second, Within: 3 * time.Second, Changes: []float64{2.5}, ChangeAt: 30, rate: 40, files: 20_000,
	}
}

func TestAStormIsAStepBetweenTwoCalms(t *testing.T) {
	sc := small().storm(40, 1200, 20*time.Second, 16, 100)
	if err := sc.Validate([]string{"policies.search"}); err != nil {
		t.Fatal(err)
	}
	curve, _, err := profile.Of(sc.Shape)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Duration]float64{time.Second: 20, 2500 * ms: 1200, 21500 * ms: 1200, 24 * time.Second: 8} {
		if got := curve.Rate(at); got != want {
			t.Errorf("rate at %v: %v, want %v", at, got, want)
		}
	}
	if curve.Length() != 27*time.Second {
		t.Errorf("length %v, want 27s", curve.Length())
	}
	for _, sc := range []scenarios.Scenario{small().closed(32, 6*time.Second, 1), small().steady(20, 20*time.Second, 1)} {
		if err := sc.Validate([]string{"policies.search"}); err != nil {
			t.Error(err)
		}
	}
}

func TestEveryVariantMeetsEveryStorm(t *testing.T) {
	s := small()
	cells := s.plan()
	if want := (len(s.Multiples) + len(s.Changes)) * len(s.Seeds) * len(s.Variants); len(cells) != want {
		t.Fatalf("%d cells, want %d", len(cells), want)
	}
	seen := map[Cell]bool{}
	for _, c := range cells {
		if seen[c] {
			t.Errorf("%v twice", c)
		}
		seen[c] = true
	}
	if cells[0].Variant == cells[3].Variant {
		t.Error("each storm begins with the same variant: what comes after the heaviest would always come after it")
	}
	plain, changed := split(cells)
	if len(plain) != 12 || len(changed) != 6 || slices.ContainsFunc(plain, func(c Cell) bool { return c.Change != 1 }) {
		t.Errorf("%d plain cells and %d changed, want 12 and 6", len(plain), len(changed))
	}
}

func TestCellsRunSideBySideWhileTheyAreLight(t *testing.T) {
	s := small()
	cell := func(multiple float64, n int) (cells []Cell) {
		for range n {
			cells = append(cells, Cell{Multiple: multiple, Seed: 100, Change: 1})
		}
		return cells
	}
	for _, c := range []struct {
		name  string
		cells []Cell
		want  int
	}{
		{"200 a second each: all six", cell(5, 9), 6},
		{"1,200 each: three", cell(30, 4), 3},
		{"12,000: alone", cell(300, 3), 1},
		{"only those of one multiple", append(cell(5, 2), cell(1.05, 2)...), 2},
	} {
		if got := s.batch(c.cells); got != c.want {
			t.Errorf("%s: %d side by side, want %d", c.name, got, c.want)
		}
	}
	s.Target = "http://127.0.0.1:1"
	if got := s.batch(cell(5, 9)); got != 1 {
		t.Errorf("%d side by side at one service, want 1", got)
	}
}

func TestStormsThatCannotBeSentAreNamed(t *testing.T) {
	s := small()
	r := Report{Cells: s.plan(), Capacity: Capacity{Rate: 1000}}
	why := s.skip(&r)
	if len(why) != 1 || !strings.Contains(why[0], "300x is 3e+05/s") {
		t.Errorf("left out %q, want 300x", why)
	}
	if slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.Multiple == 300 }) {
		t.Error("a storm that was left out is still a cell")
	}
}

func TestTheTableStandsOnValidCells(t *testing.T) {
	r := Report{Of: "a service", Cells: []Cell{
		{Variant: "vegas", Multiple: 30, Seed: 100, Change: 1, Figures: Figures{Goodput: 38, Offered: 1200}},
		{Variant: "fixed", Multiple: 30, Seed: 100, Change: 1, Figures: Figures{Goodput: 40, Offered: 1200}},
		{Variant: "vegas", Multiple: 30, Seed: 101, Change: 1, Figures: Figures{Goodput: 36, Offered: 1200}},
		{Variant: "fixed", Multiple: 30, Seed: 101, Change: 1, Figures: Figures{Goodput: 40, Offered: 1200}},
		{Variant: "vegas", Multiple: 30, Seed: 102, Change: 1, Void: "late", Figures: Figures{Goodput: 1, Offered: 1200}},
	}}
	for i := range r.Cells {
		r.Cells[i].OracleShare = Figure(none())
	}
	r.compare()
	var b strings.Builder
	if err := r.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| 30x | fixed | 2 | 40 |",
		"| 30x | vegas | 2, 1 void | 37 (36 to 38) |",
		"| 92.5 % (90.0 % to 95.0 %) |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Index(b.String(), "| fixed |") > strings.Index(b.String(), "| vegas |") {
		t.Error("the oracle does not come first")
	}
}
