package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/scenarios"
)

// walk goes through a session that stands beside the run, one request after the other, in a loop of its own.
func (e Engine) walk(ctx context.Context, plan *Plan, name string, which func(scenarios.Sessions) scenarios.Session) error {
	sessions, ok := plan.Requests.(scenarios.Sessions)
	if !ok {
		return nil
	}
	session := which(sessions)
	if session == nil {
		return nil
	}
	done := make(chan error)
	go func() { done <- e.steps(ctx, plan, session) }() // a driver may keep the thread of the goroutine that opens it
	if err := <-done; err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// steps takes the session to its end: the first step that fails is an error.
func (e Engine) steps(ctx context.Context, plan *Plan, session scenarios.Session) error {
	loop, err := e.Driver.Open()
	if err != nil {
		return fmt.Errorf("opening driver %s: %w", e.Driver.Name(), err)
	}
	defer loop.Close()
	began := time.Now()
	var request scenarios.Request
	for more := true; more; {
		if err := session.Request(&request); err != nil {
			return err
		}
		request.Deadline = time.Now().Add(plan.Scenario.Timeout)
		loop.Submit(0, &request)
		var outs []driver.Outcome
		for len(outs) == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			outs = loop.Wait(time.Now().Add(sliceLength))
		}
		out := &outs[0]
		if out.Kind != "" {
			return fmt.Errorf("%s %s: %s: %w", request.Method, request.Path, out.Kind, out.Err)
		}
		if failed := verdict(session, out); failed != "" {
			return fmt.Errorf("%s %s was answered %d: %s", request.Method, request.Path, out.Status, failed)
		}
		var think time.Duration
		if think, more = session.Next(time.Since(began)); more {
			select {
			case <-time.After(think):
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	return nil
}
