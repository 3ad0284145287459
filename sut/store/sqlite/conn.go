package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"

	"modernc.org/sqlite"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// A conn is one connection with the statements that it has prepared. One goroutine uses it at a time, so it speaks to the
// driver itself: database/sql's pool, locks and conversions cost as much as a row.
type conn struct {
	driver driver.Conn
	tables map[*store.Table]*tableStmts
	others map[store.Query]*stmt
	args   []driver.NamedValue // of the statement that runs
	values []any
}

// A stmt is a prepared statement.
type stmt struct{ s driver.Stmt }

// tableStmts are the statements of a table; nil ones were not needed so far.
type tableStmts struct{ insert, get, set *stmt }

func connect(dsn string) (*conn, error) {
	d, err := (&sqlite.Driver{}).Open(dsn)
	if err != nil {
		return nil, err
	}
	return &conn{driver: d, tables: make(map[*store.Table]*tableStmts), others: make(map[store.Query]*stmt)}, nil
}

func (c *conn) close() error {
	var err error
	for _, t := range c.tables {
		for _, s := range []*stmt{t.insert, t.get, t.set} {
			if s != nil {
				err = errors.Join(err, s.s.Close())
			}
		}
	}
	for _, s := range c.others {
		err = errors.Join(err, s.s.Close())
	}
	return errors.Join(err, c.driver.Close())
}

func (c *conn) prepare(text string) (*stmt, error) {
	s, err := c.driver.Prepare(positional(text))
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", text, err)
	}
	return &stmt{s}, nil
}

// positional writes ? for $1, $2, … where they stand in that order: the driver looks named places up in a time that
// grows with the square of their number.
func positional(text string) string {
	short := text
	for n := 1; strings.Contains(short, "$"); n++ {
		place := fmt.Sprintf("$%d", n)
		i := strings.Index(short, "$")
		if !strings.HasPrefix(short[i:], place) || (i+len(place) < len(short) && short[i+len(place)] >= '0' && short[i+len(place)] <= '9') {
			return text
		}
		short = short[:i] + "?" + short[i+len(place):]
	}
	return short
}

func (c *conn) table(t *store.Table) *tableStmts {
	s := c.tables[t]
	if s == nil {
		s = new(tableStmts)
		c.tables[t] = s
	}
	return s
}

// stmt prepares a query when it is first asked for.
func (c *conn) stmt(q store.Query) (s *stmt, err error) {
	if s = c.others[q]; s == nil {
		if s, err = c.prepare(string(q)); err == nil {
			c.others[q] = s
		}
	}
	return s, err
}

// run executes a statement and returns the number of rows that it changed.
func (c *conn) run(s *stmt, args []any) (int64, error) {
	if err := c.bind(args); err != nil {
		return 0, err
	}
	r, err := s.s.(driver.StmtExecContext).ExecContext(context.Background(), c.args)
	if err != nil {
		return 0, named(err)
	}
	return r.RowsAffected()
}

// do executes a query that returns nothing.
func (c *conn) do(q store.Query, args ...any) (int64, error) {
	s, err := c.stmt(q)
	if err != nil {
		return 0, err
	}
	return c.run(s, args)
}

// rows scans every row of a query into dest and calls each, until ctx ends. The driver interrupts SQLite for that on the way
// to the first row, where sums and sorts take their time, and not between rows.
func (c *conn) rows(ctx context.Context, s *stmt, dest []any, each func() error, args []any) (err error) {
	if err := c.bind(args); err != nil {
		return err
	}
	rs, err := s.s.(driver.StmtQueryContext).QueryContext(ctx, c.args)
	if err != nil {
		return named(err)
	}
	defer func() { err = errors.Join(err, rs.Close()) }()
	row := make([]driver.Value, len(dest)) // each may ask for something else meanwhile
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := rs.Next(row); {
		case err == io.EOF:
			return nil
		case err != nil:
			return named(err)
		}
		if err := scan(dest, row); err != nil {
			return err
		}
		if err := each(); err != nil {
			return err
		}
	}
}

// bind makes args those of the statement that runs.
func (c *conn) bind(args []any) error {
	c.args = c.args[:0]
	for i, a := range args {
		v := plain(a)
		if text, is := v.(string); is && !store.Text(text) {
			return store.ErrText
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return nil
}

// plain is an argument as the driver takes it.
func plain(a any) driver.Value {
	switch v := a.(type) {
	case int:
		return int64(v)
	case uint64:
		return int64(v)
	case ledger.Fen:
		return int64(v)
	case ledger.Event:
		return string(v)
	}
	return a
}

func scan(dest []any, row []driver.Value) error {
	for i, v := range row {
		ok := false
		switch p := dest[i].(type) {
		case *int64:
			*p, ok = v.(int64)
		case *ledger.Fen:
			var n int64
			n, ok = v.(int64)
			*p = ledger.Fen(n)
		case *uint64:
			var n int64
			n, ok = v.(int64)
			*p = uint64(n)
		case *bool:
			var n int64
			n, ok = v.(int64)
			*p = n != 0
		case *string:
			*p, ok = v.(string)
		case *[]byte:
			*p, ok = v.([]byte)
		}
		if !ok {
			return fmt.Errorf("column %d of the row is a %T, wanted for a %T", i+1, v, dest[i])
		}
	}
	return nil
}

func named(err error) error {
	if errors.Is(err, driver.ErrBadConn) {
		return errors.Join(store.ErrClosed, err)
	}
	return err
}
