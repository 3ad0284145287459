package engine

import (
	"fmt"
	"sync"

	"github.com/peakday/peakday/engine/result"
)

// backlog is how many seconds may wait for a slow disk before the run gives up.
const backlog = 16

// A scribe writes seconds and shows progress on goroutines of its own, so that the one that sends never waits for a disk,
// and the disk not for a terminal that was stopped.
type scribe struct {
	pages   chan page
	shown   chan Progress
	errs    chan error // one from write, one from the writer
	running sync.WaitGroup
	once    sync.Once
}

// A page is one second as it is written and shown.
type page struct {
	tick     result.Tick
	progress Progress
}

func startScribe(log Log, show func(Progress)) *scribe {
	s := &scribe{pages: make(chan page, backlog), shown: make(chan Progress, 1), errs: make(chan error, 2)}
	s.running.Go(func() { s.writeAll(log) })
	s.running.Go(func() {
		for p := range s.shown {
			if show != nil {
				show(p)
			}
		}
	})
	return s
}

// writeAll writes pages until the first error and throws away those after it.
func (s *scribe) writeAll(log Log) {
	defer close(s.shown)
	broken := false
	for p := range s.pages {
		if broken {
			continue
		}
		if err := log.Tick(p.tick); err != nil {
			broken = true
			s.errs <- err
			continue
		}
		select {
		case s.shown <- p.progress:
		default: // the last one is not shown yet
		}
	}
}

// write never waits.
func (s *scribe) write(p page) {
	select {
	case s.pages <- p:
	default:
		s.errs <- fmt.Errorf("writing result: the last %d seconds are not yet written; write it to a faster disk", backlog)
	}
}

// failed is the first error so far. It must be asked after each write.
func (s *scribe) failed() error {
	select {
	case err := <-s.errs:
		return err
	default:
		return nil
	}
}

// close waits until all is written and shown.
func (s *scribe) close() {
	s.once.Do(func() { close(s.pages) })
	s.running.Wait()
}
