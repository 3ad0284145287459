package server_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/peakday/peakday/sut/store/postgres/server"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

// socketDir is the directory of a host's server.
func socketDir(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil || u.Query().Get("host") == "" {
		t.Fatalf("%s (%v): want the directory of a socket", dsn, err)
	}
	return u.Query().Get("host")
}

// postmaster is the process of the server in dir.
func postmaster(t *testing.T, dir string) (pid int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(text), &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestHostServerIsNeverRoot(t *testing.T) {
	dir := socketDir(t, startBy(t, "host", server.Options{}).DSN())
	stat, err := os.Stat(fmt.Sprintf("/proc/%d", postmaster(t, dir)))
	if err != nil {
		t.Fatal(err)
	}
	if uid := stat.Sys().(*syscall.Stat_t).Uid; uid == 0 {
		t.Error("postgres runs as root")
	}
	if stat, err = os.Stat(dir); err != nil || stat.Mode().Perm() != 0o700 {
		t.Errorf("%s has mode %v (%v), want 0700: the server asks no password", dir, stat.Mode(), err)
	}
}

func TestHostServerEndsWithItsClose(t *testing.T) {
	s := startBy(t, "host", server.Options{})
	dir := socketDir(t, s.DSN())
	pid := postmaster(t, dir)
	conn, err := pgx.Connect(t.Context(), s.DSN()) // one in use is no reason to wait
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{dir, fmt.Sprintf("/proc/%d", pid)} {
		if _, err := os.Stat(left); err == nil {
			t.Errorf("%s outlives Close", left)
		}
	}
}

func TestHostServerEndsWithItsParentAndIsSwept(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts two servers, one after the other")
	}
	p := newParent(t, nil, noImage)
	if how := p.line(t); !strings.HasPrefix(how, "host (") {
		servertest.Missing(t, "host", fmt.Errorf("the parent says %s", how))
	}
	dir := socketDir(t, p.line(t))
	pid := postmaster(t, dir)
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); err != nil {
			break
		}
		if time.Since(begin) > 5*time.Second {
			t.Fatalf("postgres (%d) outlives its parent", pid)
		}
	}
	_ = p.Wait() // "signal: killed", as wanted; until then /proc knows the parent
	startBy(t, "host", server.Options{})
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s outlives the next start", dir)
	}
}

func TestFilesInMemoryAreWarnedOf(t *testing.T) {
	for dir, want := range map[string]bool{"/dev/shm": true, "/var/tmp": false} {
		t.Setenv("TMPDIR", dir)
		var log bytes.Buffer
		s := startBy(t, "host", server.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(log.String(), "level=WARN"); got != want {
			t.Errorf("%s: warned %v, want %v: %s", dir, got, want, &log)
		}
	}
}

func TestAUserWithoutRightsHasTheHostsServer(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	const nobody = 65534
	p := newParent(t, &syscall.Credential{Uid: nobody, Gid: nobody}, "PEAKDAY_POSTGRES_IMAGE=")
	if how := p.line(t); !strings.HasPrefix(how, "host (") {
		servertest.Missing(t, "host", fmt.Errorf("the parent says %s", how))
	}
	dir := socketDir(t, p.line(t))
	stat, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if uid := stat.Sys().(*syscall.Stat_t).Uid; uid != nobody {
		t.Errorf("%s belongs to user %d, want %d", dir, uid, nobody)
	}
	p.stdin.Close()
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s outlives Close", dir)
	}
}
