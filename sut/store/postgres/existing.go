package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/migrate"
)

// OpenExisting opens a database that an earlier Open made. One that is something else is an error and is left as it is.
func OpenExisting(ctx context.Context, dsn string) (*Store, error) {
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("the DSN of PostgreSQL: %w", err)
	}
	db := adapted(config)
	if err := errors.Join(migrate.Check(ctx, db, store.Postgres), db.Close()); err != nil {
		return nil, fmt.Errorf("not a database of the service: %w; give the address that `peakday sut --db` was given", err)
	}
	return Open(ctx, dsn, Options{Writers: 1})
}
