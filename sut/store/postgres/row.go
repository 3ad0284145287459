package postgres

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// A row is a record as PostgreSQL is sent it. It is taken down when the record is added or set: the caller may use the
// record for something else afterwards.
type row struct {
	table *store.Table
	data  []byte // of each column its length, in 4 bytes, and its value, as in an array
	key   string // the table and the columns of its key: what may be there once
}

func newRow(r store.Record) row {
	t, fields := r.Table(), r.Fields()
	data := make([]byte, 0, 16*len(fields))
	key := 0
	for i, f := range fields {
		if i == t.Key {
			key = len(data)
		}
		at := len(data)
		data = appendField(append(data, 0, 0, 0, 0), f)
		binary.BigEndian.PutUint32(data[at:], uint32(len(data)-at-4))
	}
	if t.Key == len(fields) {
		key = len(data)
	}
	return row{t, data, t.Name + "\x00" + string(data[:key])}
}

// keyOf is the key of the row that r's key names.
func keyOf(r store.Record) string {
	t := r.Table()
	b := append(make([]byte, 0, 64), t.Name...)
	b = append(b, 0)
	for _, f := range r.Fields()[:t.Key] {
		at := len(b)
		b = appendField(append(b, 0, 0, 0, 0), f)
		binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	}
	return string(b)
}

func appendField(b []byte, field any) []byte {
	switch p := field.(type) {
	case *string:
		return append(b, *p...)
	case *[]byte:
		return append(b, *p...)
	case *bool:
		return appendBool(b, *p)
	case *int64:
		return binary.BigEndian.AppendUint64(b, uint64(*p))
	case *uint64:
		return binary.BigEndian.AppendUint64(b, *p)
	case *ledger.Fen:
		return binary.BigEndian.AppendUint64(b, uint64(*p))
	}
	panic(fmt.Sprintf("postgres: a column of type %T: want one of those that Record.Fields names", field))
}

// columns are the values of the row.
func (r row) columns() [][]byte {
	list := make([][]byte, 0, len(r.table.Columns))
	for data := r.data; len(data) > 0; {
		n := 4 + binary.BigEndian.Uint32(data)
		list, data = append(list, data[4:n:n]), data[n:]
	}
	return list
}

// load fills a record from the row.
func (r row) load(to store.Record) error { return scan(to.Fields(), r.columns(), nil) }

// set is the arguments of the table's Set, which wants all columns but the version, the key, and the version as it was.
func (r row) set() [][]byte {
	columns := r.columns()
	last := len(columns) - 1
	args := append(columns[:last:last], columns[:r.table.Key]...)
	return append(args, columns[last])
}

// insertRows is the statement that adds many rows of a table: their columns are its arguments, each an array. Two hundred
// rows this way cost a tenth of two hundred statements.
func insertRows(r store.Record) store.Query {
	t := r.Table()
	var types []string
	for i, f := range r.Fields() {
		types = append(types, fmt.Sprintf("$%d::%s[]", i+1, kindOf(f).name))
	}
	return store.Query(fmt.Sprintf("INSERT INTO %s (%s) SELECT * FROM unnest(%s)", t.Name, strings.Join(t.Columns, ", "), strings.Join(types, ", ")))
}

// A kind is the type of a column.
type kind struct {
	name string
	oid  uint32
}

func kindOf(field any) kind {
	switch field.(type) {
	case *string:
		return kind{"text", pgtype.TextOID}
	case *[]byte:
		return kind{"bytea", pgtype.ByteaOID}
	case *bool:
		return kind{"boolean", pgtype.BoolOID}
	}
	return kind{"bigint", pgtype.Int8OID}
}

// arrays turns rows into one array a column, in the binary form of PostgreSQL's array_recv: the number of dimensions, 1;
// whether there are NULLs, 0; the type; the length; the first index, 1; and the values, each with its length.
func arrays(rows []row, kinds []kind) [][]byte {
	size := 0
	for _, r := range rows {
		size += len(r.data)
	}
	list := make([][]byte, len(kinds))
	for i, k := range kinds {
		b := make([]byte, 0, 20+size/len(kinds)+size/16)
		for _, n := range []uint32{1, 0, k.oid, uint32(len(rows)), 1} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
		list[i] = b
	}
	for _, r := range rows {
		data := r.data
		for i := range list {
			n := 4 + binary.BigEndian.Uint32(data)
			list[i], data = append(list[i], data[:n]...), data[n:]
		}
	}
	return list
}
