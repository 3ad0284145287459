package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
)

// first makes the tables of the first version.
func first(t *testing.T, db *sql.DB) error {
	steps, err := store.Migrations(store.SQLite)
	if err != nil {
		return err
	}
	for _, q := range steps[0].Statements {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			return err
		}
	}
	for _, q := range []string{
		"CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1)",
	} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			return err
		}
	}
	return nil
}

// TestMonthsOfBeforeAreCounted opens a database whose tables are of the first version, which had no count of months.
func TestMonthsOfBeforeAreCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first(t, db); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"INSERT INTO person VALUES (7, x'', x'', x'', x'', x'07', '990001', '', 0, 3), (8, x'', x'', x'', x'', x'08', '990001', '', 0, 1)",
		"INSERT INTO contribution VALUES (7, 202301, 'normal', 'E1', 0, 0, 0, 0, '', '', 1), (7, 202302, 'normal', 'E1', 0, 0, 0, 0, '', '', 1), (7, 202302, 'makeup', 'E1', 0, 0, 0, 0, '', '', 1)",
	} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path, store.Pool{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for id, want := range map[uint64]int64{7: 2, 8: 0} {
		p := store.Person{ID: id}
		err := s.View(t.Context(), func(v store.View) error { _, err := v.Get(&p); return err })
		if err != nil || p.Months != want {
			t.Errorf("person %d counts %d months, %v; want %d", id, p.Months, err, want)
		}
	}
}
