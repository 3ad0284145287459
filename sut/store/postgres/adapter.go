package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
)

// adapted is as much of database/sql as package migrate needs: values go both ways as text. pgx has an adapter that does
// it all, and brings a pool with it that this store has no use for.
func adapted(config *pgconn.Config) *sql.DB { return sql.OpenDB(connector{config}) }

type connector struct{ config *pgconn.Config }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	pg, err := pgconn.ConnectConfig(ctx, c.config)
	return textConn{pg}, err
}

func (c connector) Driver() driver.Driver { return nil }

type textConn struct{ pg *pgconn.PgConn }

func (c textConn) Close() error { return c.pg.Close(context.Background()) }

func (c textConn) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("postgres: migrations prepare no statements")
}

func (c textConn) Begin() (driver.Tx, error) {
	_, err := c.ExecContext(context.Background(), "BEGIN", nil)
	return c, err
}

func (c textConn) Commit() error {
	_, err := c.ExecContext(context.Background(), "COMMIT", nil)
	return err
}

func (c textConn) Rollback() error {
	_, err := c.ExecContext(context.Background(), "ROLLBACK", nil)
	return err
}

func (c textConn) read(ctx context.Context, query string, args []driver.NamedValue) *pgconn.Result {
	values := make([][]byte, len(args))
	for i, a := range args {
		values[i] = fmt.Append(nil, a.Value)
	}
	return c.pg.ExecParams(ctx, query, values, nil, nil, nil).Read()
}

func (c textConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	r := c.read(ctx, query, args)
	return driver.RowsAffected(r.CommandTag.RowsAffected()), r.Err
}

func (c textConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	r := c.read(ctx, query, args)
	return &textRows{r}, r.Err
}

type textRows struct{ *pgconn.Result }

func (r *textRows) Close() error { return nil }

func (r *textRows) Columns() []string {
	names := make([]string, len(r.FieldDescriptions))
	for i, f := range r.FieldDescriptions {
		names[i] = f.Name
	}
	return names
}

func (r *textRows) Next(dest []driver.Value) error {
	if len(r.Rows) == 0 {
		return io.EOF
	}
	for i, v := range r.Rows[0] {
		if dest[i] = nil; v != nil {
			dest[i] = string(v)
		}
	}
	r.Rows = r.Rows[1:]
	return nil
}
