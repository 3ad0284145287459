package sut

import (
	"context"
	"fmt"

	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/store"
)

// A Report is the proof of a database: one finding a checker, in a fixed order.
type Report struct {
	Sound    bool                `json:"sound"` // every checker holds
	Findings []invariant.Finding `json:"findings"`
}

// Check opens a database that a service left behind, or still uses, and proves its ledger. An unsound ledger is a
// report; the error is of reading. The file must exist.
func Check(ctx context.Context, path string) (Report, error) {
	s, err := openExisting(ctx, path)
	if err != nil {
		return Report{}, err
	}
	defer s.Close()
	r, err := check(ctx, s)
	if err != nil {
		return Report{}, fmt.Errorf("checking the database: %w", err)
	}
	return r, nil
}

func check(ctx context.Context, s store.Store) (r Report, err error) {
	if r.Findings, err = invariant.Of(ctx, s); err != nil {
		return r, err
	}
	r.Sound = true
	for _, f := range r.Findings {
		r.Sound = r.Sound && f.OK
	}
	return r, nil
}
