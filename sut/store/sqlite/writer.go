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

// write is the writer: it owns the connection until the store closes.
func (s *Store) write(c *conn) {
	defer close(s.stopped)
	for {
		select {
		case j := <-s.jobs:
			commit(c, s.gather(j))
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

// commit runs a group in one SQL transaction and tells every caller.
func commit(c *conn, group []*job) {
	refusals := make([]error, len(group))
	fault := c.exec(sqlBeginWrite)
	var head store.Posted
	if fault == nil {
		head, fault = c.Head() // read anew: another process may write to the file too
	}
	for i := 0; i < len(group) && fault == nil; i++ {
		head, refusals[i], fault = run(c, head, group[i].do)
	}
	if fault == nil {
		fault = c.exec(sqlCommit)
	}
	if fault != nil {
		fault = fmt.Errorf("committing %d updates: %w", len(group), fault)
		c.exec(sqlRollback) // its error says that SQLite has rolled back already, as it does when the disk is full
	}
	for i, j := range group {
		j.done <- errors.Join(refusals[i], fault)
	}
}

// run runs one Update inside a savepoint, so that its refusal leaves the rest of the group alone. A fault is an error
// of the savepoint itself: the transaction is gone, and with it the group.
func run(c *conn, head store.Posted, do func(store.Tx) error) (next store.Posted, refusal, fault error) {
	if err := c.exec(sqlSavepoint); err != nil {
		return head, nil, err
	}
	t := &tx{view: view{c}, head: head}
	if err := call(do, t); err != nil {
		if fault := c.exec(sqlUndo); fault != nil {
			return head, err, fault
		}
		return head, err, c.exec(sqlRelease)
	}
	return t.head, nil, c.exec(sqlRelease)
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
