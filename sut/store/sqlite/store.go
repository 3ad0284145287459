package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/migrate"
	"github.com/peakday/peakday/sut/store/queue"
)

const (
	Readers  = 4   // concurrent Views; more than the cores of a small machine gain nothing
	maxGroup = 256 // Updates in one commit; bounds how long the first of them waits
)

// Store is a [store.Store] in one SQLite file.
type Store struct {
	pool   store.Pool
	writer *conn
	idle   chan *conn // connections free to read

	queue   *queue.Queue
	once    sync.Once
	writing sync.WaitGroup
}

var _ store.Store = (*Store)(nil)

// Open opens the file at path, or creates it, brings its tables forward and starts the writer.
func Open(ctx context.Context, path string, pool store.Pool) (*Store, error) {
	return open(ctx, path, pool, true)
}

// OpenExisting opens a file that an earlier Open made. A file that is not there, or is something else, is an error
// and is left as it is.
func OpenExisting(ctx context.Context, path string) (*Store, error) {
	const next = "give the file that `peakday sut --db FILE` wrote"
	// SQLite says of a missing file only that it cannot open it.
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("reading a service's database: %w; %s", err, next)
	}
	s, err := open(ctx, path, store.Pool{}, false)
	if err != nil {
		return nil, fmt.Errorf("not a database of the service, or a damaged one: %w; %s", err, next)
	}
	return s, nil
}

func open(ctx context.Context, path string, pool store.Pool, create bool) (*Store, error) {
	s := &Store{pool: pool, idle: make(chan *conn, Readers), queue: queue.New()}
	if err := s.connect(ctx, dsn(path, create), create); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", path, err), s.disconnect())
	}
	s.writing.Go(func() { s.write(s.writer) })
	return s, nil
}

// connect brings the tables forward, if wanted, and opens the writing connection and the reading ones.
func (s *Store) connect(ctx context.Context, dsn string, create bool) (err error) {
	if err := tables(ctx, dsn, create); err != nil {
		return err
	}
	if s.writer, err = connect(dsn); err != nil {
		return err
	}
	for range Readers {
		r, err := connect(dsn)
		if err != nil {
			return err
		}
		s.idle <- r
	}
	return nil
}

func tables(ctx context.Context, dsn string, create bool) (err error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if create {
		return migrate.Up(ctx, db, store.SQLite)
	}
	return migrate.Check(ctx, db, store.SQLite)
}

func dsn(path string, create bool) string {
	q := url.Values{"mode": {"rw"}, "_pragma": {"synchronous(FULL)", "busy_timeout(5000)", "temp_store(MEMORY)", "cache_size(-16000)"}}
	if create { // the file remembers its journal mode
		q.Set("mode", "rwc")
		q.Add("_pragma", "journal_mode(WAL)")
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

// View runs do in a read transaction on one of the reading connections.
func (s *Store) View(ctx context.Context, do func(store.View) error) (err error) {
	select {
	case <-s.queue.Closed():
		return store.ErrClosed
	default:
	}
	select {
	case c := <-s.idle:
		defer func() { s.idle <- c }()
		if _, err := c.do(sqlBegin); err != nil {
			return err
		}
		defer func() {
			_, ended := c.do(sqlRollback)
			err = errors.Join(err, ended)
		}()
		return do(view{c, ctx})
	case <-s.queue.Closed():
		return store.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close lets the writer finish what has begun and closes the file.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		s.queue.Close()
		s.writing.Wait()
		for range Readers {
			r := <-s.idle // waits for Views that run
			err = errors.Join(err, r.close())
		}
		err = errors.Join(err, s.writer.close())
	})
	return err
}

// disconnect closes what connect opened before it failed.
func (s *Store) disconnect() error {
	var err error
	if s.writer != nil {
		err = s.writer.close()
	}
	for len(s.idle) > 0 {
		err = errors.Join(err, (<-s.idle).close())
	}
	return err
}
