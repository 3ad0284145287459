package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/migrate"
	"github.com/peakday/peakday/sut/store/queue"
)

// Options are how a store uses its server. The zero value will do.
type Options struct {
	Pool    store.Pool
	Writers int // connections that write, each its lane; 0 means the constant Writers
	Readers int // connections for Views, made when first needed; 0 means the constant Readers
	// StatementTimeout is how long one statement may take, waiting for locks included; 0 means 10 s. In a View whose
	// context has a deadline it is what is left until that, if that is less.
	StatementTimeout time.Duration
}

const (
	Readers = 8 // connections that a store has for Views unless it is told otherwise
	Writers = 4 // and for Updates
)

// Store is a [store.Store] in a PostgreSQL database.
type Store struct {
	writers []*writer
	keeper  *keeper
	config  *pgconn.Config
	limit   time.Duration // of a statement
	idle    chan *conn    // free to read; one that was not needed so far is nil

	queue   *queue.Queue
	once    sync.Once
	running sync.WaitGroup
}

var _ store.Store = (*Store)(nil)

// Open connects to the database of dsn, a URL or key=value pairs, brings its tables forward and starts the writers. ctx
// bounds that only. It refuses a server older than 15, and one that may lose what it has committed.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("the DSN of PostgreSQL: %w", err) // it hides the password
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 10 * time.Second
	}
	if o.Writers == 0 {
		o.Writers = Writers
	}
	if o.Readers == 0 {
		o.Readers = Readers
	}
	if err := tables(ctx, config); err != nil {
		return nil, fmt.Errorf("the tables in PostgreSQL: %w", err)
	}
	maps.Copy(config.RuntimeParams, parameters(o))
	s := &Store{
		config: config, limit: o.StatementTimeout, idle: make(chan *conn, o.Readers), queue: queue.New(), keeper: &keeper{config: config, lazy: o.Pool.Stripes == 0},
	}
	for range o.Writers {
		w := &writer{config: config, pool: o.Pool}
		if err := w.ready(); err != nil {
			return nil, errors.Join(err, s.disconnect())
		}
		s.writers = append(s.writers, w)
	}
	if err := s.writers[0].durable(ctx); err != nil {
		return nil, errors.Join(err, s.disconnect())
	}
	for range o.Readers {
		s.idle <- nil
	}
	for _, w := range s.writers {
		s.running.Go(func() { s.write(w) })
	}
	s.running.Go(func() { s.keeper.run(s.queue.Closed()) })
	return s, nil
}

// parameters are the settings of our sessions. Our statements go by keys: a plan that PostgreSQL made while a table was
// small, and a scan of it the cheapest way, must not stay when it has grown.
func parameters(o Options) map[string]string {
	return map[string]string{
		"application_name":   "peakday",
		"statement_timeout":  strconv.FormatInt(o.StatementTimeout.Milliseconds(), 10),
		"synchronous_commit": "on",
		"enable_seqscan":     "off",
		"jit":                "off", // pays in queries of seconds only
	}
}

// tables brings the tables forward; another service that starts at the same time waits.
func tables(ctx context.Context, config *pgconn.Config) error {
	c, err := connect(ctx, config)
	if err != nil {
		return err
	}
	defer c.close()
	if _, err := c.do(ctx, "SELECT pg_advisory_lock($1::int, 0)", lockTables); err != nil {
		return err
	}
	db := adapted(config)
	return errors.Join(migrate.Up(ctx, db, store.Postgres), db.Close())
}

// durable refuses a server that is too old or may forget a commit.
func (c *conn) durable(ctx context.Context) error {
	k, err := c.call(ctx, sqlServer)
	if err != nil {
		return err
	}
	if err := c.trip(ctx, k); err != nil {
		return err
	}
	var version, fsync, commit string
	if err := scan([]any{&version, &fsync, &commit}, k.rows[0], k.columns); err != nil {
		return err
	}
	if number, err := strconv.Atoi(version); err != nil || number < 150000 {
		return fmt.Errorf("PostgreSQL calls its version %s: want 15 or later, 150000", version)
	}
	if fsync != "on" || commit != "on" {
		return fmt.Errorf("PostgreSQL runs with fsync=%s and synchronous_commit=%s: want both on, or a crash takes back what was acknowledged", fsync, commit)
	}
	return nil
}

// write is a writer: it owns its connection until the store closes.
func (s *Store) write(w *writer) {
	for jobs := s.queue.Take(maxGroup); jobs != nil; jobs = s.queue.Take(maxGroup) {
		w.commit(jobs)
	}
}

// Update hands do to a writer and waits for the commit of its group.
func (s *Store) Update(ctx context.Context, do func(store.Tx) error) error {
	return s.queue.Wait(ctx, do)
}

// View runs do in a transaction on one of the reading connections.
func (s *Store) View(ctx context.Context, do func(store.View) error) (err error) {
	select {
	case <-s.queue.Closed():
		return store.ErrClosed
	default:
	}
	select {
	case c := <-s.idle:
		defer func() { s.idle <- c }()
		if c.gone() {
			if c, err = connect(ctx, s.config); err != nil {
				return err
			}
		}
		v, release := newView(ctx, c, s.limit)
		defer release()
		defer func() { err = v.late(errors.Join(err, v.end())) }()
		return do(v)
	case <-s.queue.Closed():
		return store.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close lets the writers finish what has begun and closes the connections.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		s.queue.Close()
		s.running.Wait()
		err = s.keeper.end()
		for range cap(s.idle) {
			err = errors.Join(err, (<-s.idle).close()) // waits for Views that run
		}
		err = errors.Join(err, s.disconnect())
	})
	return err
}

// disconnect closes the writers' connections.
func (s *Store) disconnect() error {
	var err error
	for _, w := range s.writers {
		err = errors.Join(err, w.close())
	}
	return err
}
