package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// A conn is one connection with its statements prepared. One goroutine uses it at a time.
type conn struct {
	conn  *sql.Conn
	stmts [numStatements]*sql.Stmt
}

func newConn(ctx context.Context, db *sql.DB) (*conn, error) {
	sc, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	c := &conn{conn: sc}
	for i, text := range statements {
		if c.stmts[i], err = sc.PrepareContext(context.Background(), text); err != nil {
			return nil, fmt.Errorf("preparing %q: %w", text, err)
		}
	}
	return c, nil
}

func (c *conn) exec(s statement, args ...any) error {
	_, err := c.stmts[s].Exec(args...)
	return named(err)
}

// add is exec for a record that must be new.
func (c *conn) add(s statement, args ...any) error {
	res, err := c.stmts[s].Exec(args...)
	if err != nil {
		return named(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(store.ErrExists, err)
	}
	return nil
}

// row reads the only row of a query into dest; false means there is none.
func (c *conn) row(s statement, dest []any, args ...any) (bool, error) {
	err := c.stmts[s].QueryRow(args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, named(err)
}

// rows calls each after scanning every row into dest.
func (c *conn) rows(s statement, dest []any, each func() error, args ...any) error {
	rs, err := c.stmts[s].Query(args...)
	if err != nil {
		return named(err)
	}
	defer rs.Close()
	for rs.Next() {
		if err := rs.Scan(dest...); err != nil {
			return named(err)
		}
		if err := each(); err != nil {
			return err
		}
	}
	return named(rs.Err())
}

// Head is the last transaction of the chain.
func (c *conn) Head() (store.Posted, error) {
	var p store.Posted
	var hash []byte
	_, err := c.row(sqlHead, []any{&p.Seq, &hash})
	copy(p.Hash[:], hash)
	return p, err
}

func named(err error) error {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return errors.Join(store.ErrClosed, err)
	}
	return err
}

// fen lets money be scanned and stored as the integer it is.
func fen(f ledger.Fen) int64 { return int64(f) }
