package sqlite

import (
	"context"

	"github.com/peakday/peakday/sut/store"
)

// Update hands do to the writer and waits for the commit of its group.
func (s *Store) Update(ctx context.Context, do func(store.Tx) error) error {
	return s.queue.Wait(ctx, do)
}

// write is the writer: it owns the connection until the store closes.
func (s *Store) write(c *conn) {
	g := &group{conn: c, pool: s.pool, moved: newMoved(), own: newMoved()}
	for jobs := s.queue.Take(maxGroup); jobs != nil; jobs = s.queue.Take(maxGroup) {
		commit(g, jobs)
	}
}
