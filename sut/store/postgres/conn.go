package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/peakday/peakday/sut/store"
)

// A conn is one connection with the statements that it has prepared. One goroutine uses it at a time.
type conn struct {
	pg     *pgconn.PgConn
	stmts  map[store.Query]*stmt
	tables map[*store.Table]*tableQueries
}

// A stmt is a prepared statement with the format of each argument and column: 1 is binary, which costs the least, 0 the
// text that every type has.
type stmt struct {
	*pgconn.StatementDescription
	params, columns []int16
}

// A call is one statement of a round trip, and what came back.
type call struct {
	*stmt
	args [][]byte
	rows [][][]byte
	n    int64 // rows that a change hit
}

func connect(ctx context.Context, config *pgconn.Config) (*conn, error) {
	pg, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("reaching PostgreSQL: %w", err) // it names host and database, and no password
	}
	return &conn{pg, make(map[store.Query]*stmt), make(map[*store.Table]*tableQueries)}, nil
}

// gone says that the connection cannot be used any more.
func (c *conn) gone() bool { return c == nil || c.pg.IsClosed() }

func (c *conn) close() error {
	if c.gone() {
		return nil
	}
	return c.pg.Close(context.Background())
}

// prepare takes a round trip when a statement is first asked for.
func (c *conn) prepare(ctx context.Context, q store.Query) (*stmt, error) {
	if s := c.stmts[q]; s != nil {
		return s, nil
	}
	description, err := c.pg.Prepare(ctx, "s"+strconv.Itoa(len(c.stmts)), string(q), nil)
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", q, err)
	}
	s := &stmt{StatementDescription: description}
	for _, oid := range s.ParamOIDs {
		s.params = append(s.params, format(oid))
	}
	for _, f := range s.Fields {
		s.columns = append(s.columns, format(f.DataTypeOID))
	}
	c.stmts[q] = s
	return s, nil
}

// format is binary for the types that our tables and the arguments to them have.
func format(oid uint32) int16 {
	if slices.Contains([]uint32{pgtype.Int8OID, pgtype.TextOID, pgtype.ByteaOID, pgtype.BoolOID,
		pgtype.Int8ArrayOID, pgtype.TextArrayOID, pgtype.ByteaArrayOID, pgtype.BoolArrayOID}, oid) {
		return 1
	}
	return 0
}

// call prepares a statement with its arguments.
func (c *conn) call(ctx context.Context, q store.Query, args ...any) (*call, error) {
	s, err := c.prepare(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(args) != len(s.params) {
		return nil, fmt.Errorf("%q wants %d arguments, was given %d", q, len(s.params), len(args))
	}
	k := &call{stmt: s, args: make([][]byte, len(args))}
	for i, a := range args {
		if k.args[i], err = argument(a, s.params[i] == 1); err != nil {
			return nil, fmt.Errorf("argument %d of %q: %w", i+1, q, err)
		}
	}
	return k, nil
}

// trip sends all calls at once and reads their results: one round trip, whatever their number. Outside of BEGIN and
// COMMIT they are one transaction. The error is that of the first call that has one; those after it did not run.
func (c *conn) trip(ctx context.Context, calls ...*call) error {
	p := c.pg.StartPipeline(ctx)
	for _, k := range calls {
		p.SendQueryStatement(k.StatementDescription, k.args, k.params, k.columns)
	}
	err := p.Sync()
	for i := 0; err == nil && i < len(calls); i++ {
		err = calls[i].read(p)
	}
	return cmp.Or(err, p.Close()) // Close repeats the error of a call
}

// read copies a call's result: the next one is read into the same memory.
func (k *call) read(p *pgconn.Pipeline) error {
	r, err := result(p)
	if err != nil {
		return err
	}
	for r.NextRow() {
		k.rows = append(k.rows, clone(r.Values()))
	}
	tag, err := r.Close()
	k.n = tag.RowsAffected()
	return err
}

func result(p *pgconn.Pipeline) (*pgconn.ResultReader, error) {
	results, err := p.GetResults()
	if err != nil {
		return nil, err
	}
	r, ok := results.(*pgconn.ResultReader)
	if !ok {
		return nil, fmt.Errorf("PostgreSQL sent %T, want a result", results)
	}
	return r, nil
}

// clone copies a row, all columns in one piece.
func clone(row [][]byte) [][]byte {
	size := 0
	for _, v := range row {
		size += len(v)
	}
	all, copied := make([]byte, 0, size), make([][]byte, len(row))
	for i, v := range row {
		if v != nil {
			from := len(all)
			all = append(all, v...)
			copied[i] = all[from:len(all):len(all)]
		}
	}
	return copied
}

// do runs one statement that returns nothing.
func (c *conn) do(ctx context.Context, q store.Query, args ...any) (int64, error) {
	k, err := c.call(ctx, q, args...)
	if err != nil {
		return 0, err
	}
	err = c.trip(ctx, k)
	return k.n, err
}

// code is the SQLSTATE of an error, or empty.
func code(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}
