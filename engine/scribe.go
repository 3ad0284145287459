package engine

import (
	"errors"
	"sync"

	"github.com/peakday/peakday/engine/result"
)

// backlog is how many seconds may wait for a slow disk before the run gives up.
const backlog = 16

// A scribe writes seconds on a goroutine of its own, so that the one that sends never waits for a disk or a terminal.
type scribe struct {
	pages  chan page
	errs   chan error // the first
	ended  sync.WaitGroup
	closed bool
}

// A page is one second as it is written and shown.
type page struct {
	tick     result.Tick
	progress Progress
}

func startScribe(log Log, show func(Progress)) *scribe {
	s := &scribe{pages: make(chan page, backlog), errs: make(chan error, 2)}
	s.ended.Go(func() {
		failed := false
		for p := range s.pages {
			if failed {
				continue
			}
			if err := log.Tick(p.tick); err != nil {
				failed = true
				s.errs <- err
				continue
			}
			if show != nil {
				show(p.progress)
			}
		}
	})
	return s
}

// write never waits.
func (s *scribe) write(p page) {
	select {
	case s.pages <- p:
	default:
		select {
		case s.errs <- errors.New("writing result: the last 16 seconds are not yet written; write it to a faster disk"):
		default:
		}
	}
}

// failed is the first error so far.
func (s *scribe) failed() error {
	select {
	case err := <-s.errs:
		return err
	default:
		return nil
	}
}

// close waits until all is written.
func (s *scribe) close() {
	if !s.closed {
		s.closed = true
		close(s.pages)
		s.ended.Wait()
	}
}
