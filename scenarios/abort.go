package scenarios

import (
	"fmt"
	"strings"
	"time"
)

// The window of an abort rule, in steps of the slices that the engine reads.
const (
	abortStep = 100 * time.Millisecond
	maxAbort  = 10 * time.Minute
)

// ParseAbortRule reads a budget and the window that it must hold over: "failed <= 50% over 2s".
func ParseAbortRule(text string) (AbortRule, error) {
	i := strings.LastIndex(text, " over ")
	if i < 0 {
		return AbortRule{}, fmt.Errorf(`abort rule %q: found no window, want a budget and a time, such as "failed <= 50%% over 2s"`, text)
	}
	budget, err := ParseBudget(text[:i])
	if err != nil {
		return AbortRule{}, err
	}
	r := AbortRule{Budget: budget}
	window := strings.TrimSpace(text[i+len(" over "):])
	if r.Over, err = time.ParseDuration(window); err != nil || !r.isWindow() {
		return r, fmt.Errorf("abort rule %q: found the window %q, want 100ms to 10m in steps of 100ms, such as 2s", text, window)
	}
	return r, nil
}

func (r AbortRule) isWindow() bool {
	return r.Over >= abortStep && r.Over <= maxAbort && r.Over%abortStep == 0
}

// String is the rule as it is written in a scenario.
func (r AbortRule) String() string { return r.Budget.Text + " over " + durationText(r.Over) }
