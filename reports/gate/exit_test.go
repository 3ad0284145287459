package gate_test

import (
	"fmt"
	"testing"

	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

func ExampleExitCode() {
	fmt.Println(gate.ExitCode(scenarios.Fail))
	fmt.Println(gate.ExitCode(scenarios.Fail, gate.ExitError)) // the result could not be written
	// Output:
	// 3
	// 1
}

// The order 2, 1, 5, 3, 4, 0: whatever else happened, the earlier one is the exit code.
func TestExitCodePrecedence(t *testing.T) {
	order := []int{gate.ExitUsage, gate.ExitError, gate.ExitInvalid, gate.ExitFail, gate.ExitInconclusive, gate.ExitPass}
	verdicts := map[int]scenarios.Verdict{
		gate.ExitInvalid: scenarios.Invalid, gate.ExitFail: scenarios.Fail, gate.ExitInconclusive: scenarios.Inconclusive, gate.ExitPass: scenarios.Pass,
	}
	for i, first := range order {
		for _, second := range order[i:] {
			if got := gate.ExitCode("", second, first); got != first {
				t.Errorf("of %d and %d: %d, want %d", first, second, got, first)
			}
			if v, ok := verdicts[second]; ok {
				if got := gate.ExitCode(v, first); got != first {
					t.Errorf("verdict %s with code %d: %d, want %d", v, first, got, first)
				}
			}
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
