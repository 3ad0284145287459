package gate_test

import (
	"fmt"
	"testing"

	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

func ExampleExitCode() {
	fmt.Println(gate.ExitCode(scenarios.Fail))
	// Output:
	// 3
}

func TestExitCodes(t *testing.T) {
	for v, want := range map[scenarios.Verdict]int{scenarios.Pass: 0, scenarios.Fail: 3, scenarios.Inconclusive: 4, scenarios.Invalid: 5} {
		if got := gate.ExitCode(v); got != want {
			t.Errorf("%s ends with %d, want %d", v, got, want)
		}
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []struct {
		name string
		of   []scenarios.Verdict
		want scenarios.Verdict
	}{
		{"nothing to weigh is inconclusive", nil, scenarios.Inconclusive},
		{"an empty verdict does not count", []scenarios.Verdict{"", scenarios.Pass}, scenarios.Pass},
		{"inconclusive comes before pass", []scenarios.Verdict{scenarios.Pass, scenarios.Inconclusive}, scenarios.Inconclusive},
		{"fail comes before inconclusive", []scenarios.Verdict{scenarios.Inconclusive, scenarios.Fail, scenarios.Pass}, scenarios.Fail},
		{"invalid comes before all", []scenarios.Verdict{scenarios.Fail, scenarios.Invalid, scenarios.Pass}, scenarios.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := gate.Worst(c.of...); got != c.want {
				t.Errorf("Worst(%v) = %s, want %s", c.of, got, c.want)
			}
		})
	}
}
