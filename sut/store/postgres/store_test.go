package postgres_test

import (
	"testing"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
	"github.com/peakday/peakday/sut/store/storetest"
)

func TestStore(t *testing.T) {
	s := servertest.Start(t)
	storetest.Run(t, func(t *testing.T) store.Store {
		o, err := postgres.Open(t.Context(), servertest.Database(t, s), postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return o
	})
}
