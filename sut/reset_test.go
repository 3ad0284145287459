package sut_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut"
)

func TestADatabaseIsOneServicesAtATime(t *testing.T) {
	db := filepath.Join(t.TempDir(), "service.db")
	s := start(t, sut.Config{People: 10, DB: db})
	if second, err := sut.Start(t.Context(), sut.Config{People: 10, Seed: seed, DB: db}); err == nil {
		second.Close(context.Background())
		t.Error("a second service was started on the database of a running one")
	} else if !strings.Contains(err.Error(), "a service works on the database") {
		t.Errorf("%v, want who holds it", err)
	}
	if removed, err := sut.Reset(t.Context(), db); err == nil || len(removed) > 0 {
		t.Errorf("the database of a running service was removed: %q, %v", removed, err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := sut.Reset(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(db); !os.IsNotExist(err) {
		t.Errorf("after a reset: %v", err)
	}
	again := start(t, sut.Config{People: 20, DB: db}) // begun anew, with its old keys
	if err := again.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
