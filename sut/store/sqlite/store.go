package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"

	_ "modernc.org/sqlite" // registers the "sqlite" driver

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

//go:embed schema.sql
var schema string

const (
	readers  = 4   // concurrent Views; more than the cores of a small machine gain nothing
	maxGroup = 256 // Updates in one commit; bounds how long the first of them waits
	backlog  = 1024
)

// Store is a [store.Store] in one SQLite file.
type Store struct {
	db   *sql.DB
	idle chan *conn // connections free to read

	jobs    chan *job
	closing chan struct{}
	once    sync.Once
	writer  sync.WaitGroup
	stopped chan struct{} // closed when the writer has left
}

var _ store.Store = (*Store)(nil)

// Open opens the file at path, or creates it, and starts the writer.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, true)
}

// OpenExisting opens a file that an earlier Open made. A file that is not there, or is something else, is an error
// and is left as it is.
func OpenExisting(ctx context.Context, path string) (*Store, error) {
	const next = "give the file that `peakday sut --db FILE` wrote"
	// SQLite says of a missing file only that it cannot open it.
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("reading a service's database: %w; %s", err, next)
	}
	s, err := open(ctx, path, false)
	if err != nil {
		return nil, fmt.Errorf("not a database of the service, or a damaged one: %w; %s", err, next)
	}
	return s, nil
}

func open(ctx context.Context, path string, create bool) (*Store, error) {
	db, err := sql.Open("sqlite", dsn(path, create))
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	s := &Store{db: db, idle: make(chan *conn, readers), jobs: make(chan *job, backlog), closing: make(chan struct{}), stopped: make(chan struct{})}
	w, err := s.connect(ctx, create)
	if err != nil {
		db.Close()
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	s.writer.Go(func() { s.write(w) })
	return s, nil
}

// connect makes the schema, if wanted, the writing connection and the reading ones.
func (s *Store) connect(ctx context.Context, create bool) (*conn, error) {
	if create {
		if _, err := s.db.ExecContext(ctx, schema); err != nil {
			return nil, err
		}
	}
	w, err := newConn(ctx, s.db)
	if err != nil {
		return nil, err
	}
	for range readers {
		r, err := newConn(ctx, s.db)
		if err != nil {
			return nil, err
		}
		s.idle <- r
	}
	return w, nil
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
	case <-s.closing:
		return store.ErrClosed
	default:
	}
	select {
	case c := <-s.idle:
		defer func() { s.idle <- c }()
		if err := c.exec(sqlBegin); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.exec(sqlRollback)) }()
		return do(view{c})
	case <-s.closing:
		return store.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close lets the writer finish what has begun and closes the file.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		s.writer.Wait()
		for range readers {
			<-s.idle // waits for Views that run
		}
		err = s.db.Close()
	})
	return err
}

// Audit reads the whole file in one View.
func (s *Store) Audit(ctx context.Context) (findings []ledger.Finding, err error) {
	err = s.View(ctx, func(v store.View) error {
		findings, err = ledger.Audit(book{v.(view).conn})
		return err
	})
	return findings, err
}
