package server_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/peakday/peakday/sut/store/postgres/server"
)

// dsns are ordinary ones.
var dsns = []string{
	"postgres://user:p%40ss@10.0.0.1:5433/one?sslmode=disable",
	"postgresql://user@/one?host=%2Ftmp%2Fsocket",
	"postgres://a:1,b:2/one?target_session_attrs=read-write",
	"postgres://h",
	"postgres://h?dbname=two&application_name=drill",
	"host=h user=u password='a b' dbname=one",
	`host=h user=u password=\'a\\b\'`,
	"user=u",
	"",
}

func TestDSNNamesAnotherDatabase(t *testing.T) {
	for _, dsn := range dsns {
		if c, err := pgx.ParseConfig(server.WithDatabase(dsn, "peakday_x")); err != nil || c.Database != "peakday_x" {
			t.Errorf("%q becomes %q: %v", dsn, server.WithDatabase(dsn, "peakday_x"), err)
		}
	}
	_, err := server.Start(t.Context(), server.Options{DSN: "host=127.0.0.1 port=1 password="})
	if err == nil || !strings.Contains(err.Error(), "no other database can be named") {
		t.Errorf("a DSN that ends in an empty value, which swallows what comes after it: got %v", err)
	}
}

// The oracle is pgx's own reader. Where the database is not the new one afterwards, Start refuses the DSN.
func FuzzDSNWithAnotherDatabaseChangesNothingElse(f *testing.F) {
	for _, dsn := range dsns {
		f.Add(dsn)
	}
	f.Fuzz(func(t *testing.T, dsn string) {
		before, err := pgx.ParseConfig(dsn)
		if err != nil {
			return
		}
		changed := server.WithDatabase(dsn, "peakday_x")
		after, err := pgx.ParseConfig(changed)
		if err != nil || after.Database != "peakday_x" {
			return
		}
		if after.Host != before.Host || after.Port != before.Port || after.User != before.User || after.Password != before.Password {
			t.Errorf("%q becomes %q", dsn, changed)
		}
	})
}
