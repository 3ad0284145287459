package admission

import (
	"fmt"
	"time"
)

// fixed is the law that learns nothing: the limit is a number someone chose.
// It is the control that an adaptive law is judged against, and right where
// the backend's concurrency is known and never changes.
type fixed struct{ snap Snapshot }

func newFixed(c LawConfig) (Law, error) {
	if c.FixedLimit < 1 {
		return nil, fmt.Errorf("law fixed: limit %d: want at least 1", c.FixedLimit)
	}
	return &fixed{Snapshot{Law: "fixed", Limit: c.FixedLimit}}, nil
}

func (f *fixed) Complete(time.Time, Sample) {}

func (f *fixed) Snapshot() *Snapshot { return &f.snap }
