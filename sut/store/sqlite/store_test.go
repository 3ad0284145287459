package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
	"github.com/peakday/peakday/sut/store/storetest"
)

func create(t testing.TB) storetest.Open {
	path := filepath.Join(t.TempDir(), "ledger.db")
	return func(t testing.TB, pool store.Pool) store.Store {
		s, err := sqlite.Open(t.Context(), path, pool)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func TestStore(t *testing.T) { storetest.Run(t, create) }
