package server

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// use proves that a server serves, durably, and returns what it says of itself.
func use(t *testing.T, dsn string) map[string]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "CREATE TABLE posting (seq bigint PRIMARY KEY); INSERT INTO posting VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit", "shared_buffers", "listen_addresses", "lc_collate", "server_encoding", "data_directory"} {
		var value string
		if err := conn.QueryRow(t.Context(), "SELECT current_setting('"+setting+"')").Scan(&value); err != nil {
			if setting == "lc_collate" { // PostgreSQL 16 says it of the database only
				continue
			}
			t.Fatal(err)
		}
		said[setting] = value
	}
	return said
}

func TestServerOnHost(t *testing.T) {
	s, err := way{"host", onHost}.take(t.Context(), Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	t.Log(s, s.DSN(), use(t, s.DSN()))
	ps, _ := exec.Command("sh", "-c", "ps -eo user,pid,ppid,args | grep '[p]ostgres'").Output()
	t.Log(string(ps))
	_ = filepath.Join
	_ = os.Getpid
	_ = strings.Join
}

func TestServerInDocker(t *testing.T) {
	s, err := way{"docker", inDocker}.take(t.Context(), Options{Log: slog.New(slog.DiscardHandler), Image: "peakday-postgres:15"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	t.Log(s, s.DSN(), s.PeerDSN(), use(t, s.DSN()))
}
