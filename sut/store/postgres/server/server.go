package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/peakday/peakday/sut/container"
)

// leastVersion is PostgreSQL's server_version_num of 15.0.
const leastVersion = 150000

// startTimeout is how long a server that was started here may take to accept connections.
const startTimeout = time.Minute

// Options say which server is wanted. The zero value takes what the machine has.
type Options struct {
	DSN    string       // of a server that runs already; empty means PEAKDAY_POSTGRES_DSN
	Image  string       // for Docker; empty means PEAKDAY_POSTGRES_IMAGE, and then postgres:17-alpine
	Log    *slog.Logger // warnings, what was tried (info) and what the server says (debug); nil drops them
	Limits container.Limits
}

// A Server is a PostgreSQL to be used until Close. It is safe for concurrent use.
type Server struct {
	running
	how     string
	version string
	dsn     string
	mu      sync.Mutex
	made    []string // databases
}

// A running server, however it was had.
type running struct {
	admin string                      // DSN of its maintenance database
	kept  bool                        // it outlives this process, so its databases must be dropped
	ended func(context.Context) error // nil while it runs
	close func() error
}

// A way to a server has the name that How gives.
type way struct {
	name  string
	start func(context.Context, Options) (running, error)
}

// ways lists what to try, best first.
func (o Options) ways() []way {
	dsn, docker, host := way{"dsn", given}, way{"docker", inDocker}, way{"host", onHost}
	switch {
	case o.DSN != "":
		return []way{dsn}
	case o.Limits.Set():
		return []way{docker} // nothing else bounds a server
	default:
		return []way{docker, host}
	}
}

// Start finds or starts a server and makes a database in it. ctx bounds that only. The error says of each way why it did
// not do.
func Start(ctx context.Context, o Options) (*Server, error) {
	o.DSN = cmp.Or(o.DSN, os.Getenv("PEAKDAY_POSTGRES_DSN"))
	o.Image = cmp.Or(o.Image, os.Getenv("PEAKDAY_POSTGRES_IMAGE"), "postgres:17-alpine")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	missed := []error{errors.New("no PostgreSQL 15 or later")}
	for i, w := range o.ways() {
		s, err := w.take(ctx, o)
		if err == nil {
			if i > 0 {
				o.Log.Warn("PostgreSQL is not in a container", "instead", s.String(), "because", missed[i])
			}
			return s, nil
		}
		o.Log.Info("PostgreSQL cannot be had this way", "way", w.name, "error", err)
		missed = append(missed, fmt.Errorf("%s: %w", w.name, err))
	}
	return nil, errors.Join(missed...)
}

// take goes one way to its end.
func (w way) take(ctx context.Context, o Options) (*Server, error) {
	r, err := w.start(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &Server{running: r, how: w.name}
	if s.version, err = r.await(ctx); err == nil {
		s.dsn, err = s.Database(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// given takes the server of a DSN.
func given(_ context.Context, o Options) (running, error) {
	if o.Limits.Set() {
		return running{}, errors.New("limits of processor and memory hold for a container, not for the server of a DSN: leave one of them away")
	}
	switch c, err := pgx.ParseConfig(withDatabase(o.DSN, superuser)); {
	case err != nil:
		return running{}, err
	case c.Database != superuser:
		return running{}, errors.New("no other database can be named in it: want a URL, or keyword=value pairs that end in a value")
	}
	return running{
		admin: o.DSN,
		kept:  true,
		ended: func(context.Context) error { return errors.New("it does not answer") },
		close: func() error { return nil },
	}, nil
}

// await is the version of the server once it accepts connections.
func (r running) await(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("it did not accept connections within %v", startTimeout))
	defer cancel()
	for {
		version, err := versionOf(ctx, r.admin)
		if old := (*tooOld)(nil); err == nil || errors.As(err, &old) {
			return version, err
		}
		if ended := r.ended(ctx); ended != nil && ctx.Err() == nil {
			return "", fmt.Errorf("%w (%w)", ended, err)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%w (%w)", context.Cause(ctx), err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// A tooOld server is none.
type tooOld struct{ version string }

func (e *tooOld) Error() string {
	return fmt.Sprintf("it is PostgreSQL %s: want 15 or later", e.version)
}

// versionOf asks a server, "15.13".
func versionOf(ctx context.Context, dsn string) (string, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var version string
	var number int
	err = conn.QueryRow(ctx, "SELECT current_setting('server_version'), current_setting('server_version_num')::int").Scan(&version, &number)
	if err != nil {
		return "", err
	}
	version, _, _ = strings.Cut(version, " ") // Debian adds its own
	if number < leastVersion {
		return "", &tooOld{version}
	}
	return version, nil
}

// DSN is of a new, empty database, for this process.
func (s *Server) DSN() string { return s.dsn }

// How is "dsn", "docker" or "host".
func (s *Server) How() string { return s.how }

// String is how the server was had and its version, "docker (15.13)".
func (s *Server) String() string { return s.how + " (" + s.version + ")" }

// Database makes one more new, empty database and gives its DSN. Text in it compares by its bytes, whatever the
// language of the server.
func (s *Server) Database(ctx context.Context) (string, error) {
	name := "peakday_" + strings.ToLower(rand.Text())
	if err := s.do(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'"); err != nil {
		return "", fmt.Errorf("making a database: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made = append(s.made, name)
	return withDatabase(s.admin, name), nil
}

// do runs a statement in the maintenance database.
func (s *Server) do(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}

// Close removes the databases, those in use as well, and a server that was started for them.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.kept {
		for _, name := range s.made {
			if dropped := s.do(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); dropped != nil {
				err = errors.Join(err, fmt.Errorf("dropping the database %s: %w", name, dropped))
			}
		}
	}
	return errors.Join(err, s.close())
}

// withDatabase is a DSN, of either form, with another database: in both the last mention counts.
func withDatabase(dsn, name string) string {
	switch {
	case !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://"):
		return dsn + " dbname=" + name
	case strings.Contains(dsn, "?"):
		return dsn + "&dbname=" + name
	default:
		return dsn + "?dbname=" + name
	}
}
