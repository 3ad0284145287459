package sqlite

import (
	"context"

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
	g := &group{conn: c, pool: s.pool, moved: newMoved(), own: newMoved()}
	for {
		select {
		case j := <-s.jobs:
			commit(g, s.gather(j))
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
