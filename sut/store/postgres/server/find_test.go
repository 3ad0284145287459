package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/store/postgres/server"
)

// programs makes a directory with a postgres that calls itself version, and an initdb.
func programs(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	for name, script := range map[string]string{"postgres": "#!/bin/sh\necho '" + version + "'\n", "initdb": "#!/bin/sh\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestNewestProgramsAreTaken(t *testing.T) {
	v14 := programs(t, "postgres (PostgreSQL) 14.9")
	v15 := programs(t, "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)")
	v18 := programs(t, "postgres (PostgreSQL) 18beta1")
	odd := programs(t, "mysqld  Ver 8.0")
	bare := programs(t, "postgres (PostgreSQL) 17.1")
	if err := os.Remove(filepath.Join(bare, "initdb")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		dirs []string
		want string // a directory, or part of an error
	}{
		{"the newest, wherever it stands", []string{v15, v18, v14}, v18},
		{"what is no PostgreSQL is passed over", []string{odd, v15}, v15},
		{"what has no initdb is passed over", []string{bare, v15}, v15},
		{"all too old", []string{v14}, v14 + ": version 14: install"},
		{"none whole", []string{odd, bare}, "mysqld"},
		{"none", nil, "found none"},
	} {
		got, err := server.Newest(t.Context(), c.dirs)
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
