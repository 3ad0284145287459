package servertest

import (
	"log/slog"
	"testing"

	"github.com/peakday/peakday/sut/store/postgres/server"
)

// Start gives the test a server and logs which it is, "postgres: docker (15.13)". The server is closed when the test
// and its subtests have ended. Starting one takes one to three seconds: take one for many subtests, and a database of
// its own for each by [Database].
func Start(t testing.TB) *server.Server {
	t.Helper()
	s, err := server.Start(t.Context(), server.Options{Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		Missing(t, "postgres", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("postgres: %v", err)
		}
	})
	t.Logf("postgres: %s", s)
	if s.How() == "host" && required("docker") {
		t.Fatal("docker is required and PostgreSQL does not run in it: the reason is above")
	}
	return s
}

// Database is the DSN of a new, empty database of the server.
func Database(t testing.TB, s *server.Server) string {
	t.Helper()
	dsn, err := s.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}
