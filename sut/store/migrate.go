package store

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A Dialect is a kind of database that migrations are written for.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// A Migration is one step from an older database to the tables of this package. Steps only go forward.
type Migration struct {
	Version    int64
	Statements []string
}

// Migrations are all steps, in order. The files are written for PostgreSQL; for SQLite its strict types take the place of
// the others.
func Migrations(d Dialect) ([]Migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // in the order of their numbers
	if err != nil {
		return nil, err
	}
	types := strings.NewReplacer(
		" bigint", " INTEGER", " bytea", " BLOB", " boolean", " INTEGER",
		") /* by key */", ") STRICT, WITHOUT ROWID", ") /* by number */", ") STRICT",
	)
	var steps []Migration
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return nil, err
		}
		var m Migration
		if _, err := fmt.Sscanf(path.Base(name), "%d_", &m.Version); err != nil {
			return nil, fmt.Errorf("migration %s: want a name such as 0002_what.sql", name)
		}
		sql := string(text)
		if d == SQLite {
			sql = types.Replace(sql)
		}
		for s := range strings.SplitSeq(sql, ";\n") {
			if s = strings.TrimSpace(s); s != "" {
				m.Statements = append(m.Statements, s)
			}
		}
		steps = append(steps, m)
	}
	return steps, nil
}
