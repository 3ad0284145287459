package engine

import (
	"errors"
	"fmt"
	"io"
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
	err     error      // the first of them
	running sync.WaitGroup
	once    sync.Once
}

// A page is a slice whose results are written, or one second that is written and shown.
type page struct {
	slice    *slice
	free     chan<- *slice // takes the slice when it is written
	tick     *result.Tick
	progress Progress
}

func startScribe(lanes int, log Log, results io.Writer, show func(Progress)) *scribe {
	s := &scribe{pages: make(chan page, backlog*(lanes*slicesPerSecond+1)), shown: make(chan Progress, 1), errs: make(chan error, 2)}
	s.running.Go(func() { s.writeAll(log, results) })
	s.running.Go(func() {
		for p := range s.shown {
			if show != nil {
				show(p)
			}
		}
	})
	return s
}

// errUnwritten ends a run whose record cannot be kept.
var errUnwritten = errors.New("the record of the run cannot be written")

// writeAll writes pages until the first error and throws away those after it.
func (s *scribe) writeAll(log Log, results io.Writer) {
	defer close(s.shown)
	broken := false
	for p := range s.pages {
		if !broken {
			if err := s.writePage(&p, log, results); err != nil {
				broken = true
				s.errs <- err
			}
		}
	}
}

func (s *scribe) writePage(p *page, log Log, results io.Writer) error {
	if p.slice != nil {
		if len(p.slice.results) > 0 {
			if _, err := results.Write(p.slice.results); err != nil {
				return fmt.Errorf("writing the result log: %w", err)
			}
		}
		p.slice.results = p.slice.results[:0]
		select {
		case p.free <- p.slice:
		default: // enough are free
		}
		return nil
	}
	if err := log.Tick(*p.tick); err != nil {
		return err
	}
	select {
	case s.shown <- p.progress:
	default: // the last one is not shown yet
	}
	return nil
}

// write never waits.
func (s *scribe) write(p page) {
	select {
	case s.pages <- p:
	default:
		select {
		case s.errs <- fmt.Errorf("writing result: the last %d seconds are not yet written; write it to a faster disk", backlog):
		default: // it has been said
		}
	}
}

// failed is the first error so far.
func (s *scribe) failed() error {
	if s.err == nil {
		select {
		case s.err = <-s.errs:
		default:
		}
	}
	return s.err
}

// close waits until all is written and shown.
func (s *scribe) close() {
	s.once.Do(func() { close(s.pages) })
	s.running.Wait()
}
