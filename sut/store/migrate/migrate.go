// Package migrate brings a database to the tables of package store when a service starts on it.
package migrate

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"

	"github.com/peakday/peakday/sut/store"
)

// Up applies the steps that db lacks. A database that a newer version of the service has written is an error and is
// left as it is: steps only go forward.
func Up(ctx context.Context, db *sql.DB, d store.Dialect) error {
	p, err := provider(db, d)
	if err != nil {
		return err
	}
	current, newest, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the version of the tables: %w", err)
	}
	if current > newest {
		return tooNew(current, newest)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bringing the tables from version %d to %d: %w", current, newest, err)
	}
	return nil
}

// Check is nil where db has exactly the tables that this version of the service works with. It changes nothing.
func Check(ctx context.Context, db *sql.DB, d store.Dialect) error {
	steps, err := store.Migrations(d)
	if err != nil {
		return err
	}
	newest := steps[len(steps)-1].Version
	var current int64
	if err := db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+goose.DefaultTablename).Scan(&current); err != nil {
		return fmt.Errorf("reading the version of the tables: %w", err)
	}
	switch {
	case current > newest:
		return tooNew(current, newest)
	case current < newest:
		return fmt.Errorf("the tables are of version %d, want %d: start the service once on this database, which brings them forward", current, newest)
	}
	return nil
}

func tooNew(current, newest int64) error {
	return fmt.Errorf("the tables are of version %d, this program knows up to %d: use the newer program that wrote them", current, newest)
}

func provider(db *sql.DB, d store.Dialect) (*goose.Provider, error) {
	steps, err := store.Migrations(d)
	if err != nil {
		return nil, err
	}
	list := make([]*goose.Migration, len(steps))
	for i, step := range steps {
		list[i] = goose.NewGoMigration(step.Version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			for _, s := range step.Statements {
				if _, err := tx.ExecContext(ctx, s); err != nil {
					return err
				}
			}
			return nil
		}}, nil)
	}
	dialect := goose.DialectPostgres
	if d == store.SQLite {
		dialect = goose.DialectSQLite3
	}
	return goose.NewProvider(dialect, db, nil, goose.WithGoMigrations(list...), goose.WithDisableGlobalRegistry(true))
}
