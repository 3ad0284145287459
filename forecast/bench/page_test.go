package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestThePageSaysWhatWasReached(t *testing.T) {
	r := Record{map[string]Part{"m4": {When: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Took: time.Minute, Machine: "a machine", Command: "make bench-forecast",
		Tables: "its tables\n", Why: "peaks are flat.", Goals: []Goal{
			{"error", atMost(7.5), atMost(6.5), 7, 0.2, "%.1f %%"},
			{"coverage", Range{94, 96}, Range{94.5, 95.5}, 95, 0, "%.1f %%"},
			{"hour", atLeast(80), atLeast(85), 79, 0, "%.0f %%"},
			{"nobody knows", atMost(1), atMost(1), math.NaN(), 0, "%.1f"},
		}}}}
	var out strings.Builder
	r.write(&out)
	for _, want := range []string{
		"| error | ≤ 7.5 % | ≤ 6.5 % | 7.0 % ± 0.2 % | reached |",
		"| coverage | 94.0 % to 96.0 % | 94.5 % to 95.5 % | 95.0 % | ambition |",
		"| hour | ≥ 80 % | ≥ 85 % | 79 % | **missed** |",
		"| nobody knows | ≤ 1.0 | ≤ 1.0 | NaN | **missed** |",
		"| **missed** |\n\nWhy m4 misses: peaks are flat.\n\n## m4",
		"its tables\n\nMeasured 2026-11-22 09:00 UTC in 60 s by `make bench-forecast` on a machine.",
		"## many\n\nNot measured yet.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in\n%s", want, out.String())
		}
	}
}

func TestAnAnswerOfR(t *testing.T) {
	row := []string{"0.5"}
	for i := range 4 * horizon {
		row = append(row, []string{"7", "NA"}[i/(2*horizon)*(1-i/(3*horizon))])
	}
	took, f, err := parseAnswer(row, horizon)
	if err != nil || took != 0.5 || len(f.Point) != horizon || f.Point[0] != 7 || !math.IsNaN(f.Quantiles[1][0]) || f.Quantiles[2][horizon-1] != 7 {
		t.Errorf("%v, %+v, %v: want half a second, paths of 7 and none of 0.95", took, f, err)
	}
	for _, broken := range [][]string{row[1:], append([]string{"soon"}, row[1:]...)} {
		if _, _, err := parseAnswer(broken, horizon); err == nil {
			t.Errorf("%d numbers, the first %q: want an error", len(broken), broken[0])
		}
	}
}
