package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
	"github.com/peakday/peakday/sut/store/storetest"
)

func victim(t testing.TB) storetest.Victim {
	path := filepath.Join(t.TempDir(), "service.db")
	return storetest.Victim{Place: path, Strike: func(*os.Process) {}, Open: func(t testing.TB, pool store.Pool) store.Store {
		s, err := sqlite.Open(t.Context(), path, pool)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}}
}

func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills five processes, 3 s")
	}
	storetest.Kill(t, 5, victim)
}

func TestSoakKill(t *testing.T) {
	if os.Getenv("PEAKDAY_SOAK") == "" {
		t.Skip("200 processes; set PEAKDAY_SOAK=1")
	}
	storetest.Kill(t, 200, victim)
}

func TestChild(t *testing.T) {
	storetest.Child(t, func(path string) (store.Store, error) {
		return sqlite.Open(context.Background(), path, store.Pool{})
	})
}
