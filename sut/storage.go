package sut

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/scratch"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server"
	"github.com/peakday/peakday/sut/store/sqlite"
)

// The kinds of database.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// DatabaseVariable is the environment variable that names the database of `peakday sut` without showing a password in the
// list of processes.
const DatabaseVariable = "PEAKDAY_SUT_DB"

// IsDSN tells the address of a PostgreSQL database, such as postgres://user@host/name, from the name of a file.
func IsDSN(db string) bool {
	return strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://")
}

// ParsePool reads how the pools are kept: sync, striped:N or lazy.
func ParsePool(s string) (store.Pool, error) {
	n, striped := strings.CutPrefix(s, "striped:")
	switch {
	case s == "lazy":
		return store.Pool{}, nil
	case s == "sync":
		return store.Pool{Stripes: 1}, nil
	case striped:
		if stripes, err := strconv.Atoi(n); err == nil && stripes > 1 && stripes <= 1024 {
			return store.Pool{Stripes: stripes}, nil
		}
	}
	return store.Pool{}, fmt.Errorf("%q: want sync, lazy, or striped:N with 2 to 1024 stripes", s)
}

// place finds or makes the database that a service without one of its own works on.
func (s *Service) place(ctx context.Context, c *Config) (err error) {
	if c.Store != "" && c.Store != SQLite && c.Store != Postgres {
		return fmt.Errorf("store %q: want %s or %s", c.Store, SQLite, Postgres)
	}
	if c.DB != "" {
		if c.Store == Postgres && !IsDSN(c.DB) || c.Store == SQLite && IsDSN(c.DB) {
			return fmt.Errorf("the database is no %s; give a file for %s, postgres://… for %s", c.Store, SQLite, Postgres)
		}
		if s.database = c.DB; IsDSN(c.DB) {
			s.database = "PostgreSQL" // its address may hold a password
		}
		if IsDSN(c.DB) && c.Keys == "" {
			return fmt.Errorf("a database of PostgreSQL has no place beside it for the keys: name a key file")
		}
		return nil
	}
	if s.temporary, err = Temporary(); err != nil {
		return err
	}
	c.DB = filepath.Join(s.temporary, "ledger.db")
	s.database = c.DB + ", removed at the end"
	if c.Store != Postgres {
		return nil
	}
	c.Keys, c.Anchors = c.DB+".keys", c.DB+".anchors"
	if s.postgres, err = server.Start(ctx, server.Options{Log: c.Log}); err != nil {
		return err
	}
	c.DB, s.database = s.postgres.DSN(), "PostgreSQL, "+s.postgres.String()+", removed at the end"
	return nil
}

// Temporary makes a directory for a database of this process, or of one that it starts.
func Temporary() (string, error) {
	dir, err := scratch.Dir("peakday-sut-")
	if err != nil {
		return "", fmt.Errorf("making a place for the database: %w", err)
	}
	return dir, nil
}

// openStore opens a database, or makes its tables.
func openStore(ctx context.Context, db string, pool store.Pool) (store.Store, error) {
	if IsDSN(db) {
		return opened(postgres.Open(ctx, db, postgres.Options{Pool: pool}))
	}
	return opened(sqlite.Open(ctx, db, pool))
}

// opened makes no store of a nil one.
func opened[S store.Store](s S, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openExisting opens a database that a service has worked on. What is none is an error and is left as it is.
func openExisting(ctx context.Context, db string) (store.Store, error) {
	if IsDSN(db) {
		return opened(postgres.OpenExisting(ctx, db))
	}
	return opened(sqlite.OpenExisting(ctx, db))
}
