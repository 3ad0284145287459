package postgres_test

import (
	"testing"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
	"github.com/peakday/peakday/sut/store/storetest"
)

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
	s := servertest.Start(t)
	storetest.Run(t, func(t testing.TB) storetest.Open { return database(t, s) })
}
