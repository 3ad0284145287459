package postgres_test

import (
	"testing"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
	"github.com/peakday/peakday/sut/store/storetest"
)

// start is a server for one test.
func start(t *testing.T) *server.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a PostgreSQL, 2 s and more")
	}
	return servertest.Start(t)
}

// database is a new one of s.
func database(t testing.TB, s *server.Server) storetest.Open {
	dsn := servertest.Database(t, s)
	return func(t testing.TB, pool store.Pool) store.Store {
		o, err := postgres.Open(t.Context(), dsn, postgres.Options{Pool: pool})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
}

func TestStore(t *testing.T) {
	s := start(t)
	storetest.Run(t, func(t testing.TB) storetest.Open { return database(t, s) })
}
