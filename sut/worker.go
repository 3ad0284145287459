package sut

import (
	"context"
	"time"

	"github.com/peakday/peakday/sut/agency"
)

// idle is how long the worker of the jobs rests when there was none. Who asks for an answer later waits so long at most
// before the work begins.
const idle = 50 * time.Millisecond

// work does the jobs that requests left behind, one after the other, until ctx ends. Those that a process left running
// when it ended go first.
func (s *Service) work(ctx context.Context, a *agency.Agency, handlers map[string]agency.Handler) {
	if _, err := a.Requeue(ctx, time.Now()); err != nil && ctx.Err() == nil {
		s.log.Error("taking up the jobs of before", "error", err)
	}
	rest := time.NewTicker(idle)
	defer rest.Stop()
	for ctx.Err() == nil {
		worked, err := a.Work(ctx, time.Now(), handlers)
		if err != nil && ctx.Err() == nil {
			s.log.Error("working on a job", "error", err)
		}
		if worked && err == nil {
			continue
		}
		select {
		case <-rest.C:
		case <-ctx.Done():
		}
	}
}
