package postgres

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/peakday/peakday/sut/store"
)

// A conflict is a row that another Update wrote first. Where names the row.
type conflict struct {
	err   error
	where string
}

func (c *conflict) Error() string { return c.err.Error() }
func (c *conflict) Unwrap() error { return c.err }

// ofOne says that an error comes from what one Update did, and not from the server's state: a conflict, a value or a
// query that PostgreSQL refuses.
func ofOne(err error) bool {
	if _, ok := errors.AsType[*conflict](err); ok {
		return true
	}
	c := code(err)
	return strings.HasPrefix(c, "22") || strings.HasPrefix(c, "23") || strings.HasPrefix(c, "40") || strings.HasPrefix(c, "42")
}

// asConflict recognises that another Update was first.
func asConflict(err error) error {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return err
	}
	switch pg.Code {
	case "23505": // unique_violation; its detail names the row, which an error must not
		return &conflict{fmt.Errorf("adding to %s: %w", pg.TableName, store.ErrExists), pg.ConstraintName + pg.Detail}
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return &conflict{fmt.Errorf("%w (%w)", store.ErrStale, pg), ""}
	}
	return err
}
