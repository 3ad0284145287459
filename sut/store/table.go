package store

import (
	"fmt"
	"strings"
)

// A Table is the shape of one kind of record in a database. The same description serves every implementation: what
// differs between databases is how a statement is sent, not what it says.
type Table struct {
	Name    string
	Columns []string // the key first; the version, if there is one, last and called "ver"
	Key     int      // how many of the columns are the key
}

// A Record is a row: a pointer to a struct whose fields are the columns of its table.
type Record interface {
	Table() *Table
	// Fields are pointers to all columns, in the table's order: *int64, *uint64, *ledger.Fen, *string, *[]byte or *bool.
	// Integers hold numbers, fen, dates (yyyymmdd), months (yyyymm) and instants (ms since 1970 UTC).
	Fields() []any
}

// Versioned says whether rows of the table may be changed by [Tx.Set].
func (t *Table) Versioned() bool { return t.Columns[len(t.Columns)-1] == "ver" }

// Insert is the statement that adds a row and does nothing where its key stands.
func (t *Table) Insert() string {
	return "INSERT INTO " + t.Name + " (" + t.columns() + ") VALUES (" + places(1, len(t.Columns)) + ") ON CONFLICT DO NOTHING"
}

// Get is the query for the row of a key.
func (t *Table) Get() string {
	return "SELECT " + t.columns() + " FROM " + t.Name + " WHERE " + t.where(1)
}

// Set is the statement that replaces the row of a key and version by one with the next version. Its arguments are all
// columns but the version, then the key, then the version that was read.
func (t *Table) Set() string {
	last := len(t.Columns) - 1
	set := make([]string, 0, last)
	for i, c := range t.Columns[:last] {
		set = append(set, fmt.Sprintf("%s = $%d", c, i+1))
	}
	return fmt.Sprintf("UPDATE %s SET %s, ver = ver + 1 WHERE %s AND ver = $%d", t.Name, strings.Join(set, ", "), t.where(last+1), last+1+t.Key)
}

// SetArgs are the values for [Table.Set] for a record that was read and changed.
func (t *Table) SetArgs(r Record) []any {
	fields := r.Fields()
	last := len(fields) - 1
	args := Values(make([]any, 0, len(fields)+t.Key), fields[:last])
	return append(Values(args, fields[:t.Key]), value(fields[last]))
}

// Where is a query for whole rows, such as claims.Where("person = $1 ORDER BY date").
func (t *Table) Where(rest string) Query {
	return Query("SELECT " + t.columns() + " FROM " + t.Name + " WHERE " + rest)
}

func (t *Table) columns() string { return strings.Join(t.Columns, ", ") }

func (t *Table) where(first int) string {
	var list []string
	for i, c := range t.Columns[:t.Key] {
		list = append(list, fmt.Sprintf("%s = $%d", c, first+i))
	}
	return strings.Join(list, " AND ")
}

// places is "$1, $2, …".
func places(from, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", from+i)
	}
	return strings.Join(list, ", ")
}
