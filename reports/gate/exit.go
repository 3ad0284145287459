package gate

import (
	"slices"

	"github.com/peakday/peakday/scenarios"
)

// The exit codes of every command.
const (
	ExitPass         = 0
	ExitError        = 1
	ExitUsage        = 2
	ExitFail         = 3
	ExitInconclusive = 4
	ExitInvalid      = 5
)

// severity orders verdicts, the one that decides last.
func severity(v scenarios.Verdict) int {
	return slices.Index([]scenarios.Verdict{scenarios.Pass, scenarios.Inconclusive, scenarios.Fail, scenarios.Invalid}, v)
}

// Worst is the verdict that decides: invalid before fail before inconclusive before pass. Empty verdicts do not count;
// with nothing to weigh it is inconclusive, because no sample is no pass.
func Worst(verdicts ...scenarios.Verdict) scenarios.Verdict {
	worst := scenarios.Verdict("")
	for _, v := range verdicts {
		if severity(v) > severity(worst) {
			worst = v
		}
	}
	if worst == "" {
		return scenarios.Inconclusive
	}
	return worst
}

// ExitCode is how a command ends: the verdict's code, unless one of the others comes before it. The order is usage (2),
// error (1), invalid (5), fail (3), inconclusive (4), pass (0). An empty verdict is none.
func ExitCode(v scenarios.Verdict, others ...int) int {
	codes := map[scenarios.Verdict]int{
		scenarios.Fail: ExitFail, scenarios.Inconclusive: ExitInconclusive, scenarios.Invalid: ExitInvalid,
	}
	others = append(slices.Clone(others), codes[v])
	for _, code := range []int{ExitUsage, ExitError, ExitInvalid, ExitFail, ExitInconclusive} {
		if slices.Contains(others, code) {
			return code
		}
	}
	return ExitPass
}
