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

// ExitCode is how a command ends that has nothing but the verdict to tell.
func ExitCode(v scenarios.Verdict) int {
	switch v {
	case scenarios.Fail:
		return ExitFail
	case scenarios.Inconclusive:
		return ExitInconclusive
	case scenarios.Invalid:
		return ExitInvalid
	}
	return ExitPass
}
