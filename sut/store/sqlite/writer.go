package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/peakday/peakday/sut/store"
)

// A job is one Update on its way through the writer.
type job struct {
	do   func(store.Tx) error
	done chan error // one value, after the commit or the rollback
}

// Update hands do to the writer and waits for the commit of its group.
func (s *Store) Update(ctx context.Context, do func(store.Tx) error) error {
	j := &job{do: do, done: make(chan error, 1)}
	select {
	case <-s.closing:
		return store.ErrClosed
	default:
	}
	select {
	case s.jobs <- j:
	case <-s.closing:
		return store.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-s.stopped: // the job was queued while the writer was leaving
		select {
		case err := <-j.done:
			return err
		default:
			return store.ErrClosed
		}
	}
}

// write is the writer: it owns the connection and the head of the chain until the store closes.
func (s *Store) write(c *conn, head store.Posted) {
	defer close(s.stopped)
	for {
		select {
		case j := <-s.jobs:
			head = commit(c, head, s.gather(j))
		case <-s.closing:
			return
		}
	}
}

// gather returns j and the Updates that wait behind it.
func (s *Store) gather(j *job) []*job {
	group := []*job{j}
	for len(group) < maxGroup {
		select {
		case j := <-s.jobs:
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one SQL transaction, tells every caller, and returns the new head.
func commit(c *conn, head store.Posted, group []*job) store.Posted {
	results := make([]error, len(group))
	next, err := head, c.exec(sqlBeginWrite)
	if err == nil {
		for i, j := range group {
			next, results[i] = run(c, next, j.do)
		}
		if err = c.exec(sqlCommit); err != nil {
			err = errors.Join(fmt.Errorf("committing %d updates: %w", len(group), err), c.exec(sqlRollback))
		}
	}
	if err != nil {
		next = head // nothing of the group stayed
	}
	for i, j := range group {
		j.done <- errors.Join(results[i], err)
	}
	return next
}

// run runs one Update inside a savepoint, so that its failure leaves the rest of the group alone.
func run(c *conn, head store.Posted, do func(store.Tx) error) (next store.Posted, err error) {
	if err := c.exec(sqlSavepoint); err != nil {
		return head, err
	}
	t := &tx{view: view{c}, head: head}
	if err := call(do, t); err != nil {
		return head, errors.Join(err, c.exec(sqlUndo), c.exec(sqlRelease))
	}
	return t.head, c.exec(sqlRelease)
}

// call turns a panic into an error: a bad Update must not take the writer with it.
func call(do func(store.Tx) error, t store.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("update panicked: %v", p)
		}
	}()
	return do(t)
}
